/** Reads texts that Python has written with `ascii()`. Pure. @module */

const NAMED: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };

const ESCAPE = /\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8})|(.))/g;

/**
 * Reads what Python's `ascii()` makes of a text: in single or double quotes, with escapes for all that
 * is not printable ASCII. What is not in quotes is a number, which stays, or `None`, which is empty.
 *
 * @example `pythonString(String.raw`'caf\\xe9'`)` is "café"
 */
export function pythonString(written: string): string {
  const quote = written.charAt(0);
  if (quote !== "'" && quote !== '"') return written === "None" ? "" : written;
  const text = written.slice(1, -1);
  if (!text.includes("\\")) return text;
  return text.replace(ESCAPE, (_, x?: string, u?: string, U?: string, other = "") => {
    const code = x ?? u ?? U;
    return code === undefined ? NAMED[other] ?? other : String.fromCodePoint(parseInt(code, 16));
  });
}
