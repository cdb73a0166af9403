/**
 * What a restore says of the archive that it takes, with the real Borg: a source that was missing, a
 * run that was interrupted, and two machines with the same name in one repository.
 *
 * @module
 */
import assert from "node:assert/strict";
import { exists, Place, QUICK, repository } from "./place.ts";
import { eventually, processesWith, runToEnd, searchPath, which } from "./program.ts";
import { parseObject, restored } from "./restoring.ts";

const SOURCES = { sources: { directories: ["source", "home"] } };

/** A place whose newest archive lacks the source "home", and the names of both archives. */
async function placeLackingHome() {
  const place = await Place.quick(SOURCES);
  await place.write("home/anna.txt", "letter");
  await place.init();
  await place.expect(0, "run");
  await Deno.rename(place.at("home"), place.at("away"));
  await place.expect(2, "run");
  const [complete = "", lacking = ""] = await place.archives("first");
  return { place, complete, lacking };
}

Deno.test("restore says that a source is missing from the newest archive, and where it is", async () => {
  const { place: made, complete, lacking } = await placeLackingHome();
  await using place = made;
  const all = await place.expect(1, "restore", "/", "--to=out");
  assert.match(
    all.stderr,
    new RegExp(
      `warning: ${lacking} may be incomplete or damaged: a source is missing: .*"[^"]*/home"`,
    ),
  );
  assert.match(
    all.stderr,
    new RegExp(
      `newest complete archive is ${complete}, .*: autoborg restore .*${complete} --to out /$`,
      "m",
    ),
  );
  assert.ok(exists(restored(place, "source/one.txt")));
  const home = await place.expect(2, "restore", place.at("home"), "--to=out");
  const command = `autoborg restore --config ${place.at("config.toml")} --archive ${complete}`;
  assert.ok(
    home.stderr.includes(
      `"${place.at("home")}" is in ${complete}, the newest complete archive: ${command}`,
    ),
    home.stderr,
  );
  assert.match(home.stderr, /Nothing was written/);
  const { stderr } = await place.expect(
    0,
    ...["restore", "--archive", complete, "--to", "out", place.at("home")] as const,
  );
  assert.ok(!stderr.includes("may be incomplete"), stderr);
  assert.equal(await Deno.readTextFile(restored(place, "home/anna.txt")), "letter");
});

Deno.test("list, find and verify say that a source is missing from the newest archive", async () => {
  const { place: made, complete, lacking } = await placeLackingHome();
  await using place = made;
  const note = new RegExp(
    `note: ${lacking} may be incomplete or damaged: a source is missing.*\n.*${complete}`,
  );
  const table = await place.expect(0, "list");
  assert.match(
    table.stdout,
    new RegExp(`^${lacking} .* failed +incomplete +yes\n${complete} .* ok +yes +yes$`, "m"),
  );
  assert.match(table.stderr, note);
  const { archives } = parseObject((await place.expect(0, "list", "--json")).stdout);
  assert.ok(Array.isArray(archives));
  const [newest, oldest] = archives.map((one) => parseObject(JSON.stringify(one)));
  assert.deepEqual([newest?.complete, oldest?.complete, oldest?.reasons], [false, true, []]);
  assert.match(String(newest?.reasons), /^a source is missing: /);
  assert.match((await place.expect(0, "list", "latest")).stderr, note);
  const missing = await place.expect(2, "list", "latest", place.at("home"));
  assert.ok(
    missing.stderr.includes(`is in ${complete}, the newest complete archive: autoborg list`),
  );
  assert.match((await place.expect(0, "find", "one.txt")).stderr, note);
  const { stderr } = await place.expect(0, "verify");
  assert.equal(stderr.match(new RegExp(note, "g"))?.length, 1, stderr);
  assert.match(stderr, new RegExp(`autoborg verify .*--archive ${complete}$`, "m"));
  assert.doesNotMatch((await place.expect(0, "verify", "--archive", complete)).stderr, /note/);
});

Deno.test("restore says on a machine without history that nothing is known", async () => {
  const { place: made, lacking } = await placeLackingHome();
  await using place = made;
  await Deno.remove(place.at("state"), { recursive: true });
  const { stderr } = await place.expect(0, "restore", "/", "--to=out");
  assert.match(stderr, new RegExp(`^archive ${lacking}, from`, "m"));
  assert.match(stderr, /^note: this machine has no history of "web": whether .* is not known$/m);
  const { archives } = parseObject((await place.expect(0, "list", "--json")).stdout);
  assert.ok(Array.isArray(archives));
  assert.deepEqual(archives.map(({ complete, reasons }) => [complete, reasons]), [
    [null, []],
    [null, []],
  ]);
  assert.ok(!exists(place.at("state")), "nothing is written to know nothing");
});

Deno.test("restore reads the history without writing to it, and takes no lock", async () => {
  const { place: made } = await placeLackingHome();
  await using place = made;
  const before = Deno.readFileSync(place.at("state/history.db"));
  await Deno.chmod(place.at("state"), 0o500);
  await place.expect(1, "restore", "/", "--to=out");
  await Deno.chmod(place.at("state"), 0o700);
  assert.deepEqual(Deno.readFileSync(place.at("state/history.db")), before);
  await place.write("state/history.db", "this is no database, and it is long enough to be read");
  const { stderr } = await place.expect(1, "restore", "/", "--to=again");
  assert.match(stderr, /^warning: Cannot open the history /m);
  assert.ok(exists(place.at("again")));
});

/** What can't be compressed in a moment. */
function noise(): Uint8Array {
  const bytes = new Uint8Array(24 * 1_048_576);
  for (let at = 0; at < bytes.length; at += 65_536) {
    crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  }
  return bytes;
}

const FAST = { compression: "none" };
const SLOW = { compression: "lzma,9" };
const TWO = { ...QUICK, repositories: [repository("first", FAST), repository("second", SLOW)] };

Deno.test("restore says that the last run was interrupted, and which archive it takes", async () => {
  await using place = await Place.make(TWO);
  await place.init();
  await place.expect(0, "run");
  const [complete = ""] = await place.archives("second");
  await place.write("source/noise.bin", noise());
  const running = place.start("run", "--repo=second", "--progress=json");
  await running.prints(/"repository":"second".*"originalBytes":[1-9]\d{5}/);
  running.kill("SIGTERM");
  assert.equal((await running.end()).code, 143);
  const { stderr } = await place.expect(0, "restore", "/", "--to=out", "--repo=second");
  assert.match(stderr, new RegExp(`^archive ${complete}, from`, "m"));
  assert.match(
    stderr,
    /^note: the last run, .*, was interrupted by SIGTERM: it created no archive$/m,
  );
});

Deno.test("restore says that the newest archive is of a run that was killed", async () => {
  await using place = await Place.make(TWO);
  await place.init();
  await place.expect(0, "run");
  await place.write("source/noise.bin", noise());
  const running = place.start("run", "--progress=json");
  const [complete = ""] = await place.archives("first");
  const hasTwo = async () =>
    (await place.tryBorg("first", "list", "--short", place.at("first.borg")))
      .stdout.trim().split("\n").length === 2;
  assert.ok(await eventually(hasTwo, 60_000));
  running.kill("SIGKILL");
  await running.end();
  for (const { pid } of processesWith(place.directory)) Deno.kill(pid, "SIGKILL");
  await eventually(() => processesWith(place.directory).length === 0, 10_000);
  const [, killed = ""] = await place.archives("first");
  const { stderr } = await place.expect(1, "restore", "/", "--to=out", "--repo=first");
  assert.match(
    stderr,
    new RegExp(
      `warning: ${killed} may be incomplete or damaged: .* did not report that it is complete`,
    ),
  );
  assert.match(stderr, new RegExp(`newest complete archive is ${complete}, from`));
});

const RENAME = ["unshare", "--map-root-user", "--uts"];
const NO_RENAME = await whyNoRename();

async function whyNoRename(): Promise<string | undefined> {
  if (which("unshare") === undefined) return "unshare is not installed";
  const env = { PATH: searchPath() };
  const { code } = await runToEnd([...RENAME, "hostname", "clone"], { env });
  return code === 0 ? undefined : "this machine allows no other host name";
}

/** Gives a place a Borg that believes to be on a machine with another name. */
async function renameHost(place: Place): Promise<void> {
  const path = place.env.PATH ?? "";
  const script = `hostname clone && exec borg "$@"`;
  const borg = `PATH='${path}' exec ${RENAME.join(" ")} sh -c '${script}' sh "$@"`;
  await place.write("bin/borg", `#!/bin/sh\n${borg}\n`, 0o700);
  place.env.PATH = `${place.at("bin")}:${path}`;
}

for (const renamed of [false, true]) {
  const host = renamed ? "another host name" : "the same host name";
  const ignore = renamed && NO_RENAME !== undefined;
  const suffix = ignore ? ` (not run: ${NO_RENAME})` : "";
  Deno.test({
    name: `two machines with one name and ${host} never restore each other's files${suffix}`,
    ignore,
    fn: () => restoreOnBoth(renamed),
  });
}

async function restoreOnBoth(renamed: boolean): Promise<void> {
  await using one = await Place.quick({
    repositories: [repository("first"), repository("second")],
  });
  await one.init();
  await one.expect(0, "run");
  const [own = ""] = await one.archives("first");
  await using other = await Place.quick({
    repositories: [repository("first", { url: one.at("first.borg") })],
  });
  if (renamed) await renameHost(other);
  await other.expect(1, "run");
  const foreign = (await one.archives("first")).at(-1) ?? "";

  // The first machine has not looked yet: it takes its own, and says what is newer.
  const before = await one.expect(1, "restore", "/", "--to=before");
  assert.match(before.stderr, new RegExp(`^archive ${own}, from`, "m"));
  assert.match(
    before.stderr,
    new RegExp(`^warning: ${foreign} is newer, and was not created by this machine$`, "m"),
  );
  assert.ok(exists(one.at("before", one.archived("source/one.txt"))));
  assert.ok(!exists(one.at("before", other.archived("source/one.txt"))));
  const table = await one.expect(0, "list");
  assert.match(table.stdout, new RegExp(`^${foreign} .* not ours +yes +missing$`, "m"));
  const found = await one.expect(0, "find", "one.txt");
  assert.match(found.stdout, new RegExp(`not created by this machine\n +autoborg .* ${foreign} `));

  // The second one has an alarm, which stops what is not for certain its own.
  const stopped = await other.expect(2, "restore", "/", "--to=out");
  assert.match(stopped.stderr, /Cannot restore from "first": 1 archive was not created by this /);
  assert.match(stopped.stderr, /Then accept it: autoborg accept --config \S+ first$/m);
  await other.expect(2, "restore", "/", "--to=out", `--archive=${own}`);
  assert.ok(!exists(other.at("out")));
  await Deno.mkdir(other.at("mnt"));
  const mounted = await other.autoborg("mount", "first", "mnt");
  if (mounted.code === 0) await other.expect(0, "umount", "mnt");
  assert.match(mounted.stderr, /first: 1 archive was not created by this machine/);
  await other.expect(0, "restore", "/", "--to=out", `--archive=${foreign}`);
  assert.ok(exists(restored(other, "source/one.txt")));

  // Now the first one has an alarm, too, and uses its other repository until it is accepted.
  await one.expect(1, "run");
  const instead = await one.expect(1, "restore", "/", "--to=instead");
  assert.match(instead.stderr, /^warning: first: skipped: 1 archive was not created by this /m);
  assert.match(instead.stderr, /^restored .* from second to /m);
  await one.expect(2, "restore", "/", "--to=none", "--repo=first");
  await one.expect(0, "accept", "first");
  await one.expect(0, "restore", "/", "--to=after");
  assert.ok(exists(one.at("after", one.archived("source/one.txt"))));
}
