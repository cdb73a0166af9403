/** `autoborg key`, with real repositories of each kind. */
import assert from "node:assert/strict";
import { exists, passphraseOf, Place, repository, snapshot } from "./place.ts";
import { NO_SSHD, SshServer } from "./sshd.ts";

const METRICS = { metrics: { textfile: "web.prom" } };

const BOTH = [
  repository("inside"),
  repository("outside", { encryption: "keyfile-blake2" }),
  { label: "open", url: "open.borg", encryption: "none" },
];

/** A place with repositories whose keys were exported to "keys". */
async function exported(repositories: readonly Readonly<Record<string, unknown>>[] = BOTH) {
  const place = await Place.quick({ repositories });
  await place.expect(0, "init");
  await place.expect(0, "key", "export", place.at("keys"));
  return place;
}

/** Another machine with the same configuration: no Borg on it knows the repositories. */
async function onAnotherMachine(place: Place): Promise<void> {
  await Deno.rename(place.at("base"), place.at("lost"));
  await Deno.remove(place.at("state"), { recursive: true });
}

Deno.test("key export writes what Borg itself exports, in both forms, and how each is used", async () => {
  await using place = await Place.quick({ repositories: BOTH });
  await place.expect(0, "init");
  const { stdout, stderr } = await place.expect(0, "key", "export", "keys");
  assert.match(
    stdout,
    /^inside: exported to \S+\/keys\/inside\.key, \.paper\.txt and \.README\.txt$/m,
  );
  assert.match(stderr, /^open: skipped: it is not encrypted and has no key$/m);
  for (const label of ["inside", "outside"]) {
    const read = (name: string) => Deno.readTextFile(place.at("keys", `${label}.${name}`));
    const url = place.at(`${label}.borg`);
    assert.equal(await read("key"), await place.borg(label, "key", "export", url));
    const paper = await place.borg(label, "key", "export", "--paper", url);
    // Borg writes a line of advice before it.
    assert.equal(await read("paper.txt"), paper.slice(paper.indexOf("BORG PAPER KEY")));
    const text = await read("README.txt");
    assert.match(text, new RegExp(`borg key import ${url} ${label}\\.key`));
    assert.match(text, /borg key import --paper/);
    assert.ok(!text.includes(passphraseOf(label)), "the passphrase must stand nowhere");
  }
  const modes = [...Deno.readDirSync(place.at("keys"))].map(({ name }) =>
    (Deno.statSync(place.at("keys", name)).mode ?? 0) & 0o777
  );
  assert.deepEqual(modes, [0o600, 0o600, 0o600, 0o600, 0o600, 0o600]);
  assert.equal((Deno.statSync(place.at("keys")).mode ?? 0) & 0o777, 0o700);
  // The same again changes nothing.
  const before = snapshot(place.at("keys"));
  await place.expect(0, "key", "export", "keys");
  assert.deepEqual(snapshot(place.at("keys")), before);
});

Deno.test("key export overwrites no copy that is another one, and writes none then", async () => {
  await using place = await Place.quick({ repositories: BOTH });
  await place.expect(0, "init");
  await place.write("keys/outside.paper.txt", "my own note");
  await Deno.chmod(place.at("keys"), 0o700);
  const before = snapshot(place.at("keys"));
  const { stderr } = await place.expect(2, "key", "export", "keys");
  assert.match(stderr, /outside\.paper\.txt": the file exists and has other content/);
  assert.deepEqual(snapshot(place.at("keys")), before);
});

Deno.test("key export refuses a directory that other users can write to", async () => {
  await using place = await Place.quick();
  await place.init();
  await Deno.mkdir(place.at("keys"));
  await Deno.chmod(place.at("keys"), 0o777);
  const { stderr } = await place.expect(2, "key", "export", "keys");
  assert.match(stderr, /can be written by other users/);
  assert.deepEqual([...Deno.readDirSync(place.at("keys"))], []);
});

Deno.test("key check proves the copies of every kind of key on another machine", async () => {
  await using place = await exported();
  await onAnotherMachine(place);
  const names = ["inside.key", "inside.paper.txt", "outside.key", "outside.paper.txt"];
  const { stdout } = await place.expect(0, "key", "check", ...names.map((name) => `keys/${name}`));
  assert.deepEqual(stdout.trimEnd().split("\n"), [
    'keys/inside.key: ok: key file of "inside": the passphrase opens it, and it equals a fresh export',
    'keys/inside.paper.txt: ok: paper key of "inside": the passphrase opens it, and it equals a fresh ' +
    "export",
    'keys/outside.key: ok: key file of "outside": the repository opens with this copy alone and the ' +
    "passphrase",
    'keys/outside.paper.txt: ok: paper key of "outside": the repository opens with this copy alone ' +
    "and the passphrase",
  ]);
  assert.ok(!exists(place.at("state/history.db")), "a machine that only checks keeps no history");
});

Deno.test("key check needs no passphrase of its own when a command prints it", async () => {
  await using place = await exported();
  const commands = ["inside", "outside"].map((label) => {
    const { passphrase: _, ...rest } = repository(label);
    const encryption = label === "outside" ? { encryption: "keyfile-blake2" } : {};
    return { ...rest, ...encryption, passphrase_command: `echo '${passphraseOf(label)}'` };
  });
  await place.configure({ repositories: commands });
  const { stdout } = await place.expect(0, "key", "check", "keys/inside.key", "keys/outside.key");
  assert.match(
    stdout,
    /inside": it equals a fresh export, and the passphrase opens the repository$/m,
  );
  assert.match(stdout, /outside": the repository opens with this copy alone and the passphrase$/m);
});

Deno.test("key check finds a key of another repository, a torn one, and no key at all", async () => {
  await using place = await exported();
  const paper = await Deno.readTextFile(place.at("keys/inside.paper.txt"));
  await place.write("torn.txt", paper.replace(/^ 7:.*\n/m, ""));
  const key = await Deno.readTextFile(place.at("keys/outside.key"));
  await place.write("torn.key", key.slice(0, 400));
  await place.write("note.txt", "buy milk");
  await place.configure({ repositories: [repository("inside")] });
  const { stdout, stderr } = await place.expect(
    2,
    ...[
      "key",
      "check",
      "torn.txt",
      "torn.key",
      "note.txt",
      "absent.key",
      "keys/outside.key",
    ] as const,
  );
  assert.match(stdout, /^torn\.txt: FAILED: line 7 of \d+ is missing$/m);
  assert.match(stdout, /^torn\.key: FAILED: the key in it is torn or damaged/m);
  assert.match(stdout, /^note\.txt: FAILED: this is not a key of Borg/m);
  assert.match(stdout, /^absent\.key: FAILED: it can't be read: it does not exist$/m);
  const id = /^BORG_KEY (\w+)/.exec(key)?.[1] ?? "";
  assert.match(
    stdout,
    new RegExp(`keys/outside\\.key: FAILED: it is the key of another repository, .*${id}`),
  );
  assert.match(stderr, /hint: .*autoborg show-config/);
});

Deno.test("key check on another machine tells another repository's key from an old passphrase", async () => {
  await using place = await exported();
  await onAnotherMachine(place);
  await place.configure({ ...METRICS, repositories: [BOTH[1]] });
  const other = ["keys/inside.key", "keys/inside.paper.txt"];
  const { stdout } = await place.expect(2, "key", "check", ...other);
  for (const name of other) {
    assert.match(stdout, new RegExp(`^${name}: FAILED: it is the key of another repository`, "m"));
  }
  const outside = repository("outside", { encryption: "keyfile-blake2", passphrase: "another" });
  await place.configure({ ...METRICS, repositories: [outside] });
  const wrong = await place.expect(2, "key", "check", "keys/outside.key");
  assert.match(wrong.stdout, /: FAILED: the passphrase of "outside" does not open it: it was exp/);
  assert.ok(!exists(place.at("web.prom")), "what is backed up elsewhere has its metrics there");
});

Deno.test({
  name: "key check finds whose key it is among servers that this machine does not know",
  ignore: NO_SSHD !== undefined,
  async fn() {
    await using place = await Place.make();
    await using server = await SshServer.start(place.directory);
    const keyfile = { encryption: "keyfile-blake2" };
    const repositories = ["first", "second"].map((label) =>
      repository(label, { ...server.repository(label), ...keyfile })
    );
    await place.configure({ repositories });
    await place.expect(0, "init");
    await place.expect(0, "key", "export", place.at("keys"));
    await onAnotherMachine(place);
    const good = ["keys/second.key", "keys/second.paper.txt", "keys/first.key"];
    const { stdout } = await place.expect(0, "key", "check", ...good);
    assert.equal(stdout.match(/: ok: .* of "second": the repository opens with this/g)?.length, 2);
    assert.match(stdout, /first\.key: ok: key file of "first"/);

    const alone = await place.expect(2, "key", "check", "--repo=first", ...good.slice(0, 2));
    assert.match(alone.stdout, /second\.key: FAILED: it is the key of another repository/);
    assert.match(
      alone.stdout,
      /second\.paper\.txt: FAILED: the passphrase of "first" does not open it: it is of another/,
    );
  },
});

Deno.test("key check finds a copy that needs an old passphrase", async () => {
  await using place = await exported();
  for (const label of ["inside", "outside"]) {
    const url = place.at(`${label}.borg`);
    const env = { ...place.env, BORG_PASSPHRASE: passphraseOf(label), BORG_NEW_PASSPHRASE: "new" };
    const command = new Deno.Command("borg", { args: ["key", "change-passphrase", url], env });
    assert.equal((await command.output()).code, 0);
  }
  await place.configure({
    repositories: [
      repository("inside", { passphrase: "new" }),
      repository("outside", { encryption: "keyfile-blake2", passphrase: "new" }),
    ],
  });
  const { stdout } = await place.expect(2, "key", "check", "keys/inside.key", "keys/outside.key");
  for (const label of ["inside", "outside"]) {
    const text =
      `${label}.key: FAILED: the passphrase of "${label}" does not open it: it was exported ` +
      "before the passphrase was changed, or it is damaged";
    assert.ok(stdout.includes(text), stdout);
  }
});

Deno.test("key says how it is used when its words are wrong", async () => {
  await using place = await Place.quick();
  for (const words of [[], ["export"], ["check"], ["import", "x"], ["export", "a", "b"]]) {
    const { stderr } = await place.expect(64, "key", ...words);
    assert.match(stderr, /autoborg|expected/);
  }
});
