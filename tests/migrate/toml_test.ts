import assert from "node:assert/strict";
import fc from "fast-check";
import { parse as parseToml } from "smol-toml";
import { readScript } from "../../lib/migrate/python/script.ts";
import { LOOK, writeComment, writeString, writeTable } from "../../lib/migrate/toml.ts";
import { ANY_CHARACTER } from "../characters.ts";

/** Parses TOML; its tables become objects like any other. */
function parse(text: string): unknown {
  return JSON.parse(JSON.stringify(parseToml(text)));
}

/** Any text that a file can hold. */
const TEXT = fc.oneof(
  fc.string({ unit: ANY_CHARACTER }),
  fc.string({
    unit: fc.constantFrom("'", '"', "\\", "\n", "\r", "\t", "#", "=", "\x7f", "\u2028"),
  }),
);

/** As Python's repr() writes a string, with nothing but ASCII. */
function pythonRepr(text: string): string {
  const body = [...text].map((character) => {
    const code = character.codePointAt(0) ?? 0;
    if (character === "\\" || character === "'") return `\\${character}`;
    if (code >= 0x20 && code < 0x7f) return character;
    if (code < 0x100) return `\\x${code.toString(16).padStart(2, "0")}`;
    if (code < 0x10000) return `\\u${code.toString(16).padStart(4, "0")}`;
    return `\\U${code.toString(16).padStart(8, "0")}`;
  });
  return `'${body.join("")}'`;
}

Deno.test("writeString() writes what a parser of TOML reads, from any string of Python", () => {
  fc.assert(
    fc.property(TEXT, (text) => {
      const value = readScript(`A = ${pythonRepr(text)}\n`).variables.get("A")?.value;
      assert.ok(value?.kind === "text");
      const written = writeString(value.text);
      assert.deepEqual(parse(`a = ${written} # comment\n`), { a: text });
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("writeString() writes nothing that a person could not see", () => {
  assert.equal(
    writeString("a\x00\x1b\x7f\x85\u2028\u202e\ufeff"),
    String.raw`"a\u0000\u001b\u007f\u0085\u2028\u202e\ufeff"`,
  );
  assert.equal(writeString('ä "b" \\ 😀\n'), String.raw`"ä \"b\" \\ 😀\n"`);
});

Deno.test("writeComment() writes nothing but comments, whatever the text", () => {
  fc.assert(fc.property(TEXT, (text) => {
    const lines = writeComment(text, LOOK);
    assert.ok(lines[0]?.startsWith(LOOK.trimEnd()));
    assert.deepEqual(parse(`${lines.join("\n")}\n`), {});
  }));
});

Deno.test("writeComment() wraps at the width of the file and indents what follows", () => {
  const lines = writeComment("word ".repeat(40).trim(), LOOK);
  assert.equal(lines.length, 3);
  assert.ok(lines.every((line) => line.length <= 100));
  assert.ok(lines.slice(1).every((line) => /^# {7}word/.test(line)), lines.join("\n"));
  assert.deepEqual(writeComment("x".repeat(200)), [`# ${"x".repeat(200)}`]);
});

Deno.test("writeTable() writes long lists one item a line, and tables that are off as comments", () => {
  const items = ["/one", "/two", "x".repeat(100)];
  const entries = [
    { kind: "key", key: "list", value: items, origin: "LIST, line 1", isOff: false },
    { kind: "key", key: "shown", value: 1, origin: undefined, isOff: true },
    { kind: "look", text: "a thing" },
  ] as const;
  const lines = writeTable({ header: "[table]", entries, isOff: false });
  assert.deepEqual(parse(lines.join("\n")), { table: { list: items } });
  assert.equal(lines[1], "list = [ # LIST, line 1");
  assert.deepEqual(lines.slice(-2), ["#shown = 1", "# LOOK: a thing"]);
  const off = writeTable({ header: "[table]", entries, isOff: true });
  assert.deepEqual(parse(off.join("\n")), {});
});
