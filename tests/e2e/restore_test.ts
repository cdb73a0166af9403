import assert from "node:assert/strict";
import { exists, Place, snapshot } from "./place.ts";
import { assertSameTree, makeTree, NO_TREES } from "./tree.ts";
import { placeWithArchive, restored } from "./restoring.ts";

Deno.test({
  name: `restore restores everything as it was, entry by entry${
    NO_TREES === undefined ? "" : ` (not run: ${NO_TREES})`
  }`,
  ignore: NO_TREES !== undefined,
  fn: async () => {
    await using place = await Place.make();
    await makeTree(place.at("source"));
    await place.init();
    await place.expect(0, "run", "--skip=check,compact");
    const { stdout, stderr } = await place.expect(0, "restore", "/", "--to=out");
    assert.equal(stdout, "");
    assert.match(stderr, /restored \d+ files and \d+ directories, .* from first to ".*\/out" in /);
    await assertSameTree(restored(place, "source"), place.at("source"));
    assert.equal((Deno.statSync(place.at("out")).mode ?? 0) & 0o777, 0o700);
    // A second time over it: whatever is there is replaced, and nothing is different then.
    await place.write("source/one.txt", "other");
    await place.expect(2, "restore", place.at("source"), "--to=out");
    await place.expect(0, "restore", place.at("source"), "--to=out", "--overwrite");
    assert.equal(await Deno.readTextFile(restored(place, "source/one.txt")), "eins");
  },
});

Deno.test("restore takes files, directories and globs, and names as they are", async () => {
  await using place = await Place.make();
  for (const name of ["a.log", "b.log", "sub/c.log", "-dash", "new\nline", "[ab].log", "pf:x"]) {
    await place.write(`source/${name}`, name);
  }
  await place.init();
  await place.expect(0, "run", "--skip=check,compact,verify");
  const files = (target: string) =>
    snapshot(place.at(target)).flatMap((line) => {
      const [, name] = /\/source\/(.*) \d+ \d+ \d+$/s.exec(line) ?? [];
      return name === undefined ? [] : [name];
    });
  const cases: readonly (readonly [names: readonly string[], expected: readonly string[]])[] = [
    [["one.txt"], ["one.txt"]],
    [["sub/"], ["sub/c.log", "sub/random.bin", "sub/two.txt"]],
    [["?.log"], ["a.log", "b.log"]],
    [["**/*.log"], ["[ab].log", "a.log", "b.log", "sub/c.log"]],
    [["[ab].log"], ["[ab].log"]],
    [["-dash", "new\nline", "pf:x"], ["-dash", "new\nline", "pf:x"]],
    [["s*"], ["sub/c.log", "sub/random.bin", "sub/two.txt"]],
  ];
  for (const [index, [names, expected]] of cases.entries()) {
    const paths = names.map((name) => `${place.at("source")}/${name}`);
    await place.expect(0, "restore", `--to=out${index}`, ...paths);
    assert.deepEqual(files(`out${index}`).toSorted(), expected.toSorted(), names.join(" "));
  }
  // As the archive has it, and as the working directory has it.
  await place.expect(0, "restore", place.archived("source/one.txt"), "--to=outA");
  await place.expect(0, "restore", "./source/one.txt", "--to=outB");
  assert.deepEqual([...files("outA"), ...files("outB")], ["one.txt", "one.txt"]);
});

Deno.test("restore makes a new directory with the archive's name, and another one next time", async () => {
  await using place = await placeWithArchive();
  const [archive = ""] = await place.archives("first");
  await place.expect(0, "restore", place.at("source/one.txt"));
  await place.expect(0, "restore", place.at("source/one.txt"));
  for (const directory of [archive, `${archive}.2`]) {
    const file = place.at(directory, place.archived("source/one.txt"));
    assert.equal(await Deno.readTextFile(file), "eins");
  }
});

Deno.test("restore writes nothing when something is in the way", async () => {
  await using place = await placeWithArchive();
  await place.expect(0, "restore", place.at("source/sub/two.txt"), "--to=out");
  await Deno.writeTextFile(restored(place, "source/sub/two.txt"), "mine");
  const before = snapshot(place.at("out"));
  const { stderr } = await place.expect(2, "restore", place.at("source"), "--to=out");
  assert.match(stderr, /Cannot restore to ".*out": ".*source" exists, .*"[^"]*two\.txt" exists/);
  assert.match(stderr, /--overwrite\. Nothing was written/);
  assert.deepEqual(snapshot(place.at("out")), before);
  await place.expect(0, "restore", place.at("source"), "--to=out", "--overwrite");
  assert.equal(await Deno.readTextFile(restored(place, "source/sub/two.txt")), "zwei");
  assert.equal(await Deno.readTextFile(restored(place, "source/one.txt")), "eins");
});

Deno.test("restore does not follow a link out of the target", async () => {
  await using place = await placeWithArchive();
  await Deno.mkdir(place.at("elsewhere"));
  await Deno.mkdir(place.at("out"));
  const [top = ""] = place.archived("source").split("/");
  await Deno.symlink(place.at("elsewhere"), place.at("out", top));
  for (const flags of [[], ["--overwrite"]]) {
    const path = place.at("source/one.txt");
    const { stderr } = await place.expect(2, "restore", path, "--to=out", ...flags);
    assert.match(stderr, /is below something that is not a directory/);
  }
  assert.deepEqual([...Deno.readDirSync(place.at("elsewhere"))], []);
});

Deno.test("restore --dry-run lists what would be restored and writes nothing", async () => {
  await using place = await placeWithArchive();
  const { stdout, stderr } = await place.expect(
    0,
    "restore",
    place.at("source/sub"),
    "--to=out",
    "--dry-run",
  );
  assert.equal(stdout.trimEnd().split("\n").length, 3, stdout);
  assert.match(stdout, /^-rw------- .* 4 .*source\/sub\/two\.txt$/m);
  assert.match(stderr, /would restore 2 files and 1 directory, 48\.8 KiB/);
  assert.ok(!exists(place.at("out")));
});

Deno.test("restore names what is not in the archive, with the nearest paths", async () => {
  await using place = await placeWithArchive();
  const paths = [place.at("source/sub/tow.txt"), place.at("source/one.txt"), "/nowhere/at/all"];
  const { stderr } = await place.expect(2, "restore", "--to=out", ...paths);
  assert.match(stderr, /Cannot find in the archive web-.*: ".*tow\.txt" \(nearest: ".*two\.txt"/);
  assert.match(stderr, /"\/nowhere\/at\/all"/);
  assert.ok(!stderr.includes("one.txt"), "what is there is not named");
  assert.match(stderr, /Nothing was written/);
  assert.ok(!exists(place.at("out")), "nothing was restored");
});

Deno.test("restore takes the archive of a name, of a time, and refuses both at once", async () => {
  await using place = await Place.make();
  await place.init();
  const url = place.at("first.borg");
  for (const day of ["20", "21"]) {
    await place.write("source/one.txt", day);
    const name = `web-2026-11-${day}T08:00:00Z-0123abcd`;
    await place.borg("first", "create", `${url}::${name}`, "source");
  }
  await place.write("source/one.txt", "foreign");
  await place.borg("first", "create", `${url}::by hand`, "source");
  place.env.TZ = "Europe/Berlin";
  const content = async (...flags: readonly string[]) => {
    await place.expect(0, "restore", "source/one.txt", "--to=out", "--overwrite", ...flags);
    return await Deno.readTextFile(place.at("out/source/one.txt"));
  };
  assert.equal(await content(), "21", "the newest of this series");
  assert.equal(await content("--archive=by hand"), "foreign");
  assert.equal(await content("--at=2026-11-20"), "20");
  assert.equal(await content("--at=2026-11-21 08:59"), "20", "one hour before UTC");
  assert.equal(await content("--at=2026-11-21 09:00"), "21");
  assert.equal(await content("--at=2026-11-21 08:00Z"), "21");
  const early = await place.expect(2, "restore", "/", "--to=out2", "--at=2026-11-20 08:59");
  assert.match(early.stderr, /The oldest one is web-2026-11-20T08:00:00Z-0123abcd/);
  await place.expect(64, "restore", "/", "--at=2026-11-20", "--archive=by hand");
  await place.expect(64, "restore", "/", "--at=yesterday");
  await place.expect(64, "restore");
  const nowhere = await place.expect(64, "restore", "/", "--to", "");
  assert.match(nowhere.stderr, /The option --to has an empty value: expected DIR/);
  await place.expect(2, "restore", "/", "--archive=by had", "--to=out2");
});
