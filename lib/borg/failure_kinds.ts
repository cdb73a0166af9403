/** What is known of a failure of Borg's. @module */
import type { InheritedEnvironment } from "./environment.ts";
import type { BorgLine } from "./log_line.ts";

/** What kind of failure it is, for those who act on it. */
type FailureKind =
  /** There is no repository at this place. */
  | "missing-repository"
  /** The server could not be reached at all. */
  | "unreachable"
  /** Another Borg works on the repository. */
  | "locked"
  /** The connection to the server ended, or the server did not answer. */
  | "connection-lost"
  /** There is an archive of this name already. */
  | "archive-exists"
  /**
   * The manifest or an archive is not authenticated: someone without the repository's key may have
   * written it.
   */
  | "unauthenticated"
  /** The repository or an archive in it is damaged. */
  | "damaged"
  /** There is no space left for the repository itself, or its quota is used up. */
  | "full"
  /** The repository is older than Borg on this machine has seen it. */
  | "set-back"
  /** Borg's own cache of the repository can't be read; Borg can build it again. */
  | "cache-damaged"
  /** The repository's key is kept in a file, and no such file is on this machine. */
  | "key-missing"
  /** The user who runs Borg lacks permissions. */
  | "denied"
  /** There is a repository already where one should be created. */
  | "repository-exists"
  /** Anything else. */
  | "other";

/** Why Borg failed. */
export interface BorgFailure {
  readonly kind: FailureKind;
  /** What happened, without a full stop, as the end of "create failed: …". */
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
}

/** What may be over in a moment without anybody's help. */
const PASSING: ReadonlySet<FailureKind> = new Set(["unreachable", "locked", "connection-lost"]);

/**
 * Says whether another attempt may succeed. A wrong passphrase, a changed host key, a full disk and
 * damage do not pass by themselves, and nobody wants to wait to hear of them.
 */
export function mayPass({ kind }: BorgFailure): boolean {
  return PASSING.has(kind);
}

/** What Borg said, as far as it matters for a failure. */
export interface BorgWords {
  /** Messages of level error, with their msgid; the first ones. */
  readonly errors: readonly Extract<BorgLine, { kind: "message" }>[];
  /** The last lines for people: warnings, errors, and lines that were not JSON. */
  readonly last: readonly string[];
  /** The command that had opened the repository, such as `create`; left out when none had. */
  readonly working?: string | undefined;
  /** How the command on the server ended, if ssh came that far and that is known. */
  readonly exitStatus?: number | undefined;
  /** The environment that Borg was started from; it says where Borg's own files are. */
  readonly inherited?: InheritedEnvironment | undefined;
}

/** Makes a failure of the kind `other`. */
export function other(message: string, hint?: string): BorgFailure {
  return { kind: "other", message, ...(hint === undefined ? {} : { hint }) };
}
