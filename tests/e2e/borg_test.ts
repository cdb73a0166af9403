import assert from "node:assert/strict";
import { Place, repository } from "./place.ts";
import {
  autoborgCommand,
  type Ended,
  processesWith,
  type ProcessSeen,
  Running,
  runToEnd,
  which,
} from "./program.ts";
import { placeWithArchive } from "./restoring.ts";

/** Runs `autoborg borg` with something on its standard input. */
function withInput(place: Place, stdin: string, ...words: readonly string[]): Promise<Ended> {
  const command = [...autoborgCommand(), "borg", `--config=${place.at("config.toml")}`, ...words];
  return new Running(command, { env: place.env, cwd: place.directory, stdin }).end();
}

/** A place with an empty repository. */
async function placeWithRepository(): Promise<Place> {
  const place = await Place.quick();
  await place.init();
  return place;
}

Deno.test("borg runs any command with the repository's key, and needs not be told where it is", async () => {
  await using place = await placeWithArchive();
  const [archive = ""] = await place.archives("first");
  const list = await place.expect(0, "borg", "first", "--", "list", "--short");
  assert.equal(list.stdout, `${archive}\n`);
  const extract = ["extract", "--stdout", `::${archive}`, place.archived("source/one.txt")];
  const { stdout } = await place.expect(0, "borg", "first", "--", ...extract);
  assert.equal(stdout, "eins");
  await place.expect(0, "borg", "first", "--", "key", "export", "::", "first.key");
  assert.match(await Deno.readTextFile(place.at("first.key")), /^BORG_KEY /);
});

Deno.test("borg ends with Borg's exit code", async () => {
  await using place = await placeWithRepository();
  await place.expect(7, "borg", "first", "--", "with-lock", "::", "sh", "-c", "exit 7");
  // 2, or 31 in Borg 1.4, which tells its failures apart.
  const { code, stderr } = await place.autoborg("borg", "first", "--", "info", "::nope");
  assert.ok(code === 2 || code === 31, stderr);
  assert.match(stderr, /nope/);
  await place.expect(64, "borg", "nope", "--", "list");
  await place.expect(64, "borg", "first");
  await place.expect(64, "borg");
});

Deno.test("borg lets Borg ask its questions", async () => {
  await using place = await placeWithArchive();
  await Deno.rename(place.at("first.borg"), place.at("moved.borg"));
  await place.configure({ repositories: [repository("first", { url: "moved.borg" })] });
  const { stderr } = await place.expect(2, "list");
  assert.match(stderr, /run "autoborg borg --config \S+ first -- info" once and answer yes/);
  const no = await withInput(place, "n\n", "first", "--", "info");
  assert.notEqual(no.code, 0);
  const yes = await withInput(place, "y\n", "first", "--", "info");
  assert.equal(yes.code, 0, yes.stderr);
  await place.expect(0, "list");
});

const NO_SCRIPT = which("script") === undefined ? "script is not installed" : undefined;

Deno.test({
  name: `borg hands the terminal over${NO_SCRIPT === undefined ? "" : ` (not run: ${NO_SCRIPT})`}`,
  ignore: NO_SCRIPT !== undefined,
  fn: async () => {
    await using place = await placeWithRepository();
    const config = `--config=${place.at("config.toml")}`;
    const tail = ["first", "--", "with-lock", "::", "tty"];
    const words = [...autoborgCommand(), "borg", config, ...tail].join(" ");
    const start = { env: { ...place.env, SHELL: "/bin/sh" }, cwd: place.directory, stdin: "" };
    const ended = await runToEnd(["script", "-qec", words, "/dev/null"], start);
    assert.equal(ended.code, 0, ended.stdout);
    assert.match(ended.stdout, /^\/dev\/(pts|tty)/m);
  },
});

Deno.test("borg leaves SIGINT to Borg, which the terminal sends it to as well", async () => {
  await using place = await placeWithRepository();
  const script = "echo ready; sleep 1; exit 3";
  const running = place.start("borg", "first", "--", "with-lock", "::", "sh", "-c", script);
  await running.prints(/ready/);
  running.kill("SIGINT");
  assert.equal((await running.end()).code, 3);
});

for (const signal of ["SIGHUP", "SIGQUIT", "SIGTERM"] as const) {
  Deno.test(`borg passes ${signal} on and waits for Borg`, async () => {
    await using place = await placeWithRepository();
    // It ends in any case: Borg may be stopped before it knows that it has a child to stop.
    const wait = "i=0; while [ $i -lt 100 ]; do sleep 0.1; i=$((i + 1)); done";
    const here = `: ${place.directory}`;
    const script = `${here}; trap 'echo ended well; exit 0' TERM; echo ready; ${wait}`;
    const running = place.start("borg", "first", "--", "with-lock", "::", "sh", "-c", script);
    await running.prints(/ready/);
    running.kill(signal);
    const { code } = await running.end();
    assert.notEqual(code, 0);
    const isBorg = ({ args }: ProcessSeen) => args.includes("with-lock");
    assert.deepEqual(processesWith(place.directory).filter(isBorg), [], "Borg has ended");
  });
}

Deno.test("mount says what is missing when Borg can't mount", async () => {
  await using place = await placeWithRepository();
  await Deno.mkdir(place.at("mnt"));
  const { code, stderr } = await place.autoborg("mount", "first", "mnt");
  if (code === 0) {
    await place.expect(0, "umount", "mnt");
    return;
  }
  assert.equal(code, 2);
  assert.match(stderr, /Cannot mount: .+\n/);
  assert.match(stderr, /hint: Install it: ".*apt-get install python3-pyfuse3"/);
  assert.match((await place.expect(2, "umount", "mnt")).stderr, /Cannot unmount "mnt"/);
  const { stderr: nowhere } = await place.expect(2, "mount", "first", "no/where");
  assert.match(nowhere, /Cannot mount on "no\/where": it cannot be created/);
});

/** Mounts a FUSE file system that nobody serves, as one is whose Borg has died. */
const FUSE =
  'exec 3<>/dev/fuse && mount -i -t fuse -o fd=3,rootmode=40000,user_id=0,group_id=0 "$0" mnt';

async function whyNoMounts(): Promise<string | undefined> {
  if (Deno.uid() !== 0) return "it needs root";
  await using place = await Place.make();
  await Deno.mkdir(place.at("mnt"));
  const start = { env: place.env, cwd: place.directory };
  const { code } = await runToEnd(["sh", "-c", FUSE, "borgfs"], start);
  if (code !== 0) return "no FUSE file system can be mounted here";
  await runToEnd(["umount", "mnt"], start);
  return undefined;
}

const NO_MOUNTS = await whyNoMounts();

Deno.test({
  name: `umount takes away mounts of Borg alone${
    NO_MOUNTS === undefined ? "" : ` (not run: ${NO_MOUNTS})`
  }`,
  ignore: NO_MOUNTS !== undefined,
  fn: async () => {
    await using place = await Place.make();
    await Deno.mkdir(place.at("mnt"));
    await Deno.symlink("mnt", place.at("link"));
    const start = { env: place.env, cwd: place.directory };
    const others = [
      [["mount", "-t", "tmpfs", "borgfs", "mnt"], /"mnt": "borgfs" of the type "tmpfs" is mounted/],
      [["sh", "-c", FUSE, "other"], /"mnt": "other" of the type "fuse" is mounted/],
    ] as const;
    for (const [mount, says] of others) {
      assert.equal((await runToEnd(mount, start)).code, 0);
      try {
        assert.match((await place.expect(2, "umount", "mnt")).stderr, says);
      } finally {
        assert.equal((await runToEnd(["umount", "mnt"], start)).code, 0, "it is still there");
      }
    }
    for (const path of ["mnt", "link", place.at("mnt/")]) {
      assert.equal((await runToEnd(["sh", "-c", FUSE, "borgfs"], start)).code, 0);
      await place.expect(0, "umount", path);
      const { stderr } = await place.expect(2, "umount", path);
      assert.match(stderr, /Cannot unmount ".+": nothing is mounted there/);
    }
  },
});
