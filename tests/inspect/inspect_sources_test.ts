import assert from "node:assert/strict";
import fc from "fast-check";
import { inspectSources } from "../../lib/inspect/inspect_sources.ts";
import type { SourceRequest } from "../../lib/inspect/reason_to_count.ts";
import type { SourceFigures } from "../../lib/inspect/source_alarms.ts";
import type { SourceFacts } from "../../lib/inspect/source_facts.ts";
import type { SourceCount } from "../../lib/inspect/source_tally.ts";
import { emptySource, figuresOf, RULES, seenSource, smallSource } from "./sources.ts";

/** One night. */
interface Night {
  readonly facts: readonly SourceFacts[];
  readonly past: readonly SourceFigures[];
  /** Files of the archive. */
  readonly files: number;
  readonly added?: Readonly<Record<string, number>>;
  /** Files of each source, if somebody should count. */
  readonly counts?: Readonly<Record<string, number>>;
  readonly different?: Partial<SourceRequest>;
}

function countsOf(counts: Readonly<Record<string, number>>): ReadonlyMap<string, SourceCount> {
  return new Map(
    Object.entries(counts).map(([path, files]) => {
      return [path, { files, bytes: files === 0 ? 0 : 100_000_000, entries: files }];
    }),
  );
}

async function inspect({ facts, past, files, added = {}, counts, different }: Night) {
  let listed = 0;
  const inspection = await inspectSources({
    facts,
    passedOver: [],
    mounts: undefined,
    isExcluded: () => false,
    past: { figures: past, originalSize: 1_000_000_000, isLatest: true },
    archive: {
      files,
      originalSize: 1_000_000_000,
      added: new Map(Object.entries(added)),
      modified: new Map(),
    },
    whereabouts: () => "not a source",
    limits: { files: 50, size: 50 },
    rules: RULES,
    alarmed: new Set(),
    countBySource: () => {
      listed += 1;
      return Promise.resolve(counts === undefined ? undefined : countsOf(counts));
    },
    ...different,
  });
  const alarms = inspection.alarms.map(({ kind, subject }) => `${kind} ${subject}`);
  return { ...inspection, listed, alarms };
}

const A = "/srv/a";
const B = "/srv/b";
const LARGE = [seenSource(A), seenSource(B)];
const PAST = [figuresOf(A, { files: 1_000 }), figuresOf(B, { files: 200 })];

Deno.test("inspectSources() lists no archive in an ordinary night", async () => {
  // 90 files are gone; the smaller source could lose up to 99 of its 200.
  const night = await inspect({ facts: LARGE, past: PAST, files: 1_130, added: { [A]: 20 } });
  assert.equal(night.listed, 0);
  assert.deepEqual(night.alarms, []);
  assert.deepEqual(night.figures.map(({ files }) => files), [1_020, 200]);
});

Deno.test("inspectSources() counts when more went than the smallest source may lose", async () => {
  const counts = { [A]: 1_020, [B]: 100 };
  const night = await inspect({
    facts: LARGE,
    past: PAST,
    files: 1_120,
    added: { [A]: 20 },
    counts,
  });
  assert.equal(night.listed, 1);
  assert.equal(night.counted, "100 files are gone since the last count");
  assert.deepEqual(night.alarms, [`source-small ${B}`]);
  assert.deepEqual(night.figures.map(({ files }) => files), [1_020, 100]);
});

Deno.test("inspectSources() finds whatever a source lost, however others grew and shrank", async () => {
  const size = fc.integer({ min: 20, max: 5_000 });
  const part = fc.integer({ min: 0, max: 100 });
  const night = fc.record({ before: size, kept: part, added: fc.nat(3_000) });
  await fc.assert(fc.asyncProperty(fc.array(night, { minLength: 1, maxLength: 6 }), async (all) => {
    const paths = all.map((_, index) => `/srv/${index}`);
    const now = all.map(({ before, kept, added }) => Math.floor(before * kept / 100) + added);
    const result = await inspect({
      facts: paths.map((path) => seenSource(path)),
      past: all.map(({ before }, index) => figuresOf(`/srv/${index}`, { files: before })),
      files: now.reduce((sum, files) => sum + files, 0),
      added: Object.fromEntries(all.map(({ added }, index) => [`/srv/${index}`, added])),
      counts: Object.fromEntries(now.map((files, index) => [`/srv/${index}`, files])),
    });
    const alarmed = all.flatMap(({ before }, index) => {
      const files = now[index] ?? 0;
      if (files === 0) return [`source-unread /srv/${index}`];
      const isSmall = before - files >= 10 && files <= before / 2;
      return isSmall ? [`source-small /srv/${index}`] : [];
    });
    assert.deepEqual(result.alarms, alarmed);
    // What is remembered is never less than what is there.
    assert.ok(result.figures.every(({ files }, index) => (files ?? 0) >= (now[index] ?? 0)));
  }));
});

Deno.test("inspectSources() adds up what went in many nights until it is worth a count", async () => {
  let past: readonly SourceFigures[] = [figuresOf(A), figuresOf(B, { files: 200 })];
  const listed: number[] = [];
  for (let files = 1_190; files >= 1_080; files -= 10) {
    const counts = { [A]: files - 200, [B]: 200 };
    const night = await inspect({ facts: LARGE, past, files, counts });
    assert.deepEqual(night.alarms, []);
    past = night.figures;
    listed.push(night.listed);
  }
  assert.deepEqual(listed, [0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0]);
});

Deno.test("inspectSources() needs no count of small sources, however much they change", async () => {
  const facts = [seenSource(A), smallSource("/srv/spool", 30)];
  const past = [figuresOf(A), figuresOf("/srv/spool", { files: 40, present: 40 })];
  const night = await inspect({ facts, past, files: 1_030, added: { "/srv/spool": 25 } });
  assert.equal(night.listed, 0);
  assert.deepEqual(night.alarms, []);
  assert.deepEqual(night.figures.map(({ files }) => files), [1_000, 30]);
});

Deno.test("inspectSources() sees by itself that a small source was half emptied", async () => {
  const facts = [seenSource(A), smallSource("/srv/dump", 20)];
  const past = [figuresOf(A), figuresOf("/srv/dump", { files: 40, present: 40 })];
  const night = await inspect({ facts, past, files: 1_020 });
  assert.equal(night.listed, 0);
  assert.deepEqual(night.alarms, ["source-small /srv/dump"]);
});

Deno.test("inspectSources() sees by itself that a dump has shrunk, though it is still there", async () => {
  const facts = [seenSource(A), smallSource("/srv/dump", 1, 30)];
  const dump = figuresOf("/srv/dump", { files: 1, present: 1, bytes: 50_000_000 });
  const night = await inspect({ facts, past: [figuresOf(A), dump], files: 1_001 });
  assert.deepEqual(night.alarms, ["source-small /srv/dump"]);
});

Deno.test("inspectSources() counts when a small source of which much is excluded loses files", async () => {
  const past = [figuresOf(A), figuresOf("/srv/x", { files: 40, present: 100 })];
  const some = [seenSource(A), smallSource("/srv/x", 95)];
  assert.equal((await inspect({ facts: some, past, files: 1_035 })).listed, 0);
  const half = [seenSource(A), smallSource("/srv/x", 60)];
  const counts = { [A]: 1_000, "/srv/x": 5 };
  const night = await inspect({ facts: half, past, files: 1_005, counts });
  assert.equal(night.counted, '"/srv/x" may hold less than before');
  assert.deepEqual(night.alarms, ["source-small /srv/x"]);
});

Deno.test("inspectSources() counts at the first run, and when what is excluded changes", async () => {
  const counts = { [A]: 1_000, [B]: 0 };
  const first = await inspect({ facts: LARGE, past: [], files: 1_000, counts });
  assert.equal(first.listed, 1);
  assert.deepEqual(first.alarms, [`source-unread ${B}`]);
  const different = { rules: "others" };
  const changed = await inspect({ facts: LARGE, past: PAST, files: 1_200, counts, different });
  assert.equal(changed.counted, "what is excluded has changed");
  assert.deepEqual(changed.alarms, [`source-unread ${B}`]);
  const again = { facts: LARGE, past: changed.figures, files: 1_000, different };
  assert.deepEqual((await inspect(again)).alarms, []);
});

Deno.test("inspectSources() counts after a run that was not a regular one", async () => {
  const different = { past: { figures: PAST, originalSize: 0, isLatest: false } };
  const night = await inspect({ facts: LARGE, past: PAST, files: 1_200, counts: {}, different });
  assert.equal(night.listed, 1);
});

Deno.test("inspectSources() counts when the archive has shrunk by more than a source may", async () => {
  const archive = {
    files: 1_200,
    originalSize: 940_000_000,
    added: new Map(),
    modified: new Map(),
  };
  const night = await inspect({ facts: LARGE, past: PAST, files: 0, different: { archive } });
  assert.equal(night.counted, "it is smaller than the one before");
});

Deno.test("inspectSources() keeps to what it knows when the archive can't be counted", async () => {
  const night = await inspect({ facts: LARGE, past: PAST, files: 700 });
  assert.equal(night.listed, 1);
  assert.deepEqual(night.alarms, []);
  assert.deepEqual(night.figures.map(({ files }) => files), [1_000, 200]);
  // The next night tries again.
  assert.equal((await inspect({ facts: LARGE, past: night.figures, files: 700 })).listed, 1);
});

Deno.test("inspectSources() notices an emptied source among full ones, and one beside it", async () => {
  const facts = [seenSource(A), emptySource(B)];
  const night = await inspect({ facts, past: PAST, files: 1_000, counts: { [A]: 1_000, [B]: 0 } });
  assert.deepEqual(night.alarms, [`source-empty ${B}`]);
  assert.equal(night.figures[1]?.files, 0);
});

Deno.test("inspectSources() says once, and as no alarm, that a new source is empty", async () => {
  const facts = [seenSource(A), emptySource(B)];
  const counts = { [A]: 1_000, [B]: 0 };
  const first = await inspect({ facts, past: [], files: 1_000, counts });
  assert.deepEqual(first.alarms, []);
  assert.deepEqual(first.notes, [`The source "${B}" is empty`]);
  const second = await inspect({ facts, past: first.figures, files: 1_000 });
  assert.deepEqual([second.alarms, second.notes, second.listed], [[], [], 0]);
});

Deno.test("inspectSources() compares a source that hung or was absent when it is back", async () => {
  const unseen: SourceFacts = { kind: "unseen", path: B, reason: "no answer within 10 s" };
  const night = await inspect({ facts: [seenSource(A), unseen], past: PAST, files: 1_000 });
  assert.equal(night.counted, "a source could not be inspected");
  assert.deepEqual(night.notes, [`Cannot inspect the source "${B}": no answer within 10 s`]);
  assert.deepEqual(night.figures, PAST);
  const different = { whereabouts: () => "away" as const };
  const absent = await inspect({ facts: [seenSource(A)], past: PAST, files: 1_000, different });
  const counts = { [A]: 1_000, [B]: 20 };
  const back = await inspect({ facts: LARGE, past: absent.figures, files: 1_020, counts });
  assert.deepEqual(back.alarms, [`source-small ${B}`]);
});

Deno.test("inspectSources() names what one_file_system passes over a single time", async () => {
  const passedOver = [{ source: A, mountPoint: "/srv/a/usb", type: "ext4" }];
  const night = (past: readonly SourceFigures[], passed = passedOver) =>
    inspect({ facts: LARGE, past, files: 1_200, different: { passedOver: passed } });
  const first = await night(PAST);
  assert.deepEqual(first.notes, [
    'Not in the archive, because sources.one_file_system is set: "/srv/a/usb" (ext4)',
  ]);
  const second = await night(first.figures);
  assert.deepEqual(second.notes, []);
  const unplugged = await night(second.figures, []);
  assert.deepEqual((await night(unplugged.figures)).notes, []);
});

Deno.test("inspectSources() misses a mount below a source until it is back", async () => {
  const mounted = (...mountPoints: readonly string[]) => ({
    mounts: {
      lasting: mountPoints.map((mountPoint) => ({ source: A, mountPoint, type: "ext4" })),
      targets: new Set(mountPoints),
    },
  });
  const night = (past: readonly SourceFigures[], different: Partial<SourceRequest>) =>
    inspect({ facts: LARGE, past, files: 1_200, different });
  const first = await night(PAST, mounted("/srv/a/disk"));
  assert.deepEqual(first.alarms, []);
  const without = await night(first.figures, mounted());
  assert.deepEqual(without.alarms, [`source-unmounted ${A}`]);
  assert.deepEqual((await night(first.figures, mounted("/srv/a/disk"))).alarms, []);
  // Accepted: what the alarm was raised with is what is compared next.
  assert.deepEqual((await night(without.figures, mounted())).alarms, []);
  const named = await night(first.figures, {
    ...mounted(),
    whereabouts: (path) => path === "/srv/a/disk" ? "away" : "not a source",
  });
  assert.deepEqual(named.alarms, []);
  // Nobody can tell whether an alarm that stands is over.
  const blind = await night(first.figures, { mounts: undefined });
  assert.deepEqual(blind.alarms, []);
  assert.deepEqual([...blind.judged], [B]);
  assert.deepEqual((await night(blind.figures, mounted())).alarms, [`source-unmounted ${A}`]);
});

Deno.test("inspectSources() counts as long as a source has an open alarm", async () => {
  // Truncated files leave their number as it was, and the archive of the night before is as small.
  const night = await inspect({
    facts: [seenSource("/srv")],
    past: [figuresOf("/srv")],
    files: 1_000,
    counts: { "/srv": 1_000 },
    different: { alarmed: new Set(["/srv"]) },
  });
  assert.equal(night.counted, "a source has an open alarm");
});

Deno.test("inspectSources() judges nothing when the count that was necessary failed", async () => {
  const request = {
    ...{ passedOver: [], mounts: undefined, isExcluded: () => false },
    ...{ limits: { files: 50, size: 50 }, rules: "other rules" },
    past: { figures: [figuresOf("/srv")], originalSize: 1, isLatest: true },
    archive: { files: 1_000, originalSize: 1, added: new Map(), modified: new Map() },
    alarmed: new Set<string>(),
    whereabouts: () => "not a source" as const,
  };
  const facts = [seenSource("/srv")];
  const failed = await inspectSources({
    ...{ ...request, facts, countBySource: () => Promise.resolve(undefined) },
  });
  assert.deepEqual([...failed.judged], []);
  const counted = await inspectSources({
    ...{ ...request, facts },
    countBySource: () => Promise.resolve(countsOf({ "/srv": 1_000 })),
  });
  assert.deepEqual([...counted.judged], ["/srv"]);
});

Deno.test("inspectSources() misses a dataset that went, and forgets what is no source any more", async () => {
  const past = [...PAST, figuresOf("tank/x", { files: 40, mountPoint: null })];
  const at = (whereabouts: "away" | "gone" | "not a source") =>
    inspect({ facts: LARGE, past, files: 1_200, different: { whereabouts: () => whereabouts } });
  const [gone, away, other] = [await at("gone"), await at("away"), await at("not a source")];
  assert.deepEqual(gone.alarms, ["source-gone tank/x"]);
  assert.deepEqual(away.alarms, []);
  assert.deepEqual(other.alarms, []);
  const paths = [gone, away, other].map(({ figures }) => figures.map(({ path }) => path));
  assert.deepEqual(paths, [[A, B], [A, B, "tank/x"], [A, B]]);
});

Deno.test("inspectSources() misses no dataset in which nothing was", async () => {
  const past = [...PAST, figuresOf("tank/x", { files: 0, bytes: 0, mountPoint: null })];
  const different = { whereabouts: () => "gone" as const };
  assert.deepEqual((await inspect({ facts: LARGE, past, files: 1_200, different })).alarms, []);
});

Deno.test("inspectSources() counts a small source when more of it may be excluded than before", async () => {
  // Forty files were moved into a directory that an exclude matches.
  const past = [figuresOf(A), figuresOf("/srv/x", { files: 50, present: 50, doubtful: 0 })];
  const content = { files: 50, doubtful: 40, bytes: null };
  const facts = [seenSource(A), seenSource("/srv/x", { content })];
  const counts = { [A]: 1_000, "/srv/x": 10 };
  const night = await inspect({ facts, past, files: 1_010, counts });
  assert.equal(night.counted, '"/srv/x" may hold less than before');
  assert.deepEqual(night.alarms, ["source-small /srv/x"]);
  assert.deepEqual(night.figures.map(({ doubtful }) => doubtful), [null, 40]);
});

Deno.test("inspectSources() lets no small steps add up that were never counted", async () => {
  let past = [figuresOf(A), figuresOf("/srv/x", { files: 50, present: 50, doubtful: 0 })];
  const counted: (string | undefined)[] = [];
  for (const doubtful of [10, 20, 30]) {
    const content = { files: 50, doubtful, bytes: null };
    const facts = [seenSource(A), seenSource("/srv/x", { content })];
    const counts = { [A]: 1_000, "/srv/x": 50 - doubtful };
    const night = await inspect({ facts, past, files: 1_050 - doubtful, counts });
    counted.push(night.counted);
    past = [...night.figures];
  }
  assert.deepEqual(counted, [undefined, undefined, '"/srv/x" may hold less than before']);
});

Deno.test("inspectSources() counts when many files of a source were shortened, however large the rest", async () => {
  const past = [figuresOf(A), figuresOf("/srv/x", { files: 200, present: 200, bytes: 5_000_000 })];
  const facts = [seenSource(A), smallSource("/srv/x", 200)];
  const archive = {
    ...{ files: 1_200, originalSize: 995_000_000, added: new Map<string, number>() },
    modified: new Map([["/srv/x", 200]]),
  };
  const night = await inspect({ facts, past, files: 0, different: { archive } });
  assert.equal(night.counted, "it is smaller than the one before");
  const quiet = { ...archive, modified: new Map([["/srv/x", 3]]) };
  assert.equal((await inspect({ facts, past, files: 0, different: { archive: quiet } })).listed, 0);
});

Deno.test("inspectSources() judges a source that it could not look at by its count", async () => {
  const facts = [seenSource(A), { kind: "unseen", path: B, reason: "no answer" } as const];
  const night = await inspect({ facts, past: PAST, files: 1_000, counts: { [A]: 1_000, [B]: 0 } });
  assert.equal(night.counted, "a source could not be inspected");
  assert.deepEqual(night.alarms, [`source-unread ${B}`]);
  assert.deepEqual([...night.judged], [A, B]);
});
