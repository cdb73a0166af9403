import assert from "node:assert/strict";
import fc from "fast-check";
import { readBashLine, writeBashWord } from "../../../lib/cli/completion/bash_line.ts";
import { ANY_CHARACTER } from "../../characters.ts";

const BREAKS = " \t\n\"'><=;|&(:";

Deno.test("readBashLine() takes quotes and backslashes away", () => {
  const cases: readonly (readonly [line: string, words: readonly string[]])[] = [
    ["autoborg ", ["autoborg", ""]],
    ["autoborg run", ["autoborg", "run"]],
    ["autoborg  a\\ b 'c d' \"e \\\"f\\\" \\g\" $'h\\'i' ", [
      "autoborg",
      "a b",
      "c d",
      'e "f" \\g',
      "h'i",
      "",
    ]],
    ["autoborg --repo='a b", ["autoborg", "--repo=a b"]],
    ["autoborg '' ''", ["autoborg", "", ""]],
    ["autoborg x\\", ["autoborg", "x"]],
    ["autoborg a'b'\"c\"d", ["autoborg", "abcd"]],
  ];
  for (const [line, words] of cases) {
    assert.deepEqual(readBashLine(line, BREAKS).words, words, line);
  }
});

Deno.test("readBashLine() knows what bash keeps of the last word", () => {
  const cases: readonly (readonly [line: string, kept: number])[] = [
    ["autoborg --repo=di", 7],
    ["autoborg a:b:c", 4],
    ["autoborg a\\:b", 0],
    ["autoborg 'a:b", 0],
    ["autoborg --repo='a:b", 7],
    ["autoborg 'a:b'c", 0],
    ["autoborg a:b ", 0],
  ];
  for (const [line, kept] of cases) assert.equal(readBashLine(line, BREAKS).kept, kept, line);
  assert.equal(readBashLine("autoborg --repo=di", " \t\n").kept, 0);
});

Deno.test("readBashLine() leaves out what is redirected", () => {
  const { words, redirected } = readBashLine("autoborg list 2>/dev/null >'a b' la", BREAKS);
  assert.deepEqual(words, ["autoborg", "list", "la"]);
  assert.equal(redirected, false);
  for (const line of ["autoborg schema >", "autoborg schema > x", "autoborg schema 2>x"]) {
    assert.equal(readBashLine(line, BREAKS).redirected, true, line);
  }
});

Deno.test("writeBashWord() writes a word that readBashLine() reads as it was", () => {
  const word = fc.string({ unit: ANY_CHARACTER }).filter((text) => !/\p{Cc}/u.test(text));
  const quote = fc.constantFrom("", "'", '"', "$'");
  fc.assert(fc.property(word, word, quote, (typed, rest, quote) => {
    const close = quote.at(-1) ?? "";
    // What is typed already is quoted in the same way.
    const start = writeBashWord(typed, { words: [], quote, kept: 0, redirected: false });
    const line = `autoborg ${quote}${start}`;
    const read = readBashLine(line, BREAKS);
    assert.equal(read.words.at(-1), typed);
    const replaced = read.quote === ""
      ? writeBashWord(typed + rest, { ...read, kept: 0 })
      : quote + writeBashWord(typed + rest, read) + close;
    assert.deepEqual(readBashLine(`autoborg ${replaced} `, BREAKS).words, [
      "autoborg",
      ...(typed + rest === "" && quote === "" ? [] : [typed + rest]),
      "",
    ]);
  }));
});
