import assert from "node:assert/strict";
import fc from "fast-check";
import { type Candidate, choose, LARGEST_VERIFICATION } from "../../lib/verify/candidates.ts";

const candidate = fc.record({
  path: fc.string(),
  size: fc.nat(LARGEST_VERIFICATION),
  modified: fc.nat(),
});

Deno.test("choose() keeps to the count and to the largest size, whatever was found", () => {
  fc.assert(fc.property(fc.array(candidate), fc.nat(30), (found, count) => {
    const chosen = choose(found, count, Math.random);
    assert.ok(chosen.length <= count);
    assert.ok(chosen.reduce((sum, { size }) => sum + size, 0) <= LARGEST_VERIFICATION);
    assert.equal(new Set(chosen).size, chosen.length);
    assert.ok(chosen.every((one) => found.includes(one)));
  }));
});

Deno.test("choose() takes the newest and the largest when there is room", () => {
  const file = (path: string, size: number, modified: number): Candidate => {
    return { path, size, modified };
  };
  const many = Array.from({ length: 100 }, (_, index) => file(`f${index}`, 10, 10));
  const chosen = choose([...many, file("new", 1, 99), file("large", 99, 1)], 5, Math.random);
  const paths = chosen.map(({ path }) => path);
  assert.ok(paths.includes("new"));
  assert.ok(paths.includes("large"));
  assert.equal(paths.length, 5);
});
