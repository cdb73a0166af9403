import assert from "node:assert/strict";
import { Place, type Table } from "./place.ts";
import { runToEnd } from "./program.ts";

const SOURCES = ["source", "home", "dump"];
/** Enough that many can go, and that half of them is more than a few. */
const FILES = 60;

/** A place with three sources, two of them with many files, that keeps its newest archive alone. */
async function placeWith(sources: Table = {}): Promise<Place> {
  const place = await Place.quick(tablesWith(sources));
  await fill(place, "home", FILES);
  await fill(place, "dump", FILES);
  await place.init();
  return place;
}

function tablesWith(sources: Table): Table {
  const retention = { keep_last: 1 };
  return { retention, sources: { directories: SOURCES, ...sources } };
}

async function fill(place: Place, source: string, files: number): Promise<void> {
  for (let file = 0; file < files; file += 1) {
    await place.write(`${source}/d${file % 7}/f${file}`, `${source} ${file}`);
  }
}

async function empty(place: Place, source: string, files = FILES): Promise<void> {
  for (let file = 0; file < files; file += 1) {
    await Deno.remove(place.at(source, `d${file % 7}`, `f${file}`));
  }
}

/** Runs once more; an alarm of this kind about this source must suspend pruning. */
async function expectAlarm(place: Place, text: RegExp): Promise<string> {
  const before = (await place.archives("first")).length;
  const { stderr } = await place.expect(1, "run");
  assert.match(stderr, text);
  assert.match(stderr, /prune +skipped: suspended by (?:an alarm|2 alarms)/);
  assert.equal((await place.archives("first")).length, before + 1, "nothing was pruned");
  return stderr;
}

Deno.test("run raises an alarm when one of several sources is empty, until it is accepted", async () => {
  await using place = await placeWith();
  await place.expect(0, "run");
  await place.expect(0, "run");
  assert.equal((await place.archives("first")).length, 1);
  await Deno.remove(place.at("dump"), { recursive: true });
  await Deno.mkdir(place.at("dump"));
  await expectAlarm(place, /warning: "\S+\/dump" is empty; at the last run it had 60 files$/m);
  await expectAlarm(place, /"\S+\/dump" is empty; at the last run it had 60 files$/m);
  const { stdout } = await place.expect(0, "accept", "first");
  assert.match(stdout, /accepted: source-empty: "\S+\/dump" is empty/);
  // It has become usual.
  await place.expect(0, "run");
  await place.expect(0, "run");
  assert.equal((await place.archives("first")).length, 1);
});

Deno.test("run raises an alarm that clears by itself when the files are back", async () => {
  await using place = await placeWith();
  await place.expect(0, "run");
  await empty(place, "dump", 40);
  await expectAlarm(place, /"\S+\/dump" is much smaller .*: 20 files instead of 60$/m);
  await fill(place, "dump", FILES);
  await place.expect(0, "run");
  assert.equal((await place.archives("first")).length, 1);
});

Deno.test("run raises an alarm when all files of a source are gone and its directories stay", async () => {
  await using place = await placeWith();
  await place.expect(0, "run");
  await empty(place, "dump");
  await expectAlarm(place, /"\S+\/dump" contains directories but no files/);
});

Deno.test("run counts the archive when a large source may have lost half of its files", async () => {
  await using place = await placeWith();
  // Too many to be looked at one by one.
  const make = [
    "python3",
    "-c",
    "import sys,os\nfor n in range(6000): open(f'{sys.argv[1]}/{n}','w')",
  ];
  await Deno.mkdir(place.at("home/many"));
  await runToEnd([...make, place.at("home/many")], { env: place.env, cwd: place.directory });
  const logs = async () =>
    (await place.log()).match(/Counting the files of the archive by source: .*/)?.[0];
  await place.expect(0, "run");
  assert.equal(
    await logs(),
    "Counting the files of the archive by source: a source was never " +
      "counted before",
  );
  await place.write("home/new", "new");
  await place.expect(0, "run");
  assert.equal(await logs(), undefined);
  for (let file = 0; file < 3_200; file += 1) await Deno.remove(place.at("home/many", `${file}`));
  await expectAlarm(place, /"\S+\/home" is much smaller than at the last run: 2,861 files inst/);
  assert.match(await logs() ?? "", /by source: 3,2\d\d files are gone since/);
});

Deno.test("run raises an alarm when a source is swallowed", async (t) => {
  const tag = "Signature: 8a477f597d28d172789f06886806bc55\n";
  const cases: readonly (readonly [string, Table, (place: Place) => Promise<unknown>, RegExp])[] = [
    ["by a pattern", { exclude: ["*/dump"] }, () => Promise.resolve(), /is excluded, or is on/],
    [
      "file by file",
      { exclude: ["*/dump/*/f*"] },
      () => Promise.resolve(),
      /is excluded, or is on/,
    ],
    [
      "by a marker",
      { exclude_if_present: [".nobackup"] },
      (place) => place.write("dump/.nobackup", ""),
      /"\.nobackup" in it makes Borg skip it \(sources\.exclude_if_present\)/,
    ],
    [
      "as a cache",
      { exclude_caches: true },
      (place) => place.write("dump/CACHEDIR.TAG", tag),
      /"CACHEDIR\.TAG" in it makes Borg skip it \(sources\.exclude_caches\)/,
    ],
  ];
  for (const [name, sources, change, text] of cases) {
    await t.step(`${name}, at the first run`, async () => {
      await using place = await placeWith(sources);
      await change(place);
      const { stderr } = await place.expect(1, "run");
      assert.match(stderr, /No file of "\S+\/dump" is in the new archive/);
      assert.match(stderr, text);
    });
    await t.step(`${name}, later`, async () => {
      await using place = await placeWith();
      await place.expect(0, "run");
      await place.configure(tablesWith(sources));
      await change(place);
      await expectAlarm(place, text);
    });
  }
});

Deno.test("run raises an alarm when most of a small source is swallowed", async (t) => {
  const sources = { exclude: ["*/cache"], exclude_if_present: [".nobackup"], exclude_caches: true };
  const cases: readonly (readonly [string, (place: Place) => Promise<unknown>])[] = [
    ["by a marker", (place) => place.write("dump/main/.nobackup", "")],
    [
      "as a cache",
      (place) =>
        place.write("dump/main/CACHEDIR.TAG", "Signature: 8a477f597d28d172789f06886806bc55\n"),
    ],
    [
      "by a pattern that was there before",
      (place) => Deno.rename(place.at("dump/main"), place.at("dump/cache")),
    ],
  ];
  for (const [name, swallow] of cases) {
    await t.step(name, async () => {
      await using place = await placeWith(sources);
      await fill(place, "dump/main", 200);
      await place.expect(0, "run");
      await swallow(place);
      await expectAlarm(place, /"\S+\/dump" is much smaller .*: 60 files instead of 260/);
    });
  }
});

Deno.test("run says once that a new source is empty, and never again", async () => {
  await using place = await placeWith();
  await Deno.remove(place.at("dump"), { recursive: true });
  await Deno.mkdir(place.at("dump"));
  const { stderr } = await place.expect(1, "run");
  assert.match(stderr, /warning: The source "\S+\/dump" is empty$/m);
  assert.doesNotMatch(stderr, /suspended/);
  await place.expect(0, "run");
  await place.expect(0, "run");
});

Deno.test("run begins anew, and says so, when what it knows of the sources is damaged", async () => {
  await using place = await placeWith();
  await place.expect(0, "run");
  const { DatabaseSync } = await import("node:sqlite");
  const database = new DatabaseSync(place.at("state/history.db"));
  database.exec(`UPDATE ledger_sources SET known = '{"runId'`);
  database.close();
  const { stderr } = await place.expect(1, "run");
  assert.match(
    stderr,
    /the record of the sources in this repository is damaged; a new one is started/,
  );
  await place.expect(0, "run");
  await Deno.remove(place.at("dump"), { recursive: true });
  await Deno.mkdir(place.at("dump"));
  await expectAlarm(place, /"\S+\/dump" is empty/);
});

Deno.test({
  name: "run notices that a mount is gone, and names once what one_file_system passes over",
  ignore: Deno.uid() !== 0,
  fn: async () => {
    await using place = await placeWith({ one_file_system: true });
    const mounted = place.at("dump");
    const inner = place.at("home/inner");
    await Deno.mkdir(inner);
    const mount = (path: string) => start("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", path);
    await using stack = new AsyncDisposableStack();
    await mount(mounted);
    stack.defer(() => start("umount", mounted).catch(() => {}));
    await mount(inner);
    stack.defer(() => start("umount", inner).catch(() => {}));
    await fill(place, "dump", FILES);
    const first = await place.expect(1, "run");
    assert.match(first.stderr, /one_file_system is set: "\S+\/home\/inner" \(tmpfs\)$/m);
    await place.expect(0, "run");
    // Below the mount lie the files of a time when it was not mounted: as many as on it.
    await start("umount", mounted);
    await expectAlarm(place, /"\S+\/dump" is not mounted: .* file system at "\S+\/dump"/);
    await mount(mounted);
    await fill(place, "dump", FILES);
    await place.expect(0, "run");
  },
});

Deno.test({
  name: "run notices that a mount below a source is gone, until it is back or accepted",
  ignore: Deno.uid() !== 0,
  fn: async () => {
    await using place = await placeWith();
    const inner = place.at("home/inner");
    await Deno.mkdir(inner);
    const mount = () => start("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", inner);
    await using stack = new AsyncDisposableStack();
    stack.defer(() => start("umount", inner).catch(() => {}));
    await mount();
    // Too few to be missed by their number.
    await fill(place, "home/inner", 5);
    await place.expect(0, "run");
    await place.expect(0, "run");
    const gone = /"\S+\/home\/inner" below "\S+\/home" is not mounted: the last run read/;
    await start("umount", inner);
    await expectAlarm(place, gone);
    await expectAlarm(place, gone);
    await mount();
    await fill(place, "home/inner", 5);
    await place.expect(0, "run");
    await start("umount", inner);
    await expectAlarm(place, gone);
    const { stdout } = await place.expect(0, "accept", "first");
    assert.match(stdout, /accepted: source-unmounted: "\S+\/home\/inner" below/);
    await place.expect(0, "run");
    assert.equal((await place.archives("first")).length, 1);
    // What one_file_system passes over may go.
    await mount();
    await place.configure(tablesWith({ one_file_system: true }));
    assert.match(
      (await place.expect(1, "run")).stderr,
      /one_file_system is set: "\S+\/home\/inner"/,
    );
    await start("umount", inner);
    await place.expect(0, "run");
  },
});

async function start(...command: readonly string[]): Promise<void> {
  const { code, stderr } = await runToEnd(command, {
    env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" },
    cwd: "/",
  });
  assert.equal(code, 0, stderr);
}
