const BARS = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"] as const;

/**
 * Draws numbers as a row of bars, one character each.
 *
 * @param values numbers of at least 0, oldest first
 * @returns such as "▁▃▁█"; the largest is the full block, 0 and all-equal rows are the lowest one
 */
export function sparkline(values: readonly number[]): string {
  const most = Math.max(0, ...values);
  const least = Math.min(most, ...values);
  const base = least === most ? most : 0;
  return values.map((value) => {
    const share = most === base ? 0 : (value - base) / (most - base);
    return BARS[Math.min(BARS.length - 1, Math.round(share * (BARS.length - 1)))] ?? BARS[0];
  }).join("");
}
