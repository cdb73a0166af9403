import assert from "node:assert/strict";
import { exactPattern, patternLines } from "../../lib/borg/patterns.ts";

Deno.test("exactPattern() names a path that is as it should be, whatever is in it", () => {
  for (const path of ["a", "a/b c", " a", "#a", "a*[b]", "-", "ü/漢字 😀", ".a/..b/..."]) {
    assert.equal(exactPattern(path), `pf:${path}`);
  }
});

Deno.test("exactPattern() writes what a line or pf: would lose as an expression", () => {
  assert.equal(exactPattern("a\nb"), "re:\\Aa\\u000ab\\Z");
  assert.equal(exactPattern("a "), "re:\\Aa\\u0020\\Z");
  assert.equal(exactPattern("a?"), "re:\\Aa[?\\udc80-\\udcff]\\Z");
  assert.equal(exactPattern("./a"), "re:\\A\\u002e/a\\Z");
  assert.equal(exactPattern("/etc/x"), "re:\\Aetc/x\\Z");
  assert.equal(exactPattern("😀\t"), "re:\\A\\U0001f600\\u0009\\Z");
});

Deno.test("patternLines() puts what decides about all others last", () => {
  const paths = { include: ["a"], exclude: ["b"] };
  assert.equal(patternLines({ ...paths, others: "exclude" }), "- pf:b\n+ pf:a\n- re:^\n");
  assert.equal(patternLines({ ...paths, others: "include" }), "- pf:b\n+ pf:a\n+ re:^\n");
  assert.equal(patternLines({ ...paths, others: "as the arguments say" }), "- pf:b\n+ pf:a\n");
});
