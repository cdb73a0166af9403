/**
 * Reads what `borg create --json` prints on standard output.
 *
 * @module
 */

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

/**
 * Reads the JSON of `borg create --json`.
 *
 * @returns the figures, or `undefined` when Borg printed something else
 */
export function parseCreateResult(stdout: string): CreateResult | undefined {
  let root: unknown;
  try {
    root = JSON.parse(stdout);
  } catch {
    return undefined;
  }
  const stats = at(root, "archive", "stats");
  const cache = at(root, "cache", "stats");
  const result = {
    files: at(stats, "nfiles"),
    originalSize: at(stats, "original_size"),
    compressedSize: at(stats, "compressed_size"),
    deduplicatedSize: at(stats, "deduplicated_size"),
    repositorySize: at(cache, "unique_csize"),
  };
  return allFigures(result) ? result : undefined;
}

function at(value: unknown, ...keys: readonly string[]): unknown {
  let here = value;
  for (const key of keys) {
    if (typeof here !== "object" || here === null) return undefined;
    here = Object.getOwnPropertyDescriptor(here, key)?.value;
  }
  return here;
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
