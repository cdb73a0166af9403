/**
 * A quick look at a repository: is it there, does the passphrase open it, how old is its newest
 * archive. `borg list` is used for it and not `borg info`, which first brings Borg's cache up to
 * date and may take hours for that.
 *
 * @module
 */
import { seriesGlob } from "../text/archive_name.ts";
import { parseJson, valueAt } from "../text/json.ts";
import { listArchivesArguments, parseTime } from "./archives.ts";
import type { BorgRepository } from "./repository.ts";

/** What such a look shows. */
interface RepositoryInfo {
  /** Borg's name for how the repository is encrypted, such as `repokey-blake2`. */
  readonly encryption: string;
  /** Where the key is, when it is not in the repository. */
  readonly keyFile: string | undefined;
  /** When the newest archive of the series was begun. */
  readonly lastArchive: Date | undefined;
}

/** The command line that asks a repository for the newest archive of a series. */
export function repositoryInfoArguments(repository: BorgRepository, series: string): string[] {
  return listArchivesArguments(repository, "--last=1", `--glob-archives=${seriesGlob(series)}`);
}

/** Reads what Borg printed; `undefined` when it is something else. */
export function parseRepositoryInfo(stdout: string): RepositoryInfo | undefined {
  const root = parseJson(stdout);
  const mode = valueAt(root, "encryption", "mode");
  const archives = valueAt(root, "archives");
  if (typeof mode !== "string" || !Array.isArray(archives)) return undefined;
  const keyFile = valueAt(root, "encryption", "keyfile");
  const start = valueAt(archives.at(-1), "start");
  return {
    encryption: mode,
    keyFile: typeof keyFile === "string" ? keyFile : undefined,
    lastArchive: typeof start === "string" ? parseTime(start) : undefined,
  };
}

/** Says how a repository is encrypted and where its key is. Returns such as `repokey-blake2`. */
export function describeEncryption({ encryption, keyFile }: RepositoryInfo): string {
  if (encryption === "none") return "not encrypted";
  return keyFile === undefined ? encryption : `${encryption}, key in "${keyFile}"`;
}
