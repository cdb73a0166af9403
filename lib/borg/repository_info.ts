/**
 * A quick look at a repository: is it there, does the passphrase open it, how old is its newest
 * archive. `borg list` is used for it and not `borg info`, which first brings Borg's cache up to
 * date and may take hours for that.
 *
 * @module
 */
import { seriesGlob } from "../text/archive_name.ts";
import { parseTime } from "./archives.ts";
import { commonArguments } from "./commands.ts";
import type { BorgRepository } from "./repository.ts";

/** What such a look shows. */
interface RepositoryLook {
  /** Borg's name for how the repository is encrypted, such as `repokey-blake2`. */
  readonly encryption: string;
  /** Where the key is, when it is not in the repository. */
  readonly keyFile: string | undefined;
  /** When the newest archive of the series was begun. */
  readonly lastArchive: Date | undefined;
}

/** The command line that asks a repository for the newest archive of a series. */
export function lookArguments(repository: BorgRepository, series: string): string[] {
  const newest = ["--json", "--last=1", `--glob-archives=${seriesGlob(series)}`];
  return ["list", ...commonArguments(repository), ...newest, "--", repository.url];
}

/**
 * Reads what Borg printed for {@linkcode lookArguments}.
 *
 * @returns what it shows; `undefined` when Borg printed something else
 */
export function parseLook(stdout: string): RepositoryLook | undefined {
  let root: unknown;
  try {
    root = JSON.parse(stdout);
  } catch {
    return undefined;
  }
  const encryption = field(root, "encryption");
  const mode = field(encryption, "mode");
  const archives = field(root, "archives");
  if (typeof mode !== "string" || !Array.isArray(archives)) return undefined;
  const keyFile = field(encryption, "keyfile");
  const start = field(archives.at(-1), "start");
  return {
    encryption: mode,
    keyFile: typeof keyFile === "string" ? keyFile : undefined,
    lastArchive: typeof start === "string" ? parseTime(start) : undefined,
  };
}

/**
 * Says how a repository is encrypted and where its key is.
 *
 * @returns such as `repokey-blake2`
 */
export function describeLook({ encryption, keyFile }: RepositoryLook): string {
  if (encryption === "none") return "not encrypted";
  return keyFile === undefined ? encryption : `${encryption}, key in "${keyFile}"`;
}

function field(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return Object.getOwnPropertyDescriptor(value, name)?.value;
}
