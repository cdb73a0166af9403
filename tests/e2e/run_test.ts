import assert from "node:assert/strict";
import { exists, Place, QUICK, repository } from "./place.ts";

const BOTH = { repositories: [repository("first"), repository("second")] };

Deno.test("run backs up into every repository, and a second run deduplicates", async () => {
  await using place = await Place.make({
    ...BOTH,
    retention: { keep_daily: 7 },
    verify: { files: 20 },
  });
  await place.init();
  const first = await place.expect(0, "run");
  assert.match(first.stderr, /^ok after .*: first ok, second ok$/m);
  await place.expect(0, "run");
  for (const label of ["first", "second"]) {
    const paths = await place.contents(label);
    assert.ok(paths.includes(place.archived("source/sub/two.txt")), paths.join("\n"));
    const url = `${place.at(`${label}.borg`)}::${(await place.archives(label)).at(-1)}`;
    const info = await place.borg(label, "info", "--json", url);
    const added = Number(/"deduplicated_size": (\d+)/.exec(info)?.[1]);
    assert.ok(added < 5_000, `the second archive added ${added} bytes`);
  }
});

Deno.test("run restores what it backed up, byte by byte", async () => {
  await using place = await Place.quick();
  await place.init();
  await place.expect(0, "run");
  const [archive] = await place.archives("first");
  assert.match(archive ?? "", /^web-\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ-[0-9a-f]{8}$/);
  await place.borg("first", "extract", `${place.at("first.borg")}::${archive}`);
  for (const name of ["source/one.txt", "source/sub/random.bin"]) {
    const restored = await Deno.readFile(place.at(place.archived(name)));
    assert.deepEqual(restored, await Deno.readFile(place.at(name)));
  }
});

Deno.test("run goes on with the others when one repository has a wrong passphrase", async () => {
  await using place = await Place.quick({ ...BOTH, retention: { keep_last: 1 } });
  await place.init();
  await place.expect(0, "run");
  await place.configure({
    ...QUICK,
    repositories: [repository("first", { passphrase: "not this one" }), repository("second")],
    retention: { keep_last: 1 },
  });
  const { stderr } = await place.expect(2, "run");
  assert.match(stderr, /first +create +failed/);
  assert.match(stderr, /error: wrong passphrase/);
  assert.match(stderr, /first +prune +skipped: create failed/);
  assert.match(stderr, /second +prune +ok/);
  assert.match(stderr, /^FAILED after .*: first failed \(create\), second ok$/m);
  const [old, ...others] = await place.archives("first");
  assert.deepEqual(others, []);
  const [fresh, ...more] = await place.archives("second");
  assert.deepEqual(more, [], "the other repository was pruned");
  assert.notEqual(fresh, old, "the other repository has the new archive");
});

Deno.test("run backs up the other sources when one is missing, and does not prune", async () => {
  await using place = await Place.quick({ retention: { keep_last: 1 } });
  await place.init();
  await place.expect(0, "run");
  await place.configure({
    ...QUICK,
    sources: { directories: ["source", "not-there"] },
    retention: { keep_last: 1 },
  });
  const { stderr } = await place.expect(2, "run");
  assert.match(stderr, /Cannot back up ".*\/not-there": it does not exist/);
  assert.match(stderr, /first +create +ok/);
  assert.match(stderr, /first +prune +skipped: suspended by an alarm: source-missing/);
  assert.equal((await place.archives("first")).length, 2);
  assert.ok((await place.contents("first")).includes(place.archived("source/one.txt")));
});

Deno.test("run goes on without an optional source that is absent, says so, and prunes", async () => {
  await using place = await Place.quick({
    sources: { directories: ["source"], optional: ["disk"] },
    retention: { keep_last: 3 },
  });
  await place.init();
  // Without it the archive is suspiciously small, if it were not known why.
  await place.write("disk/photo.jpg", new Uint8Array(3_000_000));
  const { stderr: with_ } = await place.expect(0, "run");
  assert.doesNotMatch(with_, /absent/);
  assert.ok((await place.contents("first")).includes(place.archived("disk/photo.jpg")));
  // The mount point of a disk that is unplugged stays.
  await Deno.remove(place.at("disk/photo.jpg"));
  const { stdout } = await place.expect(0, "run", "--dry-run");
  assert.match(stdout, /^# skipped: the source ".*\/disk" is optional, and it is empty$/m);
  const { stderr } = await place.expect(0, "run");
  assert.match(stderr, /skipped: the source ".*\/disk" is optional, and it is empty/);
  assert.match(stderr, /first +prune +ok/);
  assert.match(stderr, /^ok after .*: first ok, \S+\/disk absent$/m);
  const absentSources = [{ path: place.at("disk"), reason: "it is empty" }];
  const { runs } = JSON.parse((await place.expect(0, "history", "--json")).stdout);
  assert.deepEqual(runs[0].absentSources, absentSources);
  assert.match(
    (await place.expect(0, "status")).stdout,
    /\), ok after \S+ \S+, \S+\/disk absent$/m,
  );
  const [last] = await place.archives("first");
  const gone = new RegExp(`The optional source "\\S+/disk" is absent, and .*retention .*: ${last}`);
  const soon = await place.expect(1, "run");
  assert.match(soon.stderr, gone);
  assert.match(soon.stderr, /from the next run on, retention will no longer keep/);
  const pruned = await place.expect(1, "run");
  assert.match(pruned.stderr, gone);
  assert.match(pruned.stderr, /first +prune +ok/);
  assert.ok(!(await place.archives("first")).includes(last ?? ""));
  await place.expect(0, "run");
});

Deno.test("run makes no archive when every source is missing", async () => {
  await using place = await Place.quick({ sources: { directories: ["nowhere"] } });
  await place.init();
  const { stderr } = await place.expect(2, "run");
  assert.match(stderr, /none of the sources can be read/);
  assert.deepEqual(await place.archives("first"), []);
});

Deno.test("run fails, and does not prune, when the new archive holds no file", async () => {
  await using place = await Place.quick({
    sources: { directories: ["source"], exclude: ["*"] },
    retention: { keep_last: 1 },
  });
  await place.init();
  const { stderr } = await place.expect(2, "run");
  assert.match(stderr, /the new archive contains no files/);
  assert.match(stderr, /prune +skipped: suspended by an alarm: source-unread/);
});

Deno.test("run --repo works on the named repository alone", async () => {
  await using place = await Place.quick(BOTH);
  await place.init();
  const { stderr } = await place.expect(0, "run", "--repo", "second");
  assert.match(stderr, /^ok after .*: second ok$/m);
  assert.deepEqual(await place.archives("first"), []);
  assert.equal((await place.archives("second")).length, 1);
});

Deno.test("run --skip leaves out the named steps", async () => {
  await using place = await Place.make({ retention: { keep_last: 1 } });
  await place.init();
  const { stderr } = await place.expect(0, "run", "--skip", "check,prune");
  assert.match(stderr, /check +skipped: excluded by --skip/);
  assert.match(stderr, /prune +skipped: excluded by --skip/);
  assert.match(stderr, /compact +ok/);
  await place.expect(0, "run", "--skip", "create", "--skip", "compact");
  assert.equal((await place.archives("first")).length, 1, "no archive was made");
});

Deno.test("run skips an optional repository that is absent, says so and ends with 0", async () => {
  await using place = await Place.quick({
    repositories: [repository("first"), repository("usb", { optional: true })],
  });
  await place.expect(0, "init", "--repo", "first");
  const { stderr } = await place.expect(0, "run");
  assert.match(stderr, /usb +skipped: it is optional, and there is no repository at/);
  assert.match(stderr, /^ok after .*: first ok, usb absent$/m);
  assert.match(await place.log(), /\[usb\] skipped: it is optional/);
  assert.doesNotMatch(await place.log(), / ERROR /, "nothing is wrong");
  await Deno.mkdir(place.at("usb.borg"));
  const mountPoint = await place.expect(0, "run");
  assert.match(mountPoint.stderr, /usb absent$/m, "an empty mount point is an absent disk too");
});

Deno.test("run fails when an optional repository is there and has a wrong passphrase", async () => {
  await using place = await Place.quick({ repositories: [repository("usb")] });
  await place.init();
  await place.configure({
    repositories: [repository("usb", { optional: true, passphrase: "not this one" })],
  });
  const { stderr } = await place.expect(2, "run");
  assert.match(stderr, /wrong passphrase/);
});

Deno.test("run refuses a temp_dir with foreign content, lists it and leaves it alone", async () => {
  await using place = await Place.make();
  await place.init();
  await place.write("temp/precious.txt", "mine");
  const { stderr } = await place.expect(2, "run");
  assert.match(stderr, /it must be empty but contains "precious\.txt"/);
  assert.equal(await Deno.readTextFile(place.at("temp/precious.txt")), "mine");
  assert.deepEqual(await place.archives("first"), []);
});

Deno.test("run checks only when the last complete check is older than check.repository_every", async () => {
  await using place = await Place.make({ check: { repository_every: "1d" } });
  await place.init();
  const first = await place.expect(0, "run");
  assert.match(first.stderr, /check +ok/);
  const second = await place.expect(0, "run");
  assert.match(second.stderr, /check +skipped: not due yet: the last complete check was at /);
});

Deno.test("run works with a repository that is not encrypted", async () => {
  await using place = await Place.make({
    repositories: [{ label: "open", url: "open.borg", encryption: "none" }],
  });
  await place.init();
  await place.expect(0, "run");
  assert.equal((await place.archives("open")).length, 1);
});

Deno.test("run fails when the repository is none of what its URL says", async () => {
  await using place = await Place.make({ repositories: [repository("first", { url: "source" })] });
  const { stderr } = await place.expect(2, "run");
  assert.match(stderr, /"\/.*\/source" is not a Borg repository/);
  assert.ok(!exists(place.at("source/lock.roster")));
});

Deno.test("run takes nothing for lost that Borg leaves out by itself: its cache, its repository", async () => {
  await using place = await Place.quick({
    repositories: [repository("first", { url: "source/first.borg" })],
    verify: { files: 100 },
  });
  await place.write(
    "source/cache/borg/CACHEDIR.TAG",
    "Signature: 8a477f597d28d172789f06886806bc55",
  );
  place.env.BORG_CACHE_DIR = place.at("source/cache/borg");
  await place.init();
  await place.settle();
  const { stderr } = await place.expect(0, "run");
  assert.match(stderr, /verify +ok .* 3 files read back/);
});
