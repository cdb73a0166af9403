/** Reads what `borg create --json` prints on standard output. @module */
import { parseJson, valueAt } from "./json.ts";

/** What Borg says about a new archive. Sizes are in bytes. */
interface CreateResult {
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
  const stats = valueAt(root, "archive", "stats");
  const cache = valueAt(root, "cache", "stats");
  const result = {
    files: valueAt(stats, "nfiles"),
    originalSize: valueAt(stats, "original_size"),
    compressedSize: valueAt(stats, "compressed_size"),
    deduplicatedSize: valueAt(stats, "deduplicated_size"),
    repositorySize: valueAt(cache, "unique_csize"),
  };
  return allFigures(result) ? result : undefined;
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
