import assert from "node:assert/strict";
import { UsageError } from "../../lib/errors.ts";
import {
  includesOf,
  matcherOf,
  parsePathSelector,
  type PathSelector,
} from "../../lib/restore/path_selector.ts";

const PATHS: readonly (readonly [text: string, path: string])[] = [
  ["/srv/data", "srv/data"],
  ["srv/data", "srv/data"],
  ["/srv//data/", "srv/data"],
  ["/srv/./x/../data", "srv/data"],
  ["./data", "home/me/data"],
  ["../data", "home/data"],
  [".", "home/me"],
  [".hidden", ".hidden"],
  ["/", ""],
  ["-x", "-x"],
  ["a\nb", "a\nb"],
];

for (const [text, path] of PATHS) {
  Deno.test(`parsePathSelector() reads ${JSON.stringify(text)} as the archive has it`, () => {
    assert.equal(parsePathSelector(text, "/home/me").path, path);
  });
}

Deno.test("parsePathSelector() refuses an empty path", () => {
  assert.throws(() => parsePathSelector("", "/"), UsageError);
  assert.throws(
    () => parsePathSelector("", "/"),
    /Cannot use an empty path: expected a path or a glob/,
  );
});

const path = (text: string): PathSelector => ({ text, path: text, glob: false });

Deno.test("includesOf() asks for everything when one of the paths is the root", () => {
  assert.deepEqual(includesOf([path("srv"), path("")]), []);
});

Deno.test("includesOf() asks for paths as they are, and for globs as patterns", () => {
  assert.deepEqual(includesOf([path("re:srv"), { ...path("a*"), glob: true }]), [
    { kind: "path", path: "re:srv" },
    { kind: "pattern", pattern: "(?s)\\Aa[^/]*(?:/.*)?\\Z" },
  ]);
});

Deno.test("matcherOf() means a path and what lies below it, not what begins like it", () => {
  const means = matcherOf(path("srv/data"));
  assert.ok(means({ path: "srv/data" }));
  assert.ok(means({ path: "srv/data/x" }));
  assert.ok(!means({ path: "srv/database" }));
});
