/** Chooses the files that `autoborg verify` reads back from an archive. @module */

/** A regular file of an archive. */
export interface Candidate {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
}

/** Gives a number from 0 up to, but not including, 1. */
export type Random = () => number;

/** The largest file that is read back, in bytes: the network may be slow. */
export const LARGEST_FILE = 512 * 1_048_576;
/** All files together are no larger than this. */
export const LARGEST_VERIFICATION = 1_024 * 1_048_576;
/**
 * Chooses the newest and the largest candidate, and others at random: at most `count`, and together no
 * larger than {@linkcode LARGEST_VERIFICATION}.
 */
export function choose(
  candidates: readonly Candidate[],
  count: number,
  random: Random,
): Candidate[] {
  const rest = shuffled(candidates, random);
  const newest = rest.toSorted((a, b) => b.modified - a.modified).slice(0, 1);
  const largest = rest.toSorted((a, b) => b.size - a.size).slice(0, 1);
  const chosen = new Set<Candidate>();
  let size = 0;
  for (const candidate of [...newest, ...largest, ...rest]) {
    if (chosen.size >= count) break;
    if (chosen.has(candidate) || size + candidate.size > LARGEST_VERIFICATION) continue;
    chosen.add(candidate);
    size += candidate.size;
  }
  return [...chosen];
}

function shuffled<T>(values: readonly T[], random: Random): T[] {
  return values.map((value) => ({ value, key: random() })).sort((a, b) => a.key - b.key)
    .map(({ value }) => value);
}
