import assert from "node:assert/strict";
import { SmallDisk } from "../e2e/full_disk.ts";
import { eventually } from "../e2e/program.ts";
import { DumpScene, entryWith } from "./dump_scene.ts";

const MEGABYTE = 1_000_000;
/** After so many milliseconds a test gives up. */
const LONG = 120_000;

/** Bytes that Borg can't shorten. */
function noise(bytes: number): string {
  return `head -c ${bytes} /dev/urandom`;
}

/** Finds the Borg that reads a dump for a repository. */
function borgOf(label: string): string {
  return `$(pgrep -f "[b]org create.*$SCENE/${label}::web.db" | head -1)`;
}

function messages(step: { readonly problems: readonly { readonly message: string }[] }) {
  return step.problems.map(({ message }) => message);
}

Deno.test({
  name: "a repository that runs full drops out of the dumps, and the others go on",
  ignore: Deno.uid() !== 0,
  async fn() {
    await using scene = await DumpScene.make("one");
    await using disk = await SmallDisk.mount(scene.at("small"), "24m");
    assert.ok(disk !== undefined);
    await scene.addRepository("small/two", scene.at("small/two"));
    scene.entries = [entryWith({ repositories: ["one", "small/two"] })];
    scene.dumps = { app: { script: noise(60 * MEGABYTE) }, next: { script: "echo next" } };
    const run = await scene.run();
    assert.equal(run.step("one", "dump").state, "ok");
    assert.deepEqual(await scene.archives("one"), ["web.db.main.app", "web.db.main.next"]);
    const full = run.step("small/two", "dump");
    assert.match(messages(full)[0] ?? "", /^Cannot store the dump of "main\/app": .* is full$/);
    assert.deepEqual(messages(full).slice(1), [
      'After "main/app" had failed here, 1 database was not dumped into this repository: main/next',
    ]);
    const [, next] = scene.recorded("small/two");
    assert.deepEqual([next?.database, next?.state], ["next", "failed"], "it has not vanished");
  },
});

Deno.test("a repository that stays below min_rate drops out, and the others go on", async () => {
  await using scene = await DumpScene.make("one", "two");
  scene.entries = [entryWith({ minRate: 1_000 })];
  // Five minutes are over in three seconds; a Borg that stands still takes nothing.
  scene.now = () => 100 * performance.now();
  // The rest gets through when nobody waits for the one that stands still.
  const rest = `${noise(50 * MEGABYTE)}; kill -CONT "$pid"`;
  scene.dumps = {
    app: { script: `${noise(5 * MEGABYTE)}; pid=${borgOf("two")}; kill -STOP "$pid"; ${rest}` },
    next: { script: "echo next" },
  };
  // Were it waited for after all, the test would not end by itself.
  const giveUp = setTimeout(() => scene.stop.abort(), LONG);
  const run = await scene.run().finally(() => clearTimeout(giveUp));
  assert.equal(run.step("one", "dump").state, "ok");
  assert.deepEqual(await scene.archives("one"), ["web.db.main.app", "web.db.main.next"]);
  assert.match(
    messages(run.step("two", "dump"))[0] ?? "",
    /took less than 1000 B a second for 5 min/,
  );
  assert.deepEqual(await scene.archives("two"), []);
});

Deno.test("a run that is killed in the middle of a dump leaves nothing that the next one keeps", async () => {
  await using scene = await DumpScene.make("one", "two");
  const process = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--no-check",
      "tests/backup/dump_process.ts",
      scene.directory,
      "one",
      "two",
    ],
    stdout: "null",
    stderr: "null",
  }).spawn();
  assert.ok(await eventually(() => isThere(scene.at("midway")), LONG));
  process.kill("SIGKILL");
  await process.status;
  // Borg finds the end of its input, and that nobody hears its progress.
  assert.ok(await eventually(async () => !await isRunning(scene.directory), LONG));
  scene.runs = 1;
  scene.dumps = { whole: { script: "echo whole" }, half: { script: "echo now it is" } };
  const run = await scene.run();
  for (const label of ["one", "two"]) {
    assert.equal(run.step(label, "dump").state, "ok");
    assert.equal(
      run.step(label, "inspect").state,
      "ok",
      messages(run.step(label, "inspect")).join(),
    );
    const names = await scene.archives(label);
    assert.deepEqual(names.toSorted(), [
      "web.db.main.half",
      "web.db.main.whole",
      "web.db.main.whole",
    ]);
  }
});

Deno.test("half a dump under the name of an archive is removed by the next run, a whole one is kept", async () => {
  await using scene = await DumpScene.make("one");
  scene.entries = [entryWith({ repositories: ["one"] })];
  scene.dumps = { app: { script: "echo whole" } };
  await scene.run();
  const [made = ""] = await scene.names("one");
  // As SIGKILL would leave them: the one while it was read, the other when Borg was to see its end.
  const half = made.replace("main.app", "main.half");
  const sealed = made.replace("main.app", "main.sealed");
  for (const name of [half, `${half}.checkpoint`, sealed]) {
    await scene.borg("create", "--paths-from-stdin", `${scene.at("one")}::${name}`);
  }
  scene.note("one", { database: "half", archive: half, state: "begun" });
  scene.note("one", { database: "sealed", archive: sealed, state: "sealed" });
  await scene.run();
  assert.deepEqual(
    (await scene.names("one")).filter((name) => !name.includes("main.app")),
    [sealed],
  );
});

Deno.test("dumps wait by [retry] for a repository that is locked, and are made once", async () => {
  await using scene = await DumpScene.make("one", "two");
  scene.set("two", { lockWait: 0, retry: { waits: [60_000], hold: 7_200_000 } });
  const lock = new Deno.Command("borg", {
    args: [
      "with-lock",
      scene.at("two"),
      "sh",
      "-c",
      `echo >${scene.at("locked")}; exec tail --pid="$PPID" -f /dev/null`,
    ],
    env: {
      BORG_BASE_DIR: scene.at("base"),
      BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK: "yes",
    },
    stdout: "null",
    stderr: "null",
  }).spawn();
  assert.ok(await eventually(() => isThere(scene.at("locked")), LONG));
  let waits = 0;
  scene.waiting = {
    ...scene.waiting,
    wait: async () => {
      waits += 1;
      lock.kill("SIGTERM");
      await lock.status;
      await scene.borg("break-lock", scene.at("two"));
    },
  };
  scene.dumps = { app: { script: `echo x >>"$SCENE/starts"; echo hello` } };
  const run = await scene.run();
  assert.equal(waits, 1);
  assert.equal(await Deno.readTextFile(scene.at("starts")), "x\n");
  for (const label of ["one", "two"]) {
    assert.equal(run.step(label, "dump").state, "ok");
    assert.deepEqual(await scene.archives(label), ["web.db.main.app"]);
  }
});

Deno.test("dumps are read back as far as verify.max_bytes allows, the longest unread first", async () => {
  await using scene = await DumpScene.make("one");
  scene.entries = [entryWith({ repositories: ["one"] })];
  scene.set("one", { verify: { files: 0, cycle: 0, maxBytes: 150 } });
  const dump = (size: number) => ({ script: `head -c ${size} /dev/urandom` });
  scene.dumps = { a: dump(100), b: dump(100), large: dump(400) };
  const read: (readonly string[])[] = [];
  for (let night = 0; night < 4; night += 1) {
    const run = await scene.run();
    assert.equal(run.step("one", "verify-dumps").state, "ok");
    read.push(scene.verified("one"));
  }
  // The large one takes as much as three nights have.
  assert.deepEqual(read, [["a"], ["b"], ["a", "large"], ["b"]]);
});

Deno.test("a dump that comes back otherwise than it was made fails, and nothing is pruned", async () => {
  await using scene = await DumpScene.make("one");
  scene.entries = [entryWith({ repositories: ["one"], retention: { keepLast: 1 } })];
  scene.dumps = { app: { script: "echo hello" } };
  await scene.run();
  scene.meanwhile = async () => {
    // Someone puts another archive in the place of the one that was just made.
    const name = (await scene.names("one")).at(-1) ?? "";
    await scene.borg("delete", `${scene.at("one")}::${name}`);
    await scene.borg("create", "--paths-from-stdin", `${scene.at("one")}::${name}`);
  };
  const run = await scene.run();
  assert.match(
    messages(run.step("one", "verify-dumps")).join(),
    /differs from what the dump program wrote/,
  );
  assert.equal((await scene.names("one")).length, 2);
});

Deno.test("a dump that comes back otherwise is reported, also when the next can't be read at all", async () => {
  await using scene = await DumpScene.make("one");
  scene.entries = [entryWith({ repositories: ["one"] })];
  scene.dumps = { app: { script: "echo hello" }, next: { script: "echo next" } };
  scene.meanwhile = async () => {
    for (const name of await scene.names("one")) {
      await scene.borg("delete", `${scene.at("one")}::${name}`);
      if (!name.includes("app")) continue;
      await scene.borg("create", "--paths-from-stdin", `${scene.at("one")}::${name}`);
    }
  };
  const [differs = "", missing = "", ...others] = messages(
    (await scene.run()).step("one", "verify-dumps"),
  );
  assert.match(differs, /"main\/app" .* differs from what the dump program wrote/);
  assert.match(missing, /next.* does not exist/);
  assert.deepEqual(others, []);
});

async function isThere(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch {
    return false;
  }
}

async function isRunning(directory: string): Promise<boolean> {
  const { code } = await new Deno.Command("pgrep", { args: ["-f", `borg create.*${directory}`] })
    .output();
  return code === 0;
}
