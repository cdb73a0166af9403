/**
 * What a restore of a named archive takes from this machine's own record of it, with the real Borg: it
 * asks no repository for its list first, and still takes no other archive for the recorded one.
 *
 * @module
 */
import assert from "node:assert/strict";
import { exists, Place } from "./place.ts";
import { restored } from "./restoring.ts";

/** A place with an archive, and its name. */
async function placeWithRecord() {
  const place = await Place.quick();
  await place.init();
  await place.expect(0, "run");
  const [archive = ""] = await place.archives("first");
  return { place, archive };
}

/** From now on notes what each Borg is told to do; returns the commands so far. */
async function noteStarts(place: Place): Promise<() => Promise<readonly string[]>> {
  const path = place.env.PATH ?? "";
  const notes = place.at("starts");
  const note = `echo "$1" >>'${notes}'; PATH='${path}' exec borg "$@"`;
  await place.write("bin/borg", `#!/bin/sh\n${note}\n`, 0o700);
  place.env.PATH = `${place.at("bin")}:${path}`;
  return async () => (await Deno.readTextFile(notes)).trim().split("\n");
}

Deno.test("restore starts Borg twice for an archive that is named and on record", async () => {
  const { place: made, archive } = await placeWithRecord();
  await using place = made;
  const starts = await noteStarts(place);
  const { stderr } = await place.expect(0, "restore", `--archive=${archive}`, "/", "--to=out");
  assert.deepEqual(await starts(), ["list", "extract"]);
  assert.match(stderr, new RegExp(`^archive ${archive}, from`, "m"));
  assert.ok(exists(restored(place, "source/one.txt")));
});

Deno.test("restore asks the repository first when nothing is on record", async () => {
  const { place: made, archive } = await placeWithRecord();
  await using place = made;
  await Deno.remove(place.at("state"), { recursive: true });
  const starts = await noteStarts(place);
  const { stderr } = await place.expect(0, "restore", `--archive=${archive}`, "/", "--to=out");
  assert.deepEqual(await starts(), ["list", "list", "extract"]);
  assert.match(stderr, /^note: this machine has no history of "web"/m);
});

Deno.test("restore does not take another archive for the one on record that it replaced", async () => {
  const { place: made, archive } = await placeWithRecord();
  await using place = made;
  const name = `${place.at("first.borg")}::${archive}`;
  await place.borg("first", "delete", name);
  await place.borg("first", "create", name, place.at("source"));
  const { stderr } = await place.expect(1, "restore", `--archive=${archive}`, "/", "--to=out");
  assert.match(stderr, /^warning: .*it was not created by this machine$/m);
  assert.equal(stderr.match(/^archive /gm)?.length, 1, stderr);
});

Deno.test("restore says that an archive on record is gone, and what there is", async () => {
  const { place: made, archive } = await placeWithRecord();
  await using place = made;
  await place.borg("first", "rename", `${place.at("first.borg")}::${archive}`, "moved");
  const { stderr } = await place.expect(2, "restore", `--archive=${archive}`, "/", "--to=out");
  assert.match(stderr, new RegExp(`Cannot find the archive "${archive}" in "first"`));
  assert.ok(!exists(place.at("out")));
});
