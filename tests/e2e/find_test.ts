import assert from "node:assert/strict";
import { type Place, repository } from "./place.ts";
import { autoborgCommand, runToEnd } from "./program.ts";
import { backUp, parseObject, placeWithArchive, restored } from "./restoring.ts";

const TWO = { repositories: [repository("first"), repository("second")] };

/** A place with three archives: a file as it was, the same again, and another version of it. */
async function placeWithVersions(): Promise<Place> {
  const place = await placeWithArchive(TWO);
  await backUp(place);
  await place.write("source/one.txt", "a later one");
  await backUp(place);
  return place;
}

Deno.test("find reads a place with three archives", async (t) => {
  await using place = await placeWithVersions();
  await t.step(
    "find tells the versions of a file apart, and its commands bring each one back",
    async () => {
      const { stdout } = await place.expect(0, "find", "one.txt");
      const [path, newer, restoreNewer = "", older, restoreOlder = "", end] = stdout.split("\n");
      assert.equal(path, place.at("source/one.txt"));
      assert.match(
        newer ?? "",
        /^ {2}\d\S+ \S+ \S+ {2}11 B {2}in 1 archive, .* \(first, second\)$/,
      );
      assert.match(
        older ?? "",
        /^ {2}\d\S+ \S+ \S+ {2}4 B {2}in 2 archives, .* to .* \(first, second\)$/,
      );
      assert.equal(end, "");
      for (const [command, content] of [[restoreNewer, "a later one"], [restoreOlder, "eins"]]) {
        const [name, ...args] = (command ?? "").trim().split(" ");
        assert.equal(name, "autoborg");
        const line = [...autoborgCommand(), ...args, "--to=out", "--overwrite"];
        const { code, stderr } = await runToEnd(line, { env: place.env, cwd: place.directory });
        assert.equal(code, 0, stderr);
        assert.equal(await Deno.readTextFile(restored(place, "source/one.txt")), content);
      }
    },
  );
  await t.step(
    "find takes globs, looks everywhere or at one place, and into the newest archives",
    async () => {
      const paths = async (...args: readonly string[]) => {
        const report = parseObject((await place.expect(0, "find", "--json", ...args)).stdout);
        assert.ok(Array.isArray(report.paths));
        return report.paths.map((path) => {
          const { path: name, versions } = parseObject(JSON.stringify(path));
          assert.ok(Array.isArray(versions) && typeof name === "string");
          return [name.slice(place.at("source").length), versions.length];
        });
      };
      assert.deepEqual(await paths("*.txt"), [["/one.txt", 2], ["/sub/two.txt", 1]]);
      assert.deepEqual(await paths("*.txt", "--last=2", "--repo=second"), [
        ["/one.txt", 2],
        ["/sub/two.txt", 1],
      ]);
      assert.deepEqual(await paths("*.txt", "--last=1"), [["/one.txt", 1], ["/sub/two.txt", 1]]);
      assert.deepEqual(await paths("sub"), [["/sub", 1]], "a directory, but not what is in it");
      assert.deepEqual(await paths(`${place.at("source")}/*.txt`), [["/one.txt", 2]]);
    },
  );
});

Deno.test("find --content tells versions apart by what is in them", async () => {
  await using place = await placeWithArchive();
  await Deno.utime(place.at("source/one.txt"), 0, 1_000_000_000);
  await backUp(place);
  const versions = async (...flags: readonly string[]) => {
    const { stdout } = await place.expect(0, "find", "one.txt", ...flags);
    return stdout.split("\n").filter((line) => line.includes("autoborg restore")).length;
  };
  assert.equal(await versions(), 2, "the time is another one");
  assert.equal(await versions("--content"), 1, "the content is the same");
});

Deno.test("find ends with 1 when there is nothing, and when a repository is not there", async () => {
  await using place = await placeWithArchive(TWO);
  const nothing = await place.expect(1, "find", "nothing like it");
  assert.equal(nothing.stdout, "");
  assert.match(nothing.stderr, /no match for "nothing like it" in 1 archives?/);
  await Deno.rename(place.at("first.borg"), place.at("gone.borg"));
  const { stdout, stderr } = await place.expect(1, "find", "one.txt");
  assert.match(stderr, /warning: first: there is no repository/);
  assert.match(stdout, /in 1 archive, .* \(second\)/);
});
