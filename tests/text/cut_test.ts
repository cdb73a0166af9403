import assert from "node:assert/strict";
import fc from "fast-check";
import { cutLines, cutText } from "../../lib/text/cut.ts";

Deno.test("cutText() leaves a short text alone, and says how much of a long one is missing", () => {
  assert.equal(cutText("four", 4), "four");
  assert.equal(cutText("x".repeat(2_004), 4), "xxxx… (2,000 bytes cut here)");
});

Deno.test("cutText() cuts between characters, whatever they are", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme" }), fc.nat(40), (text, longest) => {
    const cut = cutText(text.toWellFormed(), longest);
    assert.ok(!cut.includes("\ufffd") || text.includes("\ufffd"));
    const [head = ""] = cut.split("… (");
    if (cut !== text) assert.ok(new TextEncoder().encode(head).length <= longest);
    assert.ok(cut === text || text.startsWith(head));
  }));
});

Deno.test("cutLines() cuts each line for itself", () => {
  assert.equal(cutLines(`${"a".repeat(9)}\nb`, 4), "aaaa… (5 bytes cut here)\nb");
});
