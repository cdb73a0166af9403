import assert from "node:assert/strict";
import { exists, Place, repository } from "./place.ts";

Deno.test("init creates every repository with its encryption and says where the key is", async () => {
  await using place = await Place.make({
    repositories: [
      repository("first"),
      repository("second", { encryption: "keyfile" }),
      { label: "open", url: "open.borg", encryption: "none" },
    ],
  });
  const { stdout } = await place.expect(0, "init");
  assert.match(stdout, /first: created .*first\.borg \(repokey-blake2\)/);
  const config = place.at("config.toml");
  assert.ok(
    stdout.includes(`\n    autoborg borg --config ${config} first -- key export :: first.key\n`),
    stdout,
  );
  await place.expect(0, "borg", "first", "--", "key", "export", "::", place.at("first.key"));
  assert.match(await Deno.readTextFile(place.at("first.key")), /^BORG_KEY /);
  assert.match(stdout, /second: the key is kept on this machine/);
  assert.match(stdout, /open: the data is NOT encrypted/);
  for (const label of ["first", "second", "open"]) {
    const info = await place.borg(label, "info", "--json", place.at(`${label}.borg`));
    const mode = { first: "repokey-blake2", second: "keyfile", open: "none" }[label] ?? "";
    assert.match(info, new RegExp(`"mode": "${mode}"`));
  }
});

Deno.test("init leaves a repository alone when it exists already", async () => {
  await using place = await Place.make();
  await place.expect(0, "init");
  const before = await Deno.readTextFile(place.at("first.borg/config"));
  const { stdout } = await place.expect(0, "init");
  assert.match(stdout, /exists already, left alone/);
  assert.equal(await Deno.readTextFile(place.at("first.borg/config")), before);
});

Deno.test("init creates no directory above a repository", async () => {
  await using place = await Place.make({
    repositories: [repository("first", { url: "not-mounted/first.borg" }), repository("second")],
  });
  const { stdout } = await place.expect(2, "init");
  assert.match(stdout, /first: failed: the directory above ".*" does not exist/);
  assert.ok(!exists(place.at("not-mounted")));
  assert.ok(exists(place.at("second.borg/config")), "the other repository was created");
});

Deno.test("init --repo creates only the repository that is named", async () => {
  await using place = await Place.make({
    repositories: [repository("first"), repository("second")],
  });
  await place.expect(0, "init", "--repo", "second");
  assert.ok(!exists(place.at("first.borg")));
  assert.ok(exists(place.at("second.borg/config")));
});

Deno.test("init refuses to put a repository where something else is", async () => {
  await using place = await Place.make({ repositories: [repository("first", { url: "source" })] });
  const { stdout } = await place.expect(2, "init");
  assert.match(stdout, /something other than a Borg repository/);
  assert.ok(!exists(place.at("source/config")));
});

Deno.test("run names init when a repository is missing, and does not create it", async () => {
  await using place = await Place.make();
  const { stderr } = await place.expect(2, "run");
  assert.match(stderr, /there is no repository at ".*first\.borg"/);
  assert.match(stderr, /autoborg init --config \S+ --repo first/);
  assert.ok(!exists(place.at("first.borg")));
});

Deno.test("run names init when the place of a repository is an empty directory", async () => {
  await using place = await Place.make();
  await Deno.mkdir(place.at("first.borg"));
  const { stderr } = await place.expect(2, "run");
  assert.match(stderr, /there is no repository at/);
  assert.match(stderr, /autoborg init --config \S+ --repo first/);
  assert.deepEqual([...Deno.readDirSync(place.at("first.borg"))], []);
});

Deno.test("init makes a repository that opens with the configured passphrase alone", async () => {
  await using place = await Place.make();
  await place.expect(0, "init");
  const wrong = await place.tryBorg("other", "list", place.at("first.borg"));
  assert.notEqual(wrong.code, 0);
  await place.borg("first", "list", place.at("first.borg"));
});
