/** Reads what `borg create --json` prints on standard output. @module */
import { parseJson, valueAt } from "../text/json.ts";
import { commonArguments } from "./commands.ts";
import type { BorgRepository } from "./repository.ts";

/** What Borg says about a new archive. Sizes are in bytes. */
export interface CreateResult {
  readonly files: number;
  readonly originalSize: number;
  readonly compressedSize: number;
  /** What this archive added to the repository. */
  readonly deduplicatedSize: number;
  /** Size of the whole repository, deduplicated and compressed. */
  readonly repositorySize: number;
}

/** Reads the JSON of `borg create --json`; `undefined` when Borg printed something else. */
export function parseCreateResult(stdout: string): CreateResult | undefined {
  const root = parseJson(stdout);
  return parseFigures(valueAt(root, "archive", "stats"), valueAt(root, "cache", "stats"));
}

function parseFigures(stats: unknown, cache: unknown): CreateResult | undefined {
  const result = {
    files: valueAt(stats, "nfiles"),
    originalSize: valueAt(stats, "original_size"),
    compressedSize: valueAt(stats, "compressed_size"),
    deduplicatedSize: valueAt(stats, "deduplicated_size"),
    repositorySize: valueAt(cache, "unique_csize"),
  };
  return allFigures(result) ? result : undefined;
}

/** The command line that asks Borg what an archive holds. */
export function archiveInfoArguments(repository: BorgRepository, archive: string): string[] {
  const at = `${repository.url}::${archive}`;
  return ["info", ...commonArguments(repository), "--json", "--", at];
}

/** What `borg info` says of an archive that is there. */
interface ArchiveInfo extends CreateResult {
  readonly comment: string;
}

/** Reads the answer; `undefined` when Borg printed something else. */
export function parseArchiveInfo(stdout: string): ArchiveInfo | undefined {
  const answer = parseJson(stdout);
  const archives = valueAt(answer, "archives");
  const archive: unknown = Array.isArray(archives) ? archives[0] : undefined;
  const figures = parseFigures(valueAt(archive, "stats"), valueAt(answer, "cache", "stats"));
  const comment = valueAt(archive, "comment");
  return figures === undefined || typeof comment !== "string" ? undefined : { ...figures, comment };
}

/**
 * A count or a size. JavaScript can't tell a whole number beyond `Number.MAX_SAFE_INTEGER` (8 PiB) from
 * its neighbours, and the history could not give it back.
 */
function allFigures<K extends string>(record: Record<K, unknown>): record is Record<K, number> {
  return Object.values(record).every((value) =>
    typeof value === "number" && Number.isSafeInteger(value) && value >= 0
  );
}
