import assert from "node:assert/strict";
import fc from "fast-check";
import stringWidth from "string-width";
import { columns, fit, fitEnd, padded } from "../../lib/text/width.ts";

/** A family of three, which is one character of two columns to a terminal. */
const FAMILY = "👩\u200d👩\u200d👧";

const UNITS = ["a", "語", "e\u0301", FAMILY, "…", "한", "🇩🇪"];
const texts = fc.string({ maxLength: 60, unit: fc.constantFrom(...UNITS) });

Deno.test("columns() counts what a terminal shows", () => {
  const widths = [["abc", 3], ["e\u0301", 1], ["語", 2], [FAMILY, 2], ["…█▁─", 4]] as const;
  for (const [text, width] of widths) assert.equal(columns(text), width, text);
});

Deno.test("columns() agrees with the rules of Unicode for characters that it takes for narrow", () => {
  const ranges = [[0x20, 0x7e], [0xa1, 0x24f], [0x2013, 0x2014], [0x2026, 0x2026], [
    0x2580,
    0x259f,
  ]];
  for (const [first = 0, last = 0] of ranges) {
    for (let code = first; code <= last; code += 1) {
      const character = String.fromCharCode(code);
      assert.equal(columns(character), stringWidth(character), code.toString(16));
      assert.equal(columns(`a${character}`), stringWidth(`a${character}`), code.toString(16));
    }
  }
});

Deno.test("columns() agrees with string-width for any other character, emoji and syllables", () => {
  for (let code = 0x250; code < 0x20000; code += 7) {
    const character = String.fromCodePoint(code);
    for (const text of [character, `${character}\ufe0f`]) {
      assert.equal(columns(text), stringWidth(text), `${text}: ${code.toString(16)}`);
    }
  }
  const single = ["🇩🇪", "🇩", "1️⃣", "1⃣", "☝🏻", "👁‍🗨", "❤️", "❤", "한글", "ﾊﾞ", "นี้", "©️", "⌚︎"];
  for (const text of [...single, "\x1b[31m語\x1b[0m", "x\x1b[1mé"]) {
    for (const form of [text, text.normalize("NFD")]) {
      assert.equal(columns(form), stringWidth(form), form);
    }
  }
});

Deno.test("fit() and fitEnd() keep to the width, and cut no character in two", () => {
  fc.assert(
    fc.property(texts, fc.nat(40), (text, width) => {
      for (const cut of [fit(text, width), fitEnd(text, width)]) {
        assert.ok(columns(cut) <= width, cut);
        if (columns(text) <= width) assert.equal(cut, text);
        else if (width > 0) assert.ok(columns(cut) >= width - 1, cut);
      }
      assert.ok(text.startsWith(fit(text, width).replace(/…$/, "")));
      assert.ok(text.endsWith(fitEnd(text, width).replace(/^…/, "")));
    }),
  );
  assert.equal(fit(`ab${FAMILY}cd`, 4), "ab…");
  assert.equal(fitEnd(`ab${FAMILY}cd`, 4), "…cd");
});

Deno.test("fitEnd() takes no longer for a path without end", () => {
  assert.equal(fitEnd(`/${"語".repeat(5_000_000)}/end`, 6), "…/end");
});

Deno.test("padded() fills up to the width", () => {
  assert.equal(padded("語", 4), "語  ");
  assert.equal(padded("too long", 4), "too long");
});
