import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type Candidate,
  choose,
  findCandidates,
  LARGEST_VERIFICATION,
} from "../../lib/verify/candidates.ts";

const never = new AbortController().signal;

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

Deno.test("findCandidates() finds regular files below the roots, and nothing else", async () => {
  const root = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${root}/src/deep/deeper`, { recursive: true });
    await Deno.mkdir(`${root}/other`);
    await Deno.writeTextFile(`${root}/src/a\nb`, "1");
    await Deno.writeTextFile(`${root}/src/deep/deeper/-c`, "22");
    await Deno.writeTextFile(`${root}/other/elsewhere`, "333");
    await Deno.symlink("/etc", `${root}/src/link`);
    const found = await findCandidates({ root, paths: ["src"] }, 100, Math.random, never);
    assert.deepEqual(found.map(({ path, size }) => [path, size]).toSorted(), [
      ["src/a\nb", 1],
      ["src/deep/deeper/-c", 2],
    ]);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("findCandidates() takes a source that is a file, and gives up what is not there", async () => {
  const root = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${root}/file`, "1");
    const sources = { root, paths: ["file", "missing"] };
    const found = await findCandidates(sources, 50, Math.random, never);
    assert.deepEqual(found.map(({ path }) => path), ["file"]);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
