import assert from "node:assert/strict";
import { flipBit, largestSegment } from "./damage.ts";
import { exists, Place, repository } from "./place.ts";
import { processesWith } from "./program.ts";
import { backUp, placeWithArchive, restored } from "./restoring.ts";

const TWO = { repositories: [repository("first"), repository("second")] };

Deno.test("restore falls back to another repository when one is not there", async () => {
  await using place = await placeWithArchive(TWO);
  await Deno.rename(place.at("first.borg"), place.at("gone.borg"));
  const { stderr } = await place.expect(1, "restore", place.at("source/one.txt"), "--to=out");
  assert.match(stderr, /warning: first: there is no repository at/);
  assert.match(stderr, /restored 1 file .* from second to/);
  assert.equal(await Deno.readTextFile(restored(place, "source/one.txt")), "eins");
  const only = await place.expect(2, "restore", "/", "--to=out2", "--repo=first");
  assert.match(only.stderr, /Cannot read the repository "first"/);
});

Deno.test("restore falls back to another repository when one is damaged", async () => {
  await using place = await Place.make(TWO);
  await place.write("source/data.bin", crypto.getRandomValues(new Uint8Array(65_536)));
  await place.init();
  await backUp(place);
  await flipBit(largestSegment(place.at("first.borg")), 40_000);
  const { stderr } = await place.expect(1, "restore", place.at("source"), "--to=out");
  assert.match(stderr, /warning: first: .*(damaged|checksum|integrity)/i);
  assert.match(stderr, /second has the same archive, trying that one/);
  for (const name of ["data.bin", "one.txt", "sub/random.bin"]) {
    const file = await Deno.readFile(restored(place, "source", name));
    assert.deepEqual(file, await Deno.readFile(place.at("source", name)), name);
  }
  const only = await place.expect(2, "restore", place.at("source"), "--to=out2", "--repo=first");
  assert.match(only.stderr, /What was restored so far is in ".*out2"/);
});

Deno.test("restore needs no history, no state directory and no place for one", async () => {
  await using place = await placeWithArchive();
  for (const name of ["state", "logs", "base"]) {
    await Deno.remove(place.at(name), { recursive: true });
  }
  await Deno.mkdir(place.at("base"));
  await place.expect(0, "restore", place.at("source"), "--to=out");
  await place.expect(0, "list");
  assert.ok(!exists(place.at("state")));
});

const SIGNALS = [["SIGHUP", 129], ["SIGINT", 130], ["SIGQUIT", 131], ["SIGTERM", 143]] as const;

/** A place with so much in its archive that a signal comes in the middle of it. */
async function placeWithMuch(): Promise<Place> {
  const place = await Place.make({
    repositories: [repository("first", { compression: "none" })],
  });
  for (let part = 0; part < 96; part++) {
    const bytes = new Uint8Array(1_048_576);
    for (let at = 0; at < bytes.length; at += 65_536) {
      crypto.getRandomValues(bytes.subarray(at, at + 65_536));
    }
    await place.write(`source/${part}.bin`, bytes);
  }
  await place.init();
  await backUp(place);
  return place;
}

Deno.test("restore stops borg and ends with the signal's code when a signal comes", async (t) => {
  await using place = await placeWithMuch();
  for (const [signal, code] of SIGNALS) {
    await t.step(`${signal}: ${code}`, async () => {
      const running = place.start("restore", "/", `--to=${signal}`, "--progress=json");
      await running.prints(/"step":"restore",.*"percent":/);
      running.kill(signal);
      const ended = await running.end();
      assert.equal(ended.code, code, ended.stderr);
      const [first = ""] = ended.stdout.split("\n");
      // The archive's index is read first, and then the files.
      const { type, repository, step, message } = JSON.parse(first);
      assert.deepEqual([type, repository, step, typeof message], [
        ...["progress", "first", "restore", "string"],
      ]);
      assert.match(
        ended.stderr,
        new RegExp(`what was restored so far is in ".*/${signal}"`),
      );
      assert.deepEqual(processesWith(place.directory), [], "nothing is left running");
      await place.borg("first", "list", "--lock-wait=0", place.at("first.borg"));
    });
  }
});

Deno.test("restore and list never show a secret", async () => {
  await using place = await placeWithArchive();
  await place.write("source/geheim of first", "");
  await backUp(place);
  const listed = await place.expect(0, "list", "latest");
  const ended = await place.expect(2, "restore", "/geheim of first", "--to=out");
  assert.ok(!`${listed.stdout}${ended.stderr}`.includes("geheim of first"));
  assert.match(listed.stdout, /source\/\*\*\*/);
});
