import assert from "node:assert/strict";
import { Place, repository } from "./place.ts";
import { backUp, parseObject, placeWithArchive } from "./restoring.ts";

const TWO = { repositories: [repository("first"), repository("second")] };

Deno.test("list shows the archives of all repositories side by side", async () => {
  await using place = await placeWithArchive(TWO);
  await backUp(place, "--repo=first");
  const archives = await place.archives("first");
  const { stdout, stderr } = await place.expect(0, "list");
  const [head = "", newest = "", oldest = ""] = stdout.split("\n");
  assert.match(head, /^archive +age +files +size +new +run +complete +first +second$/);
  assert.ok(newest.startsWith(archives[1] ?? "-"), stdout);
  assert.match(newest, / \d+ (?:s|min) +3 +\d\d\.\d KiB .* ok +yes +yes +missing$/);
  assert.match(oldest, / 3 +\d\d\.\d KiB +\d.* ok +yes +yes +yes$/);
  assert.equal(stderr, "");
});

Deno.test("list shows what it can, and what it can't, when a repository is not there", async () => {
  await using place = await placeWithArchive(TWO);
  await Deno.remove(place.at("state"), { recursive: true });
  await Deno.rename(place.at("first.borg"), place.at("gone.borg"));
  const { stdout, stderr } = await place.expect(1, "list");
  assert.match(stderr, /warning: first: there is no repository at ".*first\.borg"/);
  assert.match(
    stdout,
    /^web-\S+ +\d+ (?:s|min) +- +- +- +- +- +\? +yes$/m,
    "nothing is known about its run",
  );
  const report = parseObject((await place.expect(1, "list", "--json")).stdout);
  assert.ok(Array.isArray(report.repositories) && Array.isArray(report.archives));
  assert.equal(report.archives.length, 1);
  const [first, second] = report.repositories.map((one) => parseObject(JSON.stringify(one)));
  assert.deepEqual([first?.readable, second?.readable], [false, true]);
  await Deno.rename(place.at("second.borg"), place.at("gone too.borg"));
  const none = await place.expect(2, "list", "--json");
  assert.equal(none.stdout, "");
  assert.match(none.stderr, /Cannot read any of the repositories "first", "second"/);
});

Deno.test("list counts an optional repository that is not there as no failure", async () => {
  await using place = await placeWithArchive({
    repositories: [repository("first"), repository("second", { optional: true })],
  });
  await Deno.rename(place.at("second.borg"), place.at("gone.borg"));
  const { stderr } = await place.expect(0, "list");
  assert.match(stderr, /second: skipped: it is optional, and there is no repository/);
});

Deno.test("list leaves archives of others out, unless --all is given", async () => {
  await using place = await placeWithArchive();
  await place.borg("first", "create", `${place.at("first.borg")}::by \x1b[31mhand`, "source");
  const own = await place.expect(0, "list");
  assert.match(own.stdout, /^and 1 of other series; --all lists them too$/m);
  assert.ok(!own.stdout.includes("hand"));
  const all = await place.expect(0, "list", "--all");
  assert.match(all.stdout, /^by \\x1b\[31mhand +/m, "no escape sequence reaches the terminal");
});

Deno.test("list of an archive shows what is in it, or in a part of it", async () => {
  await using place = await placeWithArchive();
  await place.write("source/new\nline", "");
  await Deno.symlink("one.txt", place.at("source/link"));
  await backUp(place);
  const all = await place.expect(0, "list", "latest");
  assert.match(all.stdout, /^d\S+ .*source$/m);
  assert.match(all.stdout, /^-rw------- \S+ +\S+ +4 \d{4}-\d\d-\d\d \d\d:\d\d .*\/one\.txt$/m);
  assert.match(all.stdout, /source\/new\\nline$/m);
  assert.match(all.stdout, /source\/link -> one\.txt$/m);
  const part = await place.expect(0, "list", "latest", `${place.at("source")}/**/*.txt`);
  assert.equal(part.stdout.trimEnd().split("\n").length, 2, part.stdout);
  const [oldest = ""] = await place.archives("first");
  const report = parseObject((await place.expect(0, "list", oldest, "--json")).stdout);
  assert.equal(report.archive, oldest);
  assert.ok(Array.isArray(report.entries));
  assert.equal(report.entries.length, 5);
});

Deno.test("list of an archive names what is not there", async () => {
  await using place = await placeWithArchive();
  const path = await place.expect(2, "list", "latest", place.at("source/oen.txt"));
  assert.match(path.stderr, /Cannot find in the archive .*nearest: ".*source\/one\.txt"/);
  assert.match(path.stderr, /searches all archives\n/);
  assert.equal(path.stdout, "");
  const empty = await place.expect(64, "list", "latest", "");
  assert.match(empty.stderr, /Cannot use an empty path: expected a path or a glob/);
  const archive = await place.expect(2, "list", "web-nope");
  assert.match(archive.stderr, /Cannot find the archive "web-nope" in "first"/);
});

Deno.test("list and find write JSON whatever the archive holds and the passphrase is", async () => {
  await using place = await Place.make({
    // Also a key of the JSON.
    repositories: [repository("first", { passphrase: "archives" })],
  });
  await place.init();
  // It warns that the passphrase is one word.
  await place.expect(1, "run", "--skip=verify,check,prune,compact");
  const source = place.at("source");
  const exclude = ["--exclude", source];
  await place.expect(0, "borg", "first", "--", "create", ...exclude, "::empty", source);
  const empty = parseObject((await place.expect(0, "list", "empty", "--json")).stdout);
  assert.deepEqual(empty, { version: 1, archive: "empty", entries: [], complete: true });
  assert.equal((await place.expect(0, "list", "empty")).stdout, "");
  assert.equal((await place.expect(2, "list", "empty", "no/*", "--json")).stdout, "");
  const nothing = parseObject((await place.expect(1, "find", "no/*", "--json")).stdout);
  assert.deepEqual([nothing.version, nothing.paths], [1, []]);
  const all = parseObject((await place.expect(0, "list", "--all", "--json")).stdout);
  assert.ok(Array.isArray(all.archives));
  assert.equal(all.archives.length, 2);
});

Deno.test("list says so when there is no archive yet", async () => {
  await using place = await Place.make();
  await place.init();
  const { stdout } = await place.expect(0, "list");
  assert.equal(stdout, 'there is no archive of "web"\n');
  const { stderr } = await place.expect(2, "list", "latest");
  assert.match(stderr, /There is no archive of "web" in "first" yet/);
});
