import assert from "node:assert/strict";
import fc from "fast-check";
import { commandLine, printable, printableLine } from "../../lib/report/printable.ts";

const TEXT = fc.string({
  unit: fc.oneof(
    fc.constantFrom("\x1b", "\r", "\x07", "\x9b", "\x7f", "\u2028", "\n", "\t", "\\", "'", "x1"),
    fc.string({ unit: "binary", maxLength: 3 }),
  ),
});

Deno.test("printable() leaves no control character but tab and line feed", () => {
  fc.assert(fc.property(TEXT, (text) => {
    assert.doesNotMatch(printable(text), /[^\P{Cc}\n\t]|[\u2028\u2029]/u);
  }));
});

Deno.test("printable() shows a control character and leaves everything else as it is", () => {
  assert.equal(printable("\x1b[31mred\x07\r\x9b\u2028"), "\\x1b[31mred\\x07\\x0d\\x9b\\u2028");
  assert.equal(printable("Ümläut 漢字 🎉 \t\n\\"), "Ümläut 漢字 🎉 \t\n\\");
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
