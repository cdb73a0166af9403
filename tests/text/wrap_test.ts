import assert from "node:assert/strict";
import fc from "fast-check";
import { columns } from "../../lib/text/width.ts";
import { wrapped } from "../../lib/text/wrap.ts";

Deno.test("wrapped() keeps all words, and every line within the width", () => {
  const word = fc.string({ minLength: 1, maxLength: 12, unit: fc.constantFrom("a", "b", "語") });
  fc.assert(
    fc.property(fc.array(word, { minLength: 1 }), fc.nat(4), fc.integer({ min: 5, max: 40 }), (
      words,
      indent,
      width,
    ) => {
      const lines = wrapped(" ".repeat(indent) + words.join(" "), width, columns);
      assert.deepEqual(lines.flatMap((line) => line.trim().split(" ")), words);
      for (const line of lines) {
        assert.equal(line.search(/\S/), indent);
        assert.ok(columns(line) <= width || !line.trim().includes(" "), line);
      }
    }),
  );
});
