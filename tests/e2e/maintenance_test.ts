import assert from "node:assert/strict";
import { changeUnnoticed, flipBit, largestSegment } from "./damage.ts";
import { exists, lines, Place, repository } from "./place.ts";
import { runToEnd } from "./program.ts";

Deno.test("run prunes only the archives of its own series", async () => {
  await using place = await Place.quick({ retention: { keep_last: 1 } });
  await place.init();
  const url = place.at("first.borg");
  const foreign = [
    "web-db-2020-01-01T00:00:00Z-0123abcd",
    "web-2020-01-01T00:00:00Z-0123abcd.old",
    "web-2020-01-01T00:00:00Z",
    "web-2020-01-01T00:00:00Z-0123ABCD",
    "my-web-2020-01-01T00:00:00Z-0123abcd",
    "web",
    "something else",
  ];
  const own = ["web-2020-01-01T00:00:00Z-0123abcd", "web-2020-01-02T00:00:00Z-0123abcd"];
  // A person makes them through autoborg, which therefore raises no alarm; it has to have a history.
  await place.expect(0, "run", "--skip=prune");
  for (const name of [...foreign, ...own]) {
    const archive = ["--timestamp=2020-01-01T00:00:00", `${url}::${name}`, "source"];
    await place.expect(0, "borg", "first", "--", "create", ...archive);
  }
  await place.expect(0, "run");
  const left = await place.archives("first");
  assert.deepEqual(left.filter((name) => foreign.includes(name)).toSorted(), foreign.toSorted());
  assert.equal(left.length, foreign.length + 1, left.join("\n"));
  assert.ok(!left.some((name) => own.includes(name)), "the old ones of its own series are gone");
});

Deno.test("run prunes nothing when no retention is set", async () => {
  await using place = await Place.make();
  await place.init();
  await place.expect(0, "run", "--skip=check,compact");
  const { stderr } = await place.expect(0, "run", "--skip=check,compact");
  assert.match(stderr, /prune +skipped: no retention is set/);
  assert.equal((await place.archives("first")).length, 2);
});

Deno.test("run fails and does not prune when the check finds a flipped bit", async () => {
  await using place = await Place.make({
    retention: { keep_last: 1 },
    repositories: [repository("first"), repository("second")],
  });
  await place.write("source/data.bin", crypto.getRandomValues(new Uint8Array(65_536)));
  await place.init();
  await place.expect(0, "run");
  await flipBit(largestSegment(place.at("first.borg")), 30_000);
  const { stderr } = await place.expect(2, "run");
  assert.match(stderr, /first +check +failed/);
  assert.match(stderr, /error: the check found damage: .*checksum/is);
  assert.match(stderr, /first +prune +skipped: check failed/);
  assert.match(stderr, /first +compact +skipped: check failed/);
  assert.match(stderr, /second ok$/m);
  assert.equal((await place.archives("second")).length, 1);
  const left = await place.borg("first", "list", "--short", place.at("first.borg"));
  assert.equal(lines(left).length, 2, "nothing was pruned");
});

Deno.test("run reads all data when check.verify_data_every asks for it", async () => {
  await using place = await Place.make({ check: { verify_data_every: "90d" } });
  await place.init();
  const { stderr } = await place.expect(0, "run");
  assert.match(stderr, /check +ok .*: all data; 1 archive checked in the last 14 d/);
  assert.match(await place.log(), /borg check .*--verify-data/);
  const { stderr: again } = await place.expect(0, "run");
  assert.match(
    again,
    /check +ok .*: the whole repository; all 2 archives checked in the last 14 d/,
  );
});

Deno.test("run checks in parts what may be too large, and reads archives that Borg's check passes", async () => {
  await using place = await Place.make({
    check: { archives_every: "0s" },
    retention: { keep_last: 1 },
  });
  await place.write("source/data.bin", crypto.getRandomValues(new Uint8Array(65_536)));
  await place.init();
  // Nobody knows yet how large the repository is.
  const first = await place.expect(2, "run", "--skip=create");
  assert.match(first.stderr, /check +ok .*: the whole repository$/m);
  assert.match(await place.log(), /borg check .*--repository-only --max-duration=600/);
  const sound = await place.expect(0, "run");
  assert.match(
    sound.stderr,
    /check +ok .*: the whole repository, 1 archive read; 1 archive checked/,
  );
  const { stdout: status } = await place.expect(0, "status");
  assert.match(status, /^first: 1 archive checked in the last 1 d$/m);
  const [good = ""] = await place.archives("first");
  // What a checksum does not find: only whoever has the key can tell.
  await changeUnnoticed(largestSegment(place.at("first.borg")));
  await place.borg("first", "check", place.at("first.borg"));
  const { stderr } = await place.expect(2, "run", "--skip=create");
  assert.match(stderr, new RegExp(`error: the archive "${good}" can't be read: the repository is`));
  assert.match(stderr, /first +prune +skipped: check failed/);
  const { stdout: json } = await place.expect(0, "status", "--json");
  const [{ checks }] = JSON.parse(json).repositories;
  assert.equal(checks.damage.length, 1);
});

Deno.test("run does not check and does not compact what the configuration leaves out", async () => {
  await using place = await Place.make({
    repositories: [
      repository("first", { check: { enabled: false }, compact: { enabled: false } }),
    ],
  });
  await place.init();
  const { stderr } = await place.expect(0, "run");
  assert.match(stderr, /check +skipped: check is not enabled/);
  assert.match(stderr, /compact +skipped: compact is not enabled/);
});

Deno.test("run names a repository that was moved, and how to look at it and accept it", async () => {
  await using place = await Place.quick();
  await place.init();
  await place.expect(0, "run");
  await Deno.rename(place.at("first.borg"), place.at("moved.borg"));
  await place.configure({ repositories: [repository("first", { url: "moved.borg" })] });
  const { stderr } = await place.expect(2, "run");
  assert.match(stderr, /the repository was at another location before/);
  assert.match(stderr, /run "autoborg borg --config \S+ first -- info" once and answer yes/);
});

Deno.test("run refuses an unencrypted repository in the place of an encrypted one", async () => {
  await using place = await Place.make();
  await place.borg("first", "init", "--encryption=none", place.at("first.borg"));
  await Deno.remove(place.at("base"), { recursive: true });
  const { stderr } = await place.expect(2, "run");
  assert.match(stderr, /the repository is not encrypted and unknown to this machine/);
  assert.match(stderr, /encryption = "none"/);
});

const isRoot = Deno.uid() === 0;

Deno.test({
  name: isRoot
    ? "run says when no space is left on the device of a repository"
    : "run says when no space is left (not run: it needs root to mount a small tmpfs)",
  ignore: !isRoot,
  async fn() {
    await using place = await Place.make({
      repositories: [repository("first", { url: "small/first.borg" }), repository("second")],
      retention: { keep_last: 1 },
    });
    await Deno.mkdir(place.at("small"));
    const mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", place.at("small")];
    await using mounted = new AsyncDisposableStack();
    const { code, stderr: why } = await runToEnd(mount, { env: place.env });
    assert.equal(code, 0, why);
    mounted.defer(async () => {
      await runToEnd(["umount", place.at("small")], { env: place.env });
    });
    await place.init();
    for (let part = 0; part < 32; part++) {
      const random = crypto.getRandomValues(new Uint8Array(65_536));
      await place.write(`source/${part}.bin`, random);
    }
    const { stderr } = await place.expect(2, "run");
    assert.match(stderr, /the file system of the repository is full/);
    assert.match(stderr, /first +prune +skipped: create failed/);
    assert.match(stderr, /second ok$/m);
  },
});

Deno.test("run has Borg build a damaged cache again, once and by itself", async () => {
  await using place = await Place.make({ repositories: [repository("first")] });
  await place.init();
  await place.expect(0, "run");
  const before = await place.archives("first");
  const id = /^id = (\w+)$/m.exec(await Deno.readTextFile(place.at("first.borg/config")))?.[1] ??
    "";
  const cache = place.at(`base/.cache/borg/${id}`);
  for (const [file, damage] of [["chunks", ""], ["config", "[cache"]] as const) {
    await Deno.writeTextFile(`${cache}/${file}`, damage);
    const { stderr } = await place.expect(1, "run");
    assert.match(
      stderr,
      /Borg's cache of the repository is damaged.* it was rebuilt, and nothing/,
    );
    await place.expect(0, "run");
  }
  const after = await place.archives("first");
  assert.deepEqual(after.slice(0, before.length), before);
  assert.equal(after.length, before.length + 4);
});

Deno.test("run notes in the log that Borg's files cache is lost, and is ok", async () => {
  await using place = await Place.make({ repositories: [repository("first")] });
  await place.init();
  await place.expect(0, "run");
  const id = /^id = (\w+)$/m.exec(await Deno.readTextFile(place.at("first.borg/config")))?.[1] ??
    "";
  const cache = place.at(`base/.cache/borg/${id}`);
  const damages: readonly (readonly [string, (path: string) => Promise<void>])[] = [
    ["can't be read", (path) => Deno.remove(path)],
    ["is corrupted", (path) => flipBit(path, 3)],
  ];
  for (const [said, damage] of damages) {
    await damage(`${cache}/files`);
    const { stderr } = await place.expect(0, "run");
    assert.doesNotMatch(stderr, /warning/);
    const log = await place.log();
    assert.ok(log.includes(`The files cache ${said}`), log);
    assert.match(log, /Borg's files cache is lost: it reads all files once more/);
  }
});

Deno.test("run makes room in a repository whose quota is used up, and only there", async () => {
  await using place = await Place.make({
    repositories: [repository("first")],
    retention: { keep_last: 2 },
    sources: { directories: ["source"] },
  });
  const random = () => crypto.getRandomValues(new Uint8Array(65_536));
  const change = async (parts: number) => {
    for (let part = 0; part < parts; part++) await place.write(`source/${part}.bin`, random());
  };
  await place.init();
  for (let run = 0; run < 2; run++) {
    await change(8);
    await place.expect(0, "run");
  }
  // Borg itself sets none below 10 MB.
  const config = place.at("first.borg/config");
  const text = await Deno.readTextFile(config);
  await Deno.writeTextFile(
    config,
    text.replace(/^storage_quota = .*$/m, "storage_quota = 1200000"),
  );
  await place.configure({ repositories: [repository("first")], retention: { keep_last: 1 } });
  await change(8);
  const before = await place.archives("first");
  const { stderr } = await place.expect(2, "run");
  assert.match(stderr, /the repository's storage quota is used up/);
  assert.match(stderr, /first +compact +ok/);
  assert.deepEqual(await place.archives("first"), before.slice(-1));
  await place.expect(0, "run");
});

Deno.test("run lets Borg keep its cache and its notes where XDG's variables say", async () => {
  await using place = await Place.quick();
  delete place.env.BORG_BASE_DIR;
  place.env.XDG_CACHE_HOME = place.at("caches");
  place.env.XDG_CONFIG_HOME = place.at("configs");
  await place.init();
  await place.expect(0, "run");
  assert.ok(exists(place.at("caches/borg")));
  assert.ok(exists(place.at("configs/borg/security")));
  assert.ok(!exists(place.at("home/.cache/borg")));
});
