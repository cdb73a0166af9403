import assert from "node:assert/strict";
import { flipBit, largestSegment } from "./damage.ts";
import { passphraseOf, Place, repository } from "./place.ts";
import { runToEnd } from "./program.ts";

/** A place whose sources have not changed for a while when they are backed up. */
async function settledPlace(tables = {}): Promise<Place> {
  const place = await Place.make({
    repositories: [repository("first"), repository("second")],
    verify: { files: 20 },
    ...tables,
  });
  await place.write("source/data.bin", crypto.getRandomValues(new Uint8Array(65_536)));
  await place.init();
  await place.settle();
  await place.expect(0, "run", "--skip=check,prune,compact");
  return place;
}

Deno.test("verify reads files back from every repository and compares them", async () => {
  await using place = await settledPlace();
  const { stdout } = await place.expect(0, "verify");
  for (const label of ["first", "second"]) assert.match(stdout, new RegExp(`^${label}: web-`, "m"));
  const equal =
    / {2}4 files read back, 112\.8 KiB: 4 identical to the source, 0 gone or changed since\n {2}ok/g;
  assert.equal([...stdout.matchAll(equal)].length, 2, stdout);
  await place.write("source/one.txt", "other");
  const all = await place.expect(0, "verify", "--repo=second", "--files=all");
  assert.match(all.stdout, /everything in the archive was read and is intact/);
  assert.match(all.stdout, /3 identical to the source, 1 gone or changed since/);
  const one = await place.expect(0, "verify", "--repo=first", "--files=1");
  assert.match(one.stdout, /1 files? read back/);
  await place.expect(64, "verify", "--files=none");
});

Deno.test("verify names a file that differs although its source did not change", async () => {
  await using place = await settledPlace();
  // As a disk does that fails silently: the archive has another content than was backed up.
  const [archive = ""] = (await place.archives("first")).slice(-1);
  const url = `${place.at("first.borg")}::${archive}`;
  await place.borg("first", "delete", url);
  const command = ["borg", "create", "--stdin-name", place.archived("source/one.txt"), url, "-"];
  const env = { ...place.env, BORG_PASSPHRASE: passphraseOf("first") };
  const made = await runToEnd(command, { env, stdin: "EINS" });
  assert.equal(made.code, 0, made.stderr);
  const latest = await place.expect(2, "verify", "--repo=first");
  assert.match(latest.stdout, /Cannot find an archive of "web" created by this machine/);
  const { stdout } = await place.expect(2, "verify", "--repo=first", `--archive=${archive}`);
  assert.match(
    stdout,
    /FAILED: differs from its source: ".*one\.txt": the content differs/,
  );
  assert.match(stdout, /hint: Do not rely on this archive/);
});

Deno.test("verify and a run's own verification catch a flipped bit, and nothing is pruned", async () => {
  await using place = await settledPlace({ retention: { keep_last: 1 } });
  await flipBit(largestSegment(place.at("first.borg")), 60_000);
  const byHand = await place.expect(2, "verify");
  assert.match(byHand.stdout, /first: web-.*\n {2}FAILED: /);
  assert.match(byHand.stdout, /second: web-.*\n {2}4 files read back/);
  const all = await place.expect(2, "verify", "--repo=first", "--files=all");
  assert.match(all.stdout, /FAILED/);
  const archives = (await place.archives("first")).length;
  const { stderr } = await place.expect(2, "run", "--skip=check");
  assert.match(stderr, /first +verify +failed/);
  assert.match(stderr, /first +prune +skipped: verify failed/);
  assert.match(stderr, /second ok$/m);
  assert.equal((await place.archives("first")).length, archives + 1, "nothing was pruned");
});
