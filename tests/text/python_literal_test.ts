import assert from "node:assert/strict";
import { pythonString } from "../../lib/text/python_literal.ts";

Deno.test("pythonString() reads what Python's ascii() writes", () => {
  const written = [
    ["'srv/a'", "srv/a"],
    [String.raw`"it's"`, "it's"],
    [String.raw`'both \' and "'`, `both ' and "`],
    [String.raw`'a\\nb'`, String.raw`a\nb`],
    [String.raw`'\n\r\t\x00\x7f'`, "\n\r\t\0\x7f"],
    [String.raw`'caf\xe9 \u4f60 \U0001f600'`, "café 你 😀"],
    ["''", ""],
  ] as const;
  for (const [text, meant] of written) assert.equal(pythonString(text), meant, text);
});

Deno.test("pythonString() takes a number as it is, and None for nothing", () => {
  assert.equal(pythonString("4711"), "4711");
  assert.equal(pythonString("None"), "");
  assert.equal(pythonString("'None'"), "None");
});
