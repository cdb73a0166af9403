import assert from "node:assert/strict";
import fc from "fast-check";
import { parseDocument } from "../../lib/config/document.ts";
import { ConfigError } from "../../lib/config/config_error.ts";

/** A text, where its mistake is, and what is said about it. */
const MISTAKES: readonly (readonly [text: string, place: string, message: string])[] = [
  ['name = "myhost\n', "1:8", "a string begins here, and no quote ends it on its line"],
  ["a = 1\nname = 'myhost", "2:8", "a string begins here, and no quote ends it on its line"],
  ['a = ["/etc", "/home]\n', "1:14", "a string begins here, and no quote ends it on its line"],
  ['name = "my\\"host\r\n', "1:8", "a string begins here, and no quote ends it on its line"],
  ["name = “myhost”", "1:8", `expected a straight quote (" or '), found a typographic one`],
  ['name = "myhost”', "1:15", `expected a straight quote (" or '), found a typographic one`],
  ["a = [‘/etc’]", "1:6", `expected a straight quote (" or '), found a typographic one`],
  ['name: "myhost"', "1:5", 'expected "=" between the key and its value, found ":"'],
  ["verify:\n", "1:7", 'expected "[" and "]" around the name of a table, found ":" after it'],
  ['name "myhost"', "1:6", 'expected "=" and a value after the key'],
  ["[sources\na = 1", "1:9", 'expected "]" after the name of the table'],
  ["[[repositories]\na = 1", "1:16", 'expected "]]" after the name of the table'],
  ["a =\n", "1:4", 'expected a value after "="'],
  ["a = True", "1:5", 'expected "true" or "false" in lower case'],
  ["a = yes", "1:5", 'expected "true" or "false", without quotes'],
  ["a = /etc", "1:5", "expected quotes around the value"],
  ["a = [\n  /etc,\n]", "2:3", "expected quotes around the value"],
  ['a = ["/etc" "/home"]', "1:13", "expected a comma between two values of a list"],
  ['a = ["/etc"\nb = 1', "1:5", 'a list begins here, and no "]" ends it'],
  ['# [x\na = [\n  "/etc", # [\n\n[zfs]\nb = 1', "2:5", 'a list begins here, and no "]" ends it'],
  ['a = ["/etc",\n', "1:5", 'a list begins here, and no "]" ends it'],
  ["a = { b = 1", "1:5", 'a table begins here, and no "}" ends it'],
  ['a = ("/etc")', "1:5", 'expected "[" and "]" around a list, found "("'],
  ['a = { "/etc" }', "1:5", 'expected "[" and "]" around a list, found "{"'],
  ['a = "/etc", "/home"', "1:11", 'expected "[" and "]" around several values'],
  ["a = { b: 1 }", "1:8", 'expected "=" between the key and its value, found ":"'],
  ["a = [1, , 2]", "1:9", "expected a value before the comma"],
  ["every = 7d", "1:9", "expected quotes around the value"],
  ["size = 10 MiB # x", "1:8", "expected quotes around the value"],
  ["a = 1.2.3", "1:5", "expected quotes around the value"],
  ["a = 7;", "1:6", 'expected the end of the line after the value, found ";"'],
  ["a = 07", "1:5", "expected a number without leading zeros"],
  ["a = 50 %", "1:5", 'expected the number alone, without "%"'],
  ["a = 1,000", "1:5", "expected a number without a comma in it"],
  ["a = null", "1:5", "expected a value; leave out a key that is not to be set"],
  ["a = `x`", "1:5", `expected a straight quote (" or '), found a backtick`],
  [
    "a = 1 b = 2",
    "1:7",
    "expected the end of the line after the value: put each key on a line of its own",
  ],
  ["-- note\na = 1", "1:1", 'expected "#" at the beginning of a comment, found "--"'],
  ["a = 1\n; note", "2:1", 'expected "#" at the beginning of a comment, found ";"'],
  ["---\na = 1", "1:1", 'expected TOML, such as key = "value", found the beginning of YAML'],
  ['a == "x"', "1:3", 'expected "=" between the key and its value, found "=="'],
  ["keep daily = 7", "1:6", 'expected one word before "=": a key has no spaces'],
  ["name", "1:5", 'expected "=" and a value after the key'],
  ["[]", "1:2", "expected the name of a table between the brackets"],
  ["a = 1\na = 2", "2:1", "this key is set above already, in line 1: expected it only once"],
  ['a = "1",', "1:8", 'expected the end of the line after the value, found ","'],
  [
    'a = "x=y" // note',
    "1:11",
    'expected the end of the line after the value: a comment begins with "#"',
  ],
  [
    'export BORG_PASSPHRASE="x"',
    "1:1",
    'expected TOML, such as key = "value", found a command of the shell',
  ],
  [
    "cat >config.toml <<EOF\na = 1",
    "1:1",
    'expected TOML, such as key = "value", found a command of the shell',
  ],
  ["a = 1\nEOF", "2:1", 'expected TOML, such as key = "value", found a command of the shell'],
  ["```toml\na = 1", "1:1", 'expected a line without "```", which marks a block on a web page'],
  [
    "a = &quot;x&quot;",
    "1:5",
    `expected a straight quote (" or '), found "&quot;" from a web page`,
  ],
  ['a = ["/etc", ...]', "1:14", 'expected a value: "..." stands for what was left out'],
  ['a = ["/etc", \u2026]', "1:14", 'expected a value: "..." stands for what was left out'],
  ["a \uff1d 1", "1:3", 'expected "=", found "\uff1d", which only looks like it'],
  ["a = 12,5", "1:5", 'expected "." instead of the comma in a number'],
  [
    "a = 'it's me'",
    "1:9",
    "expected the end of the line after the value: write a text with an apostrophe in double quotes",
  ],
  ['a = "C:\\Users"', "1:10", 'expected "\\\\" for each backslash in a string in double quotes'],
  [
    "a =\u00a01",
    "1:4",
    "expected a space, found another character that does not show, U+00A0",
  ],
  ["a = 1\n\0\n", "2:1", "expected text, found a control character, U+0000"],
  ['a = ""x""', "1:5", "expected one quote on each side, found two"],
  ["a = ''x'' # y", "1:5", "expected one quote on each side, found two"],
  ['a = \\"x\\"', "1:5", "expected a quote without a backslash before it"],
];

for (const [text, place, message] of MISTAKES) {
  Deno.test(`parseDocument() says of ${JSON.stringify(text)}: ${message}`, () => {
    const { findings: [finding, ...more] } = refusal(text);
    assert.deepEqual(more, []);
    assert.equal(`${finding?.line}:${finding?.column}`, place);
    assert.equal(finding?.message, `cannot read it as TOML: ${message}`);
  });
}

/** Words of the parser's grammar, which no person has to know. */
const OF_THE_PARSER =
  /illegal|key-value|numeric literal|unfinished|invalid value|end-of-line|declaration|structure|unexpected|unrecognised|redefine/;

Deno.test("parseDocument() never repeats the parser's words, whatever stands in a file", () => {
  const pieces = ["a", " = ", "[", "]", "{", "}", '"', "'", '"""', "\n", "1", "0", ",", ".", "-"];
  const more = ["+", "_", ":", ";", "#", "(", "\\", "x y", "2026-01-01", "\u0007", "\u00e4", "1e"];
  const piece = fc.constantFrom(...pieces, ...more);
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (parts) => {
      try {
        parseDocument("config.toml", parts.join(""));
      } catch (error) {
        assert.ok(error instanceof ConfigError);
        assert.doesNotMatch(error.findings[0]?.message ?? "", OF_THE_PARSER);
      }
    }),
    { numRuns: 3_000 },
  );
});

Deno.test("parseDocument() leaves strings of several lines to the parser's words", () => {
  const { message } = refusal('a = """\nname: x\n"""\nb = """\nname: "x"');
  assert.doesNotMatch(message, /expected "="/);
});

Deno.test("parseDocument() shows what a mistake in a passphrase is, not the passphrase", () => {
  const { message } = refusal("passphrase = “geheim”");
  assert.match(message, /^config\.toml:1:14: .*found a typographic one\n/);
  assert.doesNotMatch(message, /geheim/);
});

function refusal(text: string): ConfigError {
  try {
    parseDocument("config.toml", text);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  assert.fail(`${JSON.stringify(text)} was taken for TOML`);
}
