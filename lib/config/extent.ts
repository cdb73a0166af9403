/**
 * Refuses a document that is far larger than any configuration, before schema, secrets and explanations
 * work on each of its values: the time that they take grows faster than the file.
 * @module
 */

/** The most values a configuration has: tables, arrays, and what is in them. */
const MOST_VALUES = 5_000;
/** The deepest level; the schema has five. */
const DEEPEST = 32;
/** The longest text, in characters. */
const LONGEST = 65_536;

/** Says what about a document is too much; `undefined` when it is of a usual size. */
export function excessOf(document: unknown): string | undefined {
  let values = 0;
  // No recursion: the document may be deeper than the stack.
  const pending: { readonly value: unknown; readonly depth: number }[] = [
    { value: document, depth: 0 },
  ];
  for (let one = pending.pop(); one !== undefined; one = pending.pop()) {
    const { value, depth } = one;
    if (++values > MOST_VALUES) return `expected at most ${MOST_VALUES} values, found more`;
    if (depth > DEEPEST) return `expected at most ${DEEPEST} levels of tables, found more`;
    if (isTooLong(value)) return tooLong();
    if (typeof value !== "object" || value === null || value instanceof Date) continue;
    for (const [key, inner] of Object.entries(value)) {
      if (isTooLong(key)) return tooLong();
      pending.push({ value: inner, depth: depth + 1 });
      // An array of a million items need not be copied to know that.
      if (pending.length > MOST_VALUES) break;
    }
  }
  return undefined;
}

function isTooLong(value: unknown): boolean {
  return typeof value === "string" && value.length > LONGEST;
}

function tooLong(): string {
  return `expected strings of at most ${LONGEST} characters, found a longer one`;
}
