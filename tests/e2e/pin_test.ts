/** `autoborg pin`, with real repositories and what prunes them. */
import assert from "node:assert/strict";
import { exists, Place, QUICK, repository } from "./place.ts";
import { eventually } from "./program.ts";

const LAST = { retention: { keep_last: 1 } };

/** A place with one archive, which is pinned. */
async function pinned(): Promise<{ readonly place: Place; readonly archive: string }> {
  const place = await Place.quick(LAST);
  await place.init();
  await place.expect(0, "run");
  const [archive = ""] = await place.archives("first");
  const reason = "before {hostname} moved";
  const { stdout } = await place.expect(0, "pin", "latest", "--reason", reason);
  assert.equal(stdout, `first: pinned ${archive} (${reason})\n`);
  return { place, archive };
}

/** The archives of a place that hold data, oldest first. */
async function data(place: Place): Promise<string[]> {
  return (await place.archives("first")).filter((name) => !name.startsWith("autoborg."));
}

Deno.test("run prunes around a pinned archive until pin --remove", async () => {
  const { place: made, archive } = await pinned();
  await using place = made;
  await place.expect(0, "run");
  const [, second] = await data(place);
  const { stderr } = await place.expect(0, "run");
  assert.match(stderr, /first +prune +ok/);
  const [kept, newest, ...more] = await data(place);
  assert.deepEqual([kept, more], [archive, []]);
  assert.notEqual(newest, second);
  assert.match(await place.log(), new RegExp(`${archive} stays: it is pinned`));

  const { stdout: removed } = await place.expect(0, "pin", "--remove", archive);
  assert.equal(removed, `first: unpinned ${archive} (before {hostname} moved)\n`);
  assert.deepEqual(await place.archives("first"), [kept, newest]);
  const after = await place.expect(0, "run");
  assert.doesNotMatch(after.stderr, /warning|pin/);
  assert.equal((await place.archives("first")).length, 1);
});

Deno.test("run --dry-run shows no prune that would remove a pinned archive", async () => {
  const { place: made, archive } = await pinned();
  await using place = made;
  const { stdout } = await place.expect(0, "run", "--dry-run");
  const [prune = "", after = ""] = stdout.slice(stdout.indexOf("borg prune")).split("\n");
  assert.match(prune, /--dry-run --list .*--keep-last=1/);
  assert.ok(after.startsWith("# ") && after.includes(archive), after);
});

Deno.test("run --dry-run shows no prune and no compact when another machine prunes", async () => {
  await using place = await Place.make({
    ...LAST,
    repositories: [repository("first", { pruned_elsewhere: true })],
  });
  await place.init();
  const { stdout } = await place.expect(0, "run", "--dry-run");
  assert.doesNotMatch(stdout, /^borg (?:prune|compact)/m);
  assert.match(stdout, /^# no prune, no compact: another machine prunes this repository$/m);
});

Deno.test("list, status and history show what is pinned, and a pin is no archive", async () => {
  const { place: made, archive } = await pinned();
  await using place = made;
  await place.expect(0, "run");
  const pin = `autoborg.${archive}.pin`;
  assert.ok((await place.archives("first")).includes(pin));

  const table = await place.expect(0, "list", "--all");
  assert.match(
    table.stdout,
    new RegExp(`^${archive} .* pinned \\(before \\{hostname\\} moved\\)$`, "m"),
  );
  assert.ok(!table.stdout.includes(".pin"), table.stdout);
  const list = JSON.parse((await place.expect(0, "list", "--json", "--all")).stdout);
  assert.deepEqual(list.archives.map((one: { pins: unknown }) => one.pins), [[], [{
    repository: "first",
    reason: "before {hostname} moved",
    missing: false,
  }]]);
  assert.equal(list.others, 0);
  const retention = await place.expect(0, "list", "--retention");
  assert.match(retention.stdout, new RegExp(`first  keep    ${archive}  pinned \\(before`));
  assert.match(retention.stderr, /first: 2 to keep, 0 to remove/);

  const status = await place.expect(0, "status");
  assert.match(status.stdout, new RegExp(`^first: 1 archive is pinned: ${archive} \\(before`, "m"));
  const { repositories: [first] } = JSON.parse((await place.expect(0, "status", "--json")).stdout);
  assert.equal(first.archives, 2);
  assert.deepEqual(first.pins.map((one: { archive: string }) => one.archive), [archive]);
  const history = await place.expect(0, "history");
  assert.match(
    history.stdout,
    new RegExp(`pinned \\("before \\{hostname\\} moved"\\): first: ${archive}$`, "m"),
  );
  const { pins } = JSON.parse((await place.expect(0, "history", "--json")).stdout);
  assert.deepEqual([pins[0].action, pins[0].archive], ["pinned", archive]);

  for (const verb of [["list", pin], ["restore", "/", "--archive", pin, "--to", "back"]]) {
    const { stderr } = await place.expect(2, verb[0] ?? "", ...verb.slice(1));
    assert.match(stderr, /Cannot find the archive "autoborg\./);
  }
});

Deno.test("pin refuses what is no archive, and says what is pinned already", async () => {
  const { place: made, archive } = await pinned();
  await using place = made;
  const all = await place.archives("first");
  const typo = await place.expect(2, "pin", `${archive.slice(0, -1)}x`);
  assert.match(typo.stderr, /Cannot find the archive "\S+" in "first"/);
  assert.match(typo.stderr, new RegExp(`Did you mean "autoborg pin --config \\S+ ${archive}"`));
  const itself = await place.expect(64, "pin", `autoborg.${archive}.pin`);
  assert.match(itself.stderr, new RegExp(`it is itself the pin of "${archive}"`));
  await place.expect(64, "pin", archive, "--remove", "--reason", "x");
  await place.expect(64, "pin", archive, "--reason", "two\nlines");
  await place.expect(64, "pin", archive, "--reason", "x".repeat(201));
  assert.deepEqual(await place.archives("first"), all);

  const again = await place.expect(0, "pin", archive);
  assert.match(again.stdout, /is pinned already \(before \{hostname\} moved\)$/m);
  const other = await place.expect(0, "pin", archive, "--reason", "the auditors");
  assert.match(other.stdout, /is pinned already .*; its reason is now "the auditors"$/m);
  assert.deepEqual((await place.archives("first")).toSorted(), all.toSorted());
  assert.match((await place.expect(0, "list")).stdout, /pinned \(the auditors\)$/m);
  await place.expect(0, "pin", archive, "--remove");
  const none = await place.expect(0, "pin", archive, "--remove");
  assert.match(none.stderr, /first: skipped: \S+ is not pinned there/);
});

Deno.test("run respects the pins of another machine, and tells when one is gone", async () => {
  const { place: made, archive } = await pinned();
  await using place = made;
  await Deno.mkdir(place.at("keeper"));
  await using keeper = await Place.of(place.at("keeper"), {
    ...QUICK,
    ...LAST,
    sources: { directories: ["/etc/hostname"] },
    repositories: [{ ...repository("first"), url: place.at("first.borg") }],
  });
  await Deno.mkdir(keeper.at("home"));
  const prune = () => keeper.autoborg("run", "--skip", "create");
  await place.configure(QUICK);
  for (let run = 0; run < 2; run++) await place.expect(0, "run");
  const before = await data(place);
  const first = await prune();
  assert.equal(first.code, 0, first.stderr);
  assert.deepEqual(await data(place), [archive, before.at(-1)]);
  assert.match((await keeper.expect(0, "history")).stdout, /found pinned \("before/);

  // Somebody deletes the pin.
  const url = place.at("first.borg");
  await place.borgIn(place.directory, "first", "delete", `${url}::autoborg.${archive}.pin`);
  for (let run = 0; run < 2; run++) {
    const told = await prune();
    assert.equal(told.code, 1, told.stderr);
    assert.match(told.stderr, new RegExp(`the pin of "${archive}" is gone, and autoborg did not`));
    assert.match(told.stderr, /hint: To put it back: autoborg pin/);
    assert.deepEqual(await data(place), [archive, before.at(-1)]);
  }
  assert.match((await keeper.expect(0, "status")).stdout, /warning: In "first", the pin of/);
  assert.match((await keeper.expect(0, "list")).stdout, /pinned \(.*\), but the pin is gone$/m);
  const accepted = await keeper.expect(0, "accept", "first");
  assert.match(accepted.stdout, new RegExp(`the pin of ${archive} is gone; retention decides`));
  const last = await prune();
  assert.equal(last.code, 0, last.stderr);
  assert.deepEqual(await data(place), before.slice(-1));
});

Deno.test("run says that a pin has no archive any more, and pin --remove removes it", async () => {
  const { place: made, archive } = await pinned();
  await using place = made;
  await place.expect(0, "run");
  await place.expect(0, "borg", "first", "--", "delete", `::${archive}`);
  const { stderr } = await place.expect(0, "run");
  assert.match(stderr, new RegExp(`note: first: "${archive}" is pinned, but no longer in`));
  assert.match(
    (await place.expect(0, "list")).stderr,
    /is pinned, but no longer in the repository/,
  );
  await place.expect(0, "pin", "--remove", archive);
  assert.deepEqual(await place.archives("first"), await data(place));
  assert.doesNotMatch((await place.expect(0, "run")).stderr, /pin/);
});

Deno.test("run keeps a pinned archive of another name, and prunes the others", async () => {
  await using place = await Place.quick({ retention: { keep_last: 1, also: "old?*" } });
  await place.init();
  const url = place.at("first.borg");
  for (const name of ["old a", "old a b", "old c"]) {
    const time = `--timestamp=2026-01-0${name.length}T04:00:00`;
    await place.borgIn(place.directory, "first", "create", time, `${url}::${name}`, "source");
  }
  await place.expect(0, "pin", "old a");
  const preview = await place.expect(0, "list", "--retention");
  assert.match(preview.stdout, /^first +keep +old a +pinned$/m);
  assert.match(preview.stdout, /^first +remove +old c$/m);
  await place.expect(0, "run");
  const old = (await data(place)).filter((name) => name.startsWith("old"));
  assert.deepEqual(old.toSorted(), ["old a", "old a b"]);

  await place.configure({ ...QUICK, retention: { keep_last: 1, also: "*old*" } });
  const { stderr } = await place.expect(2, "run");
  assert.match(stderr, /no archive of autoborg among them, but it matches "autoborg\.old a\.pin"/);
});

Deno.test("run does not miss what it removed around a pin when it was killed meanwhile", async () => {
  const { place: made, archive } = await pinned();
  await using place = made;
  await place.expect(0, "run");
  await place.write("held", "");
  const { PATH = "" } = place.env;
  const script = `#!/bin/sh
PATH='${PATH}'
[ "$1" = delete ] || exec borg "$@"
borg "$@"
touch '${place.at("deleted")}'
while [ -e '${place.at("held")}' ]; do sleep 0.1; done
`;
  await place.write("bin/borg", script, 0o755);
  place.env.PATH = `${place.at("bin")}:${PATH}`;
  const run = place.start("run");
  await eventually(() => exists(place.at("deleted")), 60_000);
  run.kill("SIGKILL");
  await Deno.remove(place.at("held"));
  await run.end();
  place.env.PATH = PATH;
  const { code, stderr } = await place.autoborg("run");
  assert.equal(code, 1, stderr);
  assert.match(stderr, /ended without a report/);
  assert.doesNotMatch(stderr, /vanished|gone/);
  assert.equal((await data(place))[0], archive);
  assert.equal((await data(place)).length, 2);
});
