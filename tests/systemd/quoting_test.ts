import assert from "node:assert/strict";
import fc from "fast-check";
import { AppError } from "../../lib/errors.ts";
import { commandLine, word } from "../../lib/systemd/quoting.ts";

/**
 * Reads words as systemd's extract_first_word() does for lists of paths: quotes hold words together, a
 * backslash stands for the next character. Then specifiers: "%%" is a percent sign.
 */
function read(line: string): string[] {
  const words: string[] = [];
  let current: string | undefined;
  let quote = "";
  for (let at = 0; at < line.length; at++) {
    const character = line.charAt(at);
    if (character === "\\") current = (current ?? "") + line.charAt(++at);
    else if (quote !== "") {
      if (character === quote) quote = "";
      else current += character;
    } else if (character === '"' || character === "'") {
      quote = character;
      current ??= "";
    } else if (/\s/.test(character)) {
      if (current !== undefined) words.push(current);
      current = undefined;
    } else current = (current ?? "") + character;
  }
  assert.equal(quote, "", `a quote is left open: ${line}`);
  if (current !== undefined) words.push(current);
  for (const one of words) assert.doesNotMatch(one.replaceAll("%%", ""), /%/);
  return words.map((one) => one.replaceAll("%%", "%"));
}

const path = fc.string({ unit: "grapheme", maxLength: 20 })
  .map((text) => `/${text.replaceAll(/\p{Cc}/gu, "")}`);

Deno.test("word() is read back as the same word", () => {
  fc.assert(fc.property(fc.array(path, { minLength: 1 }), (paths) => {
    assert.deepEqual(read(paths.map(word).join(" ")), paths);
  }));
});

Deno.test("word() leaves what needs no quotes alone", () => {
  for (const text of ["/var/lib/autoborg", "-/srv/größe", "--config", "/a@b:c,d+e=f~g$h*"]) {
    assert.equal(word(text), text);
  }
});

Deno.test("word() quotes what systemd would take for something else", () => {
  assert.equal(word("/my disk"), '"/my disk"');
  assert.equal(word("/100%"), "/100%%");
  assert.equal(word('/say "hi"'), '"/say \\"hi\\""');
  assert.equal(word("/back\\slash"), '"/back\\\\slash"');
  assert.equal(word("/it's"), '"/it\'s"');
  assert.equal(word(";"), '";"');
});

Deno.test("word() uses no escape that lists of paths do not know", () => {
  fc.assert(fc.property(path, (text) => {
    assert.doesNotMatch(word(text).replaceAll(/\\\\|\\"/g, ""), /\\/);
  }));
});

Deno.test("word() refuses a control character", () => {
  for (const text of ["/a\nb", "/a\tb", "/a\u0001", "/a\u0085b"]) {
    assert.throws(() => word(text), (error) => error instanceof AppError && error.hint !== "");
  }
});

Deno.test("commandLine() turns variables off when there is a dollar sign", () => {
  assert.equal(commandLine(["/bin/x", "run"]), "/bin/x run");
  assert.equal(commandLine(["/bin/x", "/a$b c"]), ':/bin/x "/a$b c"');
  assert.equal(commandLine(["/my $1/x"]), ':"/my $1/x"');
});

Deno.test("commandLine() refuses a program that systemd would refuse", () => {
  for (const program of ["/it's", '/"x"', "/a\\b"]) {
    assert.throws(() => commandLine([program]), AppError);
  }
  assert.equal(commandLine(["/bin/x", "it's"]), '/bin/x "it\'s"');
});
