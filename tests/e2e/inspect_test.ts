import assert from "node:assert/strict";
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
  assert.match(status.stdout, /^web: alarm, something looks wrong in first; nothing is pruned/m);
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
  assert.match(stderr, /archives are gone, and autoborg did not remove them/);
  assert.match(stderr, new RegExp(`1 archive was not made by this machine: "${before.at(-1)}"`));
  assert.match(stderr, /made by \S+@\S+ \(autoborg machine [0-9a-f]{16}\)/);
  assert.ok((await place.archives("first")).includes(before.at(-1) ?? ""));
});

Deno.test("run on a machine that has lost its state asks once about the archives that are there", async () => {
  await using place = await Place.quick(KEEP_ONE);
  await place.init();
  await place.expect(0, "run");
  await Deno.remove(place.at("state"), { recursive: true });
  const { stderr } = await place.expect(1, "run");
  assert.match(stderr, /warning: 1 archive was not made by this machine/);
  assert.equal((await place.archives("first")).length, 2);
  await place.expect(0, "accept", "first");
  await place.expect(0, "run");
  assert.equal((await place.archives("first")).length, 1);
});

Deno.test("run says that another repository has taken the place of the known one", async () => {
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
  await place.init();
  const { stderr } = await place.expect(2, "run");
  assert.match(stderr, /another repository has taken the place of the known one: its id is "\w+"/);
  assert.match(stderr, /prune +skipped: suspended by an alarm: repository-replaced/);
  await place.expect(0, "accept", "first");
  await place.expect(0, "run");
});

Deno.test("run skips no inspection, whatever else it skips", async () => {
  await using place = await Place.quick();
  await place.init();
  await place.expect(0, "run");
  await place.borg("first", "delete", place.at("first.borg"), ...await place.archives("first"));
  const { stderr } = await place.expect(2, "run", "--skip=create,verify,check,prune,compact");
  assert.match(stderr, /1 of 1 known archives are gone/);
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
