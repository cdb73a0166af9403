import assert from "node:assert/strict";
import fc from "fast-check";
import { chooseFiles, debtAfter, type VerifyLimits } from "../../lib/verify/chosen_files.ts";
import { NearestFiles } from "../../lib/verify/nearest_files.ts";
import { type NightlyShare, nightlyShare, positionAfter } from "../../lib/verify/nightly_share.ts";
import { slotOfPath, SLOTS } from "../../lib/verify/plan_slots.ts";

const DAY = 86_400_000;
const MIB = 1_048_576;
const START = Date.parse("2026-11-22T04:00:00Z");

/** A tree of files of which only the sizes matter; each is as large as its name says. */
class SparseTree implements AsyncDisposable {
  readonly sizes: ReadonlyMap<string, number>;
  readonly root = Deno.makeTempDirSync();

  constructor(sizes: Readonly<Record<string, number>>) {
    this.sizes = new Map(Object.entries(sizes));
    for (const [path, size] of this.sizes) {
      using file = Deno.createSync(`${this.root}/${path}`);
      file.truncateSync(size);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.root, { recursive: true });
  }

  choose(share: NightlyShare, limits: Partial<VerifyLimits>, more: {
    readonly again?: readonly string[];
    readonly changed?: readonly string[];
  } = {}) {
    const whole = { files: 20, maxBytes: undefined, debt: 0, ...limits };
    const nearest = new NearestFiles(share, whole.files);
    for (const path of this.sizes.keys()) nearest.offer("", path, slotOfPath(path));
    return chooseFiles({
      ...{ root: this.root, share, nearest, again: [], changed: [], limits: whole },
      ...{ isExcluded: (path: string) => path.startsWith("excluded"), signal: NEVER },
      ...more,
    });
  }

  /** Runs night after night; returns which files were read in each of them, and how many bytes. */
  async nights(count: number, cycle: number, maxBytes?: number) {
    let last: Parameters<typeof nightlyShare>[2];
    let debt = 0;
    const nights: { readonly paths: readonly string[]; readonly bytes: number }[] = [];
    for (let night = 0; night < count; night += 1) {
      const now = START + night * DAY;
      const share = nightlyShare(cycle, now, last);
      const limits = { files: 1, maxBytes, debt };
      const { files, done } = await this.choose(share, limits);
      last = positionAfter(share, done, now);
      const bytes = files.reduce((sum, { size }) => sum + size, 0);
      debt = debtAfter({ ...limits, maxBytes }, bytes);
      nights.push({ paths: files.map(({ path }) => path), bytes });
    }
    return nights;
  }
}

const NEVER = new AbortController().signal;
const ALL: NightlyShare = { from: 0, due: SLOTS, all: SLOTS };

function numbered(count: number, size: (index: number) => number): Record<string, number> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`file-${index}`, size(index)]),
  );
}

Deno.test("chooseFiles() reads every file within the cycle, in even shares", async () => {
  await using tree = new SparseTree(numbered(900, () => 1_000));
  const nights = await tree.nights(90, 90 * DAY);
  const read = new Set(nights.flatMap(({ paths }) => paths));
  assert.equal(read.size, 900);
  assert.ok(Math.max(...nights.map(({ paths }) => paths.length)) < 30);
});

Deno.test("chooseFiles() keeps to the limit on average, and gets to every file", async () => {
  const sizes = { ...numbered(60, () => 10 * MIB), large: 300 * MIB, huge: 3_000 * MIB };
  await using tree = new SparseTree(sizes);
  const nights = await tree.nights(60, 90 * DAY, 64 * MIB);
  const read = new Set(nights.flatMap(({ paths }) => paths));
  assert.deepEqual([...tree.sizes.keys()].filter((path) => !read.has(path)), ["huge"]);
  const bytes = nights.map((night) => night.bytes);
  assert.equal(
    bytes.filter((size) => size > 64 * MIB).length,
    nights.filter(({ paths }) => paths.includes("large")).length,
  );
  assert.ok(bytes.reduce((sum, size) => sum + size, 0) <= 60 * 64 * MIB);
});

Deno.test("chooseFiles() never reads more than the limit on average, whatever the sizes", async () => {
  const size = fc.oneof(fc.nat(2_000), fc.nat(300_000));
  await fc.assert(
    fc.asyncProperty(fc.array(size, { minLength: 1, maxLength: 40 }), async (sizes) => {
      await using tree = new SparseTree(numbered(sizes.length, (index) => sizes[index] ?? 0));
      const limit = 20_000;
      const nights = await tree.nights(60, 30 * DAY, limit);
      let debt = 0;
      for (const { bytes } of nights) {
        assert.ok(bytes <= limit || debt === 0, "what is too much is paid back first");
        debt = Math.max(0, debt + bytes - limit);
      }
      const read = new Set(nights.flatMap(({ paths }) => paths));
      const sum = sizes.reduce((all, one) => all + one, 0);
      if (sum > 30 * limit) return;
      for (const [path, one] of tree.sizes) assert.ok(read.has(path) || one > 16 * limit, path);
    }),
    { numRuns: 15 },
  );
});

Deno.test("chooseFiles() takes what differed and what changed first, within half of the limit", async () => {
  const sizes = { ...numbered(40, () => MIB), "differed": MIB, "dump": 60 * MIB, "new": 2 * MIB };
  await using tree = new SparseTree(sizes);
  const share = { from: 0, due: SLOTS / 10, all: SLOTS / 10 };
  const { files, waiting } = await tree.choose(share, { maxBytes: 64 * MIB }, {
    again: ["differed", "gone"],
    changed: ["dump", "new", "excluded"],
  });
  assert.deepEqual(files.slice(0, 2).map(({ path }) => path), ["differed", "new"]);
  assert.ok(!files.some(({ path }) => path === "dump"));
  assert.deepEqual(waiting, []);
  const paid = await tree.choose(share, { maxBytes: 1_000 }, { again: ["differed", "gone"] });
  assert.deepEqual(paid.waiting, ["differed"]);
});

Deno.test("chooseFiles() reads the least number of files when fewer are due", async () => {
  await using tree = new SparseTree(numbered(100, () => 10));
  const none = { from: 0, due: 0, all: 0 };
  const { files, done } = await tree.choose(none, { files: 20 });
  assert.equal(files.length, 20);
  assert.ok(done > 0 && done < SLOTS);
  const three = await tree.choose(none, { files: 20 }, { changed: ["file-1", "file-2", "file-3"] });
  assert.equal(three.files.length, 20);
  assert.deepEqual(three.files.slice(0, 3).map(({ path }) => path), ["file-1", "file-2", "file-3"]);
});

Deno.test("chooseFiles() passes over what is gone, excluded, or no regular file", async () => {
  await using tree = new SparseTree({ "kept": 5, "excluded.tmp": 5, "gone": 5 });
  await Deno.remove(`${tree.root}/gone`);
  const { files, done } = await tree.choose(ALL, {});
  assert.deepEqual(files, [{ path: "kept", size: 5, planned: true }]);
  assert.equal(done, SLOTS);
});

Deno.test("chooseFiles() reads a very large file alone, and goes on behind it", async () => {
  await using tree = new SparseTree({ ...numbered(20, () => 10), huge: 20 * 1_024 * MIB });
  const first = await tree.choose(ALL, { files: 1 });
  assert.ok(!first.isLarge && !first.files.some(({ path }) => path === "huge"));
  const second = { ...ALL, from: (ALL.from + first.done) % SLOTS };
  const alone = await tree.choose(second, { files: 1 });
  assert.deepEqual(alone.files.map(({ path }) => path), ["huge"]);
  assert.ok(alone.isLarge);
  assert.equal((second.from + alone.done) % SLOTS, slotOfPath("huge") + 1);
});
