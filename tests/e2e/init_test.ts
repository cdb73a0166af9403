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
  const keys = Deno.uid() === 0 ? "/root/keys" : "./keys";
  assert.ok(
    stdout.includes(`\n    autoborg key export --config ${config} --repo first ${keys}\n`),
    stdout,
  );
  await place.expect(0, "key", "export", "--repo", "first", place.at("keys"));
  assert.match(await Deno.readTextFile(place.at("keys/first.key")), /^BORG_KEY /);
  assert.match(stdout, /second: the key is stored on this machine/);
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
  assert.match(stdout, /already exists, left unchanged/);
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

Deno.test("init opens a repository that exists, and says what is wrong with it", async () => {
  await using place = await Place.make();
  await place.init();
  await place.configure({ repositories: [repository("first", { passphrase: "another one" })] });
  const wrong = await place.expect(2, "init");
  assert.match(
    wrong.stdout,
    /^first: .*first\.borg already exists, but cannot be opened: wrong passphrase$/m,
  );
  assert.match(wrong.stdout, /hint: Correct the passphrase of/);
  assert.doesNotMatch(wrong.stdout, /key export/, "nothing is said of a key that cannot be read");
  await place.configure({});
  await Deno.writeTextFile(place.at("first.borg/config"), "");
  const empty = await place.expect(2, "init");
  assert.match(empty.stdout, /cannot be opened: the repository's own "config" file is damaged/);
});

Deno.test("init creates no empty repository where archives were, unless it is told to", async () => {
  await using place = await Place.quick();
  await place.init();
  await place.expect(0, "run");
  await Deno.rename(place.at("first.borg"), place.at("moved.borg"));
  const { stdout } = await place.expect(2, "init");
  assert.match(
    stdout,
    /^first: not created: there is no repository at ".*", but 1 archive is known to be in it, made on 20\d\d-/m,
  );
  assert.match(stdout, /hint: Mount its disk .* autoborg init --config \S+ --repo first --anew$/m);
  assert.ok(!exists(place.at("first.borg")));
  for (
    const verb of [["list"], ["verify"], ["restore", "/", "--to", "back"], [
      "mount",
      "first",
      "m",
      "--archive=latest",
    ]]
  ) {
    const [name = "", ...words] = verb;
    const { stderr } = await place.expect(2, name, ...words);
    assert.match(stderr, /hint: 1 archive is known to be in it, .* Mount its disk/, name);
    assert.doesNotMatch(stderr, /autoborg init/, name);
  }
  const probe = await place.autoborg("check-config", "--probe", "--json");
  assert.match(probe.stdout, /1 archive is known to be in it/);
  assert.doesNotMatch(probe.stdout, /autoborg init/);
  await place.expect(0, "init", "--anew");
  assert.ok(exists(place.at("first.borg/config")));
});

Deno.test("init leaves a repository with archives alone, with and without --anew", async () => {
  await using place = await Place.quick();
  await place.init();
  await place.expect(0, "run");
  for (const words of [[], ["--anew"]]) {
    const { stdout } = await place.expect(0, "init", ...words);
    assert.match(stdout, /already exists, left unchanged/);
  }
  assert.equal((await place.archives("first")).length, 1);
});
