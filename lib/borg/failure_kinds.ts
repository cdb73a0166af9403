/** What is known of a failure of Borg's. @module */
import type { BorgLine } from "./log_line.ts";

/** What kind of failure it is, for those who act on it. */
type FailureKind =
  /** There is no repository at this place. */
  | "missing-repository"
  /** The server could not be reached at all. */
  | "unreachable"
  /** Another Borg works on the repository. */
  | "locked"
  /**
   * The manifest or an archive is not authenticated: someone without the repository's key may have
   * written it.
   */
  | "unauthenticated"
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

/** What Borg said, as far as it matters for a failure. */
export interface BorgWords {
  /** Messages of level error, with their msgid; the first ones. */
  readonly errors: readonly Extract<BorgLine, { kind: "message" }>[];
  /** The last lines for people: warnings, errors, and lines that were not JSON. */
  readonly last: readonly string[];
}

/** Makes a failure of the kind `other`. */
export function other(message: string, hint?: string): BorgFailure {
  return { kind: "other", message, ...(hint === undefined ? {} : { hint }) };
}
