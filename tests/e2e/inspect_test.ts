import assert from "node:assert/strict";
import { runToEnd } from "./program.ts";
import { Place, QUICK, repository } from "./place.ts";

/** Prunes down to the newest archive, so that a night without an alarm can be told. */
const KEEP_ONE = { retention: { keep_last: 1 } };

Deno.test("run prunes and compacts nothing after archives were deleted by others", async () => {
  await using place = await Place.quick({
    retention: { keep_last: 3 },
    compact: { enabled: true },
  });
  await place.init();
  for (let night = 0; night < 3; night++) await place.expect(0, "run");
  const [oldest = "", second = ""] = await place.archives("first");
  const url = place.at("first.borg");
  await place.borg("first", "delete", `${url}::${oldest}`, second);
  const { stderr } = await place.expect(2, "run");
  assert.match(stderr, /error: 2 of 3 known archives are gone, and autoborg did not remove them/);
  assert.match(stderr, new RegExp(`the newest is "${second}"`));
  assert.match(stderr, /autoborg accept --config \S+ first/);
  assert.match(stderr, /prune +skipped: suspended by an alarm: archives-vanished/);
  assert.match(stderr, /compact +skipped: suspended by an alarm: archives-vanished/);
  await place.expect(2, "run");
  const status = await place.expect(1, "status");
  assert.match(
    status.stdout,
    /^web has an alarm: something looks wrong in first, nothing is pruned/m,
  );
  const accepted = await place.expect(0, "accept", "first", "--reason", "a test");
  assert.match(accepted.stdout, /^accepted: archives-vanished: 2 of /);
  assert.match((await place.expect(0, "accept", "first")).stdout, /^Nothing to accept/);
  assert.match((await place.expect(0, "run")).stderr, /compact +ok/);
  await place.expect(0, "status");
});

Deno.test("run raises no alarm for what it pruned, nor for what a person deleted through autoborg", async () => {
  await using place = await Place.quick({ retention: { keep_last: 2 } });
  await place.init();
  for (let night = 0; night < 4; night++) await place.expect(0, "run");
  const [oldest = ""] = await place.archives("first");
  await place.expect(0, "borg", "first", "--", "delete", `::${oldest}`);
  await place.expect(0, "run");
  await place.expect(0, "borg", "first", "--", "prune", "--keep-last=1");
  assert.match((await place.expect(0, "run")).stderr, /inspect +ok/);
});

Deno.test("run and its copy on another machine do not prune each other's archives", async () => {
  await using place = await Place.quick(KEEP_ONE);
  await place.init();
  await place.expect(0, "run");
  // The copy of a virtual machine has its history, its host name and its name of the series.
  await place.configure({
    ...QUICK,
    ...KEEP_ONE,
    paths: { temp_dir: "temp", state_dir: "copied" },
  });
  await Deno.mkdir(place.at("copied"), { mode: 0o700 });
  await Deno.copyFile(place.at("state/history.db"), place.at("copied/history.db"));
  await Deno.copyFile(place.at("state/last-run.json"), place.at("copied/last-run.json"));
  await place.expect(0, "run");
  const before = await place.archives("first");
  await place.configure({ ...QUICK, ...KEEP_ONE });
  const { stderr } = await place.expect(2, "run");
  // The copy removed an archive of ours, and made one that is not.
  assert.match(stderr, /archives (?:is|are) gone, and autoborg did not remove/);
  assert.match(stderr, new RegExp(`1 archive was not created by this machine: "${before.at(-1)}"`));
  assert.match(stderr, /created by \S+@\S+ \(autoborg machine [0-9a-f]{16}\)/);
  assert.ok((await place.archives("first")).includes(before.at(-1) ?? ""));
});

Deno.test("run on a machine that has lost its state asks once about the archives that are there", async () => {
  await using place = await Place.quick(KEEP_ONE);
  await place.init();
  await place.expect(0, "run");
  await Deno.remove(place.at("state"), { recursive: true });
  const { stderr } = await place.expect(1, "run");
  assert.match(stderr, /warning: 1 archive was not created by this machine/);
  assert.equal((await place.archives("first")).length, 2);
  await place.expect(0, "accept", "first");
  await place.expect(0, "run");
  assert.equal((await place.archives("first")).length, 1);
});

Deno.test("run says that the repository was replaced by another one", async () => {
  await using place = await Place.quick({
    ...KEEP_ONE,
    repositories: [repository("first"), repository("second", { encryption: "repokey" })],
  });
  await place.init();
  await place.expect(0, "run");
  await Deno.rename(place.at("first.borg"), place.at("gone.borg"));
  await place.configure({
    ...QUICK,
    ...KEEP_ONE,
    repositories: [repository("first", { encryption: "repokey" })],
  });
  await place.expect(0, "init", "--anew");
  const { stderr } = await place.expect(2, "run");
  assert.match(stderr, /the repository was replaced by another one: its id is "\w+"/);
  assert.match(stderr, /prune +skipped: suspended by an alarm: repository-replaced/);
  await place.expect(0, "accept", "first");
  await place.expect(0, "run");
});

Deno.test("run tells an attack when archives are deleted and put there again under their names", async () => {
  await using place = await Place.quick(KEEP_ONE);
  await place.init();
  await place.expect(0, "run");
  const [name = ""] = await place.archives("first");
  const archive = `${place.at("first.borg")}::${name}`;
  await place.borg("first", "delete", archive);
  await place.borg("first", "create", archive, place.at("config.toml"));
  const { stderr } = await place.expect(2, "run");
  assert.match(stderr, /error: 1 known archive was replaced by another one of the same name/);
  assert.match(stderr, /hint: Treat it as an attack/);
  assert.match(stderr, /prune +skipped: suspended by an alarm: archives-vanished/);
  await place.expect(0, "accept", "first");
  await place.expect(0, "run");
});

Deno.test("run prunes nothing in favour of archives with dates of an attacker's choice", async () => {
  await using place = await Place.quick({ retention: { keep_daily: 3 } });
  await place.init();
  await place.expect(0, "run");
  // A machine that only prunes has made no archive itself.
  const pruner = {
    ...QUICK,
    retention: { keep_daily: 3 },
    paths: { temp_dir: "temp", state_dir: "desk" },
  };
  await place.configure(pruner);
  const prune = ["run", "--skip=create,verify,check"] as const;
  await place.expect(0, ...prune);
  const good = await place.archives("first");
  for (const day of ["01", "02", "03"]) {
    await place.write("date", "");
    const date = new Date(`2026-01-${day}T04:00:00Z`);
    await Deno.utime(place.at("date"), date, date);
    const name = `web-2026-01-${day}T04:00:00Z-ffffff${day}`;
    const archive = [`--timestamp=${place.at("date")}`, `${place.at("first.borg")}::${name}`];
    await place.borg("first", "create", ...archive, place.at("config.toml"));
  }
  const { stderr } = await place.expect(2, ...prune);
  assert.match(stderr, /error: 3 archives are new, but dated before those that were there already/);
  assert.match(stderr, /prune +skipped: suspended by an alarm: archives-misdated/);
  const left = await place.archives("first");
  assert.ok(good.every((name) => left.includes(name)));
});

Deno.test("run does not offer to create a repository anew in which archives were", async () => {
  await using place = await Place.quick();
  await place.init();
  await place.expect(0, "run");
  await Deno.rename(place.at("first.borg"), place.at("moved.borg"));
  const { stderr } = await place.expect(2, "run");
  assert.match(stderr, /hint: 1 archive is known to be in it, made on .*\. Mount its disk/);
  assert.doesNotMatch(stderr, /autoborg init/);
});

Deno.test("run skips no inspection, whatever else it skips", async () => {
  await using place = await Place.quick();
  await place.init();
  await place.expect(0, "run");
  await place.borg("first", "delete", place.at("first.borg"), ...await place.archives("first"));
  const { stderr } = await place.expect(2, "run", "--skip=create,verify,check,prune,compact");
  assert.match(stderr, /1 of 1 known archives is gone/);
});

Deno.test("accept refuses a label that is not configured, and needs no history", async () => {
  await using place = await Place.quick();
  assert.match((await place.expect(0, "accept", "first")).stdout, /^Nothing to accept/);
  const { stderr } = await place.expect(64, "accept", "secnd");
  assert.match(stderr, /Cannot find the repository "secnd"/);
});

Deno.test("run raises no alarm for archives that a person wrote anew through autoborg", async () => {
  await using place = await Place.quick(KEEP_ONE);
  await place.init();
  await place.expect(0, "run", "--skip=prune");
  await place.expect(0, "borg", "first", "--", "recreate", "--exclude=*.bin", "::");
  assert.match((await place.expect(0, "run")).stderr, /inspect +ok/);
});

Deno.test("accept lets Borg work again with a repository that was set back", async () => {
  await using place = await Place.quick({
    retention: { keep_last: 5 },
    compact: { enabled: true },
  });
  await place.init();
  await place.expect(0, "run");
  const [url, copy] = [place.at("first.borg"), place.at("copy.borg")];
  await runToEnd(["cp", "-a", url, copy], place);
  for (let night = 0; night < 2; night++) await place.expect(0, "run");
  const [kept = "", ...gone] = await place.archives("first");
  await Deno.rename(url, place.at("newer.borg"));
  await Deno.rename(copy, url);

  const { stderr } = await place.expect(2, "run");
  assert.match(stderr, /older than its last known state/);
  const [, look = ""] = /"(BORG_SECURITY_DIR=[^"]* -- list)"/.exec(stderr) ?? [];
  assert.match(
    look,
    /^BORG_SECURITY_DIR=\$\(mktemp -d\) .* autoborg borg --config \S+ first -- list$/,
  );
  assert.match(stderr, /accept it: "autoborg accept --config \S+ first"/);
  const accepted = await place.expect(0, "accept", "first", "--reason", "restored the server");
  assert.match(accepted.stdout, /^accepted: repository-set-back: /);
  assert.match(
    accepted.stdout,
    new RegExp(`It holds 1 archive, the newest "${kept}"; 2 that were known .* "${gone[1]}"`),
  );
  assert.match((await place.expect(0, "run")).stderr, /prune +ok[^]*compact +ok/);
  assert.equal((await place.archives("first")).length, 2);
  await place.expect(0, "status");
  assert.match((await place.expect(0, "accept", "first")).stdout, /^Nothing to accept/);
});

Deno.test("accept takes a repository that was set back before any run has met it", async () => {
  await using place = await Place.quick();
  await place.init();
  await place.expect(0, "run");
  const [url, copy] = [place.at("first.borg"), place.at("copy.borg")];
  await runToEnd(["cp", "-a", url, copy], place);
  await place.expect(0, "run");
  await Deno.remove(url, { recursive: true });
  await Deno.rename(copy, url);

  const { stderr } = await place.expect(2, "list");
  assert.match(stderr, /accept it: "autoborg accept --config \S+ first"/);
  const { stdout } = await place.expect(0, "accept", "first");
  assert.match(stdout, /^accepted: repository-set-back: Borg refused the repository/);
  await place.expect(0, "list");
  await place.expect(0, "run");
});

Deno.test("accept changes nothing when a repository that was set back can't be read", async () => {
  await using place = await Place.quick();
  await place.init();
  await place.expect(0, "run");
  const [url, copy] = [place.at("first.borg"), place.at("copy.borg")];
  await runToEnd(["cp", "-a", url, copy], place);
  await place.expect(0, "run");
  await Deno.remove(url, { recursive: true });
  await Deno.rename(copy, url);
  await place.expect(2, "run");
  await Deno.rename(url, copy);
  const { stderr } = await place.expect(2, "accept", "first");
  assert.match(
    stderr,
    /^error: Cannot accept the state of "first": the repository cannot be read: /,
  );
  await Deno.rename(copy, url);
  await place.expect(2, "run");
});
