/** Finds what was probably meant by a word that is mistyped. @module */

/** The known word that is most like an unknown one. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const allowed = Math.max(1, Math.floor(normal(word).length / 3));
  const [best] = known
    .map((candidate) => ({ candidate, distance: distance(word, candidate) }))
    .filter((one) => one.distance <= allowed)
    .sort((a, b) => a.distance - b.distance);
  return best?.candidate;
}

/** How many letters must be inserted, removed, replaced or swapped; case and hyphens are free. */
export function distance(first: string, second: string): number {
  const a = normal(first);
  const b = normal(second);
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row[j] = Math.min(
        (row[j - 1] ?? 0) + 1,
        (last[j] ?? 0) + 1,
        (last[j - 1] ?? 0) + (same ? 0 : 1),
        swapped ? (beforeLast[j - 2] ?? 0) + 1 : Infinity,
      );
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}

function normal(word: string): string {
  // A word of a kilobyte is no typing mistake, and comparing it would take long.
  return word.slice(0, 64).toLowerCase().replace(/[-_]/g, "");
}
