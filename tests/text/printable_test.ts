import assert from "node:assert/strict";
import fc from "fast-check";
import { commandLine, printable, printableLine, withoutUnseen } from "../../lib/text/printable.ts";
import { ANY_CHARACTER } from "../characters.ts";

const TEXT = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      "\u202e",
      "\u200b",
      "\ufeff",
      "\u00ad",
      "\u{e0041}",
      "\x1b",
      "\r",
      "\x07",
      "\x9b",
      "\x7f",
      "\u2028",
      "\n",
      "\t",
      "\\",
      "'",
      "x1",
    ),
    fc.string({ unit: ANY_CHARACTER, maxLength: 3 }),
  ),
});

function escape(character: string): string {
  return `U+${character.codePointAt(0)?.toString(16)}`;
}

Deno.test("printable() leaves no control character but tab and line feed", () => {
  fc.assert(fc.property(TEXT, (text) => {
    assert.doesNotMatch(printable(text), /[^\P{Cc}\n\t]|[\u2028\u2029]/u);
  }));
});

Deno.test("printable() shows a control character and leaves everything else as it is", () => {
  assert.equal(printable("\x1b[31mred\x07\r\x9b\u2028"), "\\x1b[31mred\\x07\\x0d\\x9b\\u2028");
  assert.equal(printable("Ümläut 漢字 🎉 \t\n\\"), "Ümläut 漢字 🎉 \t\n\\");
});

/** What turns the direction of text, or can't be seen. */
const UNSEEN = [
  ..."\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\u200c\u200d\u200e\u200f",
  ..."\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000",
  ..."\u2800\u{1d159}\u1160\uffa0",
  ..."\u2028\u2029\ufeff\u00ad\u061c\u180e\u0080\u009b\u009f\u2060\u3164\u115f\ufe0f\u{e0001}\u{e0041}",
];

Deno.test("printable() shows what turns the direction of text, and what nobody sees", () => {
  assert.equal(printable("photo\u202egpj.exe"), "photo\\u202egpj.exe");
  assert.equal(printable("a\u{e0041}b\u00ad"), "a\\u{e0041}b\\u00ad");
  for (const character of UNSEEN) {
    assert.match(printable(`a${character}b`), /^a\\[xu][\x20-\x7e]+b$/, escape(character));
    assert.match(printableLine(character), /^[\x20-\x7e]+$/, escape(character));
    assert.match(commandLine([character]), /^[\x20-\x7e]+$/, escape(character));
  }
  // The second character of this heart makes it red.
  assert.equal(printable("\u2764\ufe0f e\u0301"), "\u2764\ufe0f e\u0301");
});

Deno.test("printable() leaves no space but the one of ASCII", () => {
  assert.equal(printable("a b\u00a0c"), "a b\\u00a0c");
  for (let code = 0; code <= 0xffff; code++) {
    const character = String.fromCharCode(code);
    const isSpace = /[^\P{Zs} ]/u.test(character);
    if (isSpace) assert.match(printable(character), /^\\u[0-9a-f]{4}$/, escape(character));
  }
});

Deno.test("withoutUnseen() leaves colours and JSON what they are", () => {
  assert.equal(withoutUnseen("\x1b[31mred\x1b[0m\r\n\té"), "\x1b[31mred\x1b[0m\r\n\té");
  assert.equal(withoutUnseen("\x9b31m\u202e"), "\\u009b31m\\u202e");
  for (const character of UNSEEN) {
    const json = withoutUnseen(JSON.stringify({ path: `a${character}b` }));
    assert.match(json, /^[\x20-\x7e]+$/);
    assert.deepEqual(JSON.parse(json), { path: `a${character}b` });
  }
});

Deno.test("printableLine() gives one line, whatever the text", () => {
  fc.assert(fc.property(TEXT, (text) => {
    assert.doesNotMatch(printableLine(text), /[\p{Cc}\u2028\u2029]/u);
  }));
  assert.equal(printableLine("a\nb\tc"), "a\\nb\\tc");
});

Deno.test("commandLine() leaves plain words alone and quotes the others", () => {
  const words = ["borg", "create", "--exclude=*.tmp", "/a b", "it's", "", "repo::web-1"];
  const expected = "borg create '--exclude=*.tmp' '/a b' 'it'\\''s' '' repo::web-1";
  assert.equal(commandLine(words), expected);
});

Deno.test("commandLine() gives one line without control characters", () => {
  fc.assert(fc.property(fc.array(TEXT), (words) => {
    assert.doesNotMatch(commandLine(words), /[\p{Cc}\u2028\u2029]/u);
  }));
});

async function wordsByBash(line: string): Promise<string[]> {
  const program = `printf '%s\\0' ${line}`;
  const options = { args: ["-c", program], env: { LC_ALL: "C.UTF-8" } };
  const { stdout } = await new Deno.Command("bash", options).output();
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(stdout).split("\0").slice(0, -1);
}

async function hasBash(): Promise<boolean> {
  try {
    return (await new Deno.Command("bash", { args: ["-c", ""] }).output()).success;
  } catch {
    return false;
  }
}

const bash = await hasBash();

Deno.test({
  name: bash
    ? "commandLine() is read by bash as the words that it was made of"
    : "commandLine() is read by bash as its words (not run: bash is not installed)",
  ignore: !bash,
  async fn() {
    const samples = fc.sample(TEXT, 400).map((text) => text.replaceAll("\0", "").toWellFormed());
    const words = [...samples, "a\\nb\n", "it's\n", "\x1b1", "\x9bX", "\u2028f", "\ufffd\u0085"];
    const read = await wordsByBash(commandLine(words));
    for (const [index, word] of words.entries()) {
      assert.equal(read[index], word, commandLine([word]));
    }
  },
});
