import assert from "node:assert/strict";
import fc from "fast-check";
import { globRegExp, looksLikeGlob, pythonPattern } from "../../lib/text/glob.ts";

const MATCHES: readonly (readonly [glob: string, path: string, matches: boolean])[] = [
  ["srv/*.txt", "srv/a.txt", true],
  ["srv/*.txt", "srv/sub/a.txt", false],
  ["srv/*.txt", "srv/.txt", true],
  ["**/a.txt", "a.txt", true],
  ["**/a.txt", "srv/sub/a.txt", true],
  ["**/a.txt", "srv/ba.txt", false],
  ["srv/**", "srv/sub/a.txt", true],
  ["srv/**/c", "srv/c", true],
  ["srv/**/c", "srv/a/b/c", true],
  ["a?c", "abc", true],
  ["a?c", "a/c", false],
  ["a?c", "a😀c", true],
  ["[ab]", "a", true],
  ["[!ab]", "a", false],
  ["[!ab]", "c", true],
  ["[!ab]", "/", false],
  ["[a-c]x", "bx", true],
  ["[c-a]x", "bx", false],
  ["[]x]", "]", true],
  ["[", "[", true],
  ["[[]a]", "[a]", true],
  ["a[.]b", "axb", false],
  ["new\nline*", "new\nline.txt", true],
  ["*", "new\nline", true],
  ["a.b", "axb", false],
  ["(a|b)", "(a|b)", true],
];

for (const [glob, path, matches] of MATCHES) {
  const verb = matches ? "matches" : "does not match";
  Deno.test(`globRegExp() of ${JSON.stringify(glob)} ${verb} ${JSON.stringify(path)}`, () => {
    assert.equal(globRegExp(glob, false).test(path), matches);
  });
}

Deno.test("globRegExp() matches what lies below only when it is asked to", () => {
  assert.equal(globRegExp("srv/*", true).test("srv/sub/deep/file"), true);
  assert.equal(globRegExp("srv/*", false).test("srv/sub/deep/file"), false);
  assert.equal(globRegExp("srv/a*", true).test("srv/b/a"), false);
});

Deno.test("globRegExp() takes what stands in brackets as it is", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme" }), fc.string(), (text, other) => {
    const expression = globRegExp(text.replaceAll(/[*?[]/g, "[$&]"), false);
    assert.ok(expression.test(text));
    if (other !== text) assert.ok(!expression.test(other));
  }));
});

Deno.test("globRegExp() makes a regular expression of any text", () => {
  const characters = fc.constantFrom(..."ab*?[]!-^\\/.(){}|+$&~");
  fc.assert(fc.property(fc.string({ unit: characters }), (text) => {
    globRegExp(text, true);
    if (!looksLikeGlob(text)) assert.ok(globRegExp(text, false).test(text));
  }));
});

Deno.test("pythonPattern() is anchored at both ends", () => {
  assert.equal(pythonPattern("srv/*.txt", false), "(?s)\\Asrv\\/[^/]*\\.txt\\Z");
  assert.equal(pythonPattern("srv", true), "(?s)\\Asrv(?:/.*)?\\Z");
});
