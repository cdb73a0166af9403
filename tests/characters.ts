/**
 * Text of any characters for the properties. `fc.string({ unit: "binary" })` draws the same, but makes
 * a table of all that there are first, which takes longer than most tests.
 *
 * @module
 */
import fc from "fast-check";

/** Halves of pairs are no characters: these many, from here on. */
const HALVES = 0x800;
const FIRST_HALF = 0xd800;

/** Any character of Unicode. */
export const ANY_CHARACTER: fc.Arbitrary<string> = fc.nat(0x10ffff - HALVES).map(
  (number) => String.fromCodePoint(number < FIRST_HALF ? number : number + HALVES),
  // With the way back fast-check knows that it may put its dangerous words in.
  (text) => {
    const code = typeof text === "string" ? text.codePointAt(0) : undefined;
    if (code === undefined || text !== String.fromCodePoint(code)) {
      throw new TypeError("no character");
    }
    return code < FIRST_HALF ? code : code - HALVES;
  },
);
