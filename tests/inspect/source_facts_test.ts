import assert from "node:assert/strict";
import { join } from "node:path";
import { gatherFacts, type SeenSource } from "../../lib/inspect/source_facts.ts";
import type { FactFiles } from "../../lib/inspect/source_root.ts";
import type { StagedRoot } from "../../lib/staging/staging.ts";

/** Looks at directories below a new one; each name with a slash at its end is a directory. */
async function look(
  names: readonly string[],
  sources: readonly string[],
  different: {
    readonly marker?: string;
    readonly caches?: boolean;
    readonly exclude?: readonly string[];
    readonly files?: FactFiles;
  } = {},
) {
  const root = await Deno.realPath(await Deno.makeTempDir());
  try {
    for (const name of names) {
      const path = join(root, name);
      if (name.endsWith("/")) await Deno.mkdir(path, { recursive: true });
      else await Deno.writeTextFile(path, name.endsWith("TAG") ? CACHE : "1234");
    }
    const roots = sources.map((name): StagedRoot => {
      return { kind: "directory", path: join(root, name), at: join(root, name).slice(1) };
    });
    const facts = await gatherFacts({
      root: "/",
      roots,
      apart: [],
      passedOver: [],
      exclude: different.exclude ?? [],
      excludeIfPresent: different.marker === undefined ? [] : [different.marker],
      excludeCaches: different.caches ?? false,
      timeout: different.files === undefined ? 60_000 : 2_000,
      files: different.files ?? Deno,
    });
    return facts.map((fact) => ({ ...fact, path: fact.path.slice(root.length + 1) }));
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

const CACHE = "Signature: 8a477f597d28d172789f06886806bc55\n# made by a test\n";

async function seen(
  names: readonly string[],
  different: Parameters<typeof look>[2] = {},
): Promise<SeenSource> {
  const [fact] = await look(names, ["a"], different);
  assert.equal(fact?.kind, "seen");
  return fact;
}

Deno.test("gatherFacts() counts a small source as a whole", async () => {
  const { entries, empty, hasFile, content, marker } = await seen([
    "a/",
    "a/b/c/",
    "a/b/c/f",
    "a/g",
  ]);
  assert.deepEqual([entries, empty, hasFile, marker], [2, false, true, undefined]);
  assert.deepEqual(content, { files: 2, doubtful: 0, bytes: 8 });
});

Deno.test("gatherFacts() takes a new file system, with lost+found alone, for empty", async () => {
  const { entries, empty, hasFile, content } = await seen(["a/", "a/lost+found/"]);
  assert.deepEqual([entries, empty, hasFile, content], [0, true, false, {
    files: 0,
    doubtful: 0,
    bytes: 0,
  }]);
});

Deno.test("gatherFacts() does not ask each of many files for its size, nor walk a large source", async () => {
  const many = (count: number) => ["a/", ...Array.from({ length: count }, (_, n) => `a/f${n}`)];
  assert.deepEqual((await seen(many(101))).content, { files: 101, doubtful: 0, bytes: null });
  const large = await seen(many(2_001));
  assert.deepEqual([large.entries, large.hasFile, large.content], [2_001, true, undefined]);
});

Deno.test("gatherFacts() counts a file whose size it can't ask for", async () => {
  const lstat: FactFiles["lstat"] = (path) =>
    `${path}`.endsWith("/f") ? Promise.reject(new Error("gone")) : Deno.lstat(path);
  const { content } = await seen(["a/", "a/f", "a/g"], { files: { ...Deno, lstat } });
  assert.deepEqual(content, { files: 2, doubtful: 0, bytes: null });
});

Deno.test("gatherFacts() counts what lies in another source for that one alone", async () => {
  const names = ["a/", "a/f", "a/b/", "a/b/g", "a/c/", "a/c/d/", "a/c/d/h"];
  const facts = await look(names, ["a", "a/b", "a/c/d"]);
  const shown = facts.map((fact) => {
    return fact.kind === "seen" ? [fact.path, fact.entries, fact.content?.files] : [];
  });
  assert.deepEqual(shown, [["a", 2, 1], ["a/b", 1, 1], ["a/c/d", 1, 1]]);
  const [outer] = await look(["a/", "a/b/", "a/b/g"], ["a", "a/b"]);
  assert.equal(outer?.kind === "seen" && outer.empty, false);
});

Deno.test("gatherFacts() finds what makes Borg skip a source", async () => {
  const names = ["a/", "a/.nobackup", "a/CACHEDIR.TAG"];
  const key = "sources.exclude_if_present";
  assert.deepEqual((await seen(names, { marker: ".nobackup" })).marker, { name: ".nobackup", key });
  assert.equal((await seen(names, { caches: true })).marker?.key, "sources.exclude_caches");
  assert.equal((await seen(names)).marker, undefined);
  // A file of that name without the signature is no cache.
  assert.equal((await seen(["a/", "a/CACHEDIR.TAG/"], { caches: true })).marker, undefined);
});

Deno.test("gatherFacts() takes a source that is a single file", async () => {
  const { entries, empty, content } = await seen(["a"]);
  assert.deepEqual([entries, empty, content], [1, false, { files: 1, doubtful: 0, bytes: 4 }]);
});

Deno.test("gatherFacts() says where the file system of a directory is mounted", async () => {
  const facts = await gatherFacts({
    ...{ root: "/", exclude: [], excludeIfPresent: [], excludeCaches: false, files: Deno },
    ...{ apart: [], passedOver: [] },
    roots: [
      { kind: "directory", path: "/proc/self", at: "proc/self" },
      { kind: "dataset", path: "tank/data", at: "proc/self" },
    ],
  });
  const mounts = facts.map((fact) => fact.kind === "seen" ? fact.mountPoint : fact.reason);
  assert.deepEqual(mounts, ["/proc", null]);
});

Deno.test("gatherFacts() gives up on a source that hangs, and looks at the others", async () => {
  const lstat: FactFiles["lstat"] = (path) =>
    `${path}`.endsWith("/a") ? new Promise(() => {}) : Deno.lstat(path);
  const files = { ...Deno, lstat };
  const facts = await look(["a/", "b/", "b/f"], ["a", "b", "c"], { files });
  assert.deepEqual(facts[0], { kind: "unseen", path: "a", reason: "no answer within 2 s" });
  assert.equal(facts[1]?.kind, "seen");
  assert.match(facts[2]?.kind === "unseen" ? facts[2].reason : "", /does not exist/);
});

Deno.test("gatherFacts() doubts what lies below a marker in a small source", async () => {
  const names = ["a/", "a/b/c/", "a/b/.nobackup", "a/b/c/f", "a/g"];
  const { content, marker } = await seen(names, { marker: ".nobackup" });
  assert.equal(marker, undefined);
  assert.deepEqual(content, { files: 3, doubtful: 2, bytes: 12 });
  const cache = await seen(["a/", "a/b/", "a/b/CACHEDIR.TAG", "a/g"], { caches: true });
  assert.equal(cache.content?.doubtful, 1);
});

Deno.test("gatherFacts() doubts what an exclude may match in a small source", async () => {
  const names = ["a/", "a/cache/", "a/cache/f", "a/cached", "a/g"];
  const { content } = await seen(names, { exclude: ["*/cache/*"] });
  assert.deepEqual(content, { files: 3, doubtful: 2, bytes: 12 });
});
