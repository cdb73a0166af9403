/** Scenarios: a run dies at any point, and the next one cleans up after it. */
import assert from "node:assert/strict";
import { assertNothingLeft, namesIn, ourMounts, ourSnapshots } from "../leftovers.ts";
import {
  assertProblem,
  attempt,
  cleanUp,
  makePool,
  pause,
  PLACES,
  type Scenario,
  sh,
  stage,
  type Wishes,
} from "../machine.ts";
import { type Ambush, layShims } from "../shims.ts";

const DRIVER = new URL("../driver.ts", import.meta.url).pathname;
const DATASETS = ["dead", "dead/inner", "gone/other"];
const WISHES: Wishes = { runId: "dead0001", zfs: { datasets: DATASETS } };

/** Stages and releases in a process of its own, and waits until that has ended. */
async function drive(before: readonly string[] = [], wishes: Wishes = WISHES): Promise<void> {
  const deno = [Deno.execPath(), "run", "-A", "--no-check", "--cached-only", DRIVER];
  const ran = await attempt([...before, ...deno, JSON.stringify(wishes)], {
    DENO_DIR: Deno.env.get("DENO_DIR") ?? "",
  });
  assert.equal(ran.code, 128 + 9, `it was not killed: ${ran.stdout}${ran.stderr}`);
}

/** A process with mounts of its own; disposing of it ends it. */
async function inAnotherNamespace(directory: string): Promise<AsyncDisposable> {
  const script = `cd "${directory}" && echo ready && exec sleep 600`;
  const process = new Deno.Command("unshare", {
    args: ["--mount", "--propagation", "private", "sh", "-c", script],
    stdout: "piped",
  }).spawn();
  // By then it has copies of the mounts, and unmounting here does not reach them.
  await process.stdout.getReader().read();
  return {
    async [Symbol.asyncDispose]() {
      process.kill("SIGKILL");
      await process.status;
    },
  };
}

/** Where it dies, and whether snapshots and mounts are there then. */
const DEATHS: readonly (Ambush & { snapshots: number; mounts: number })[] = [
  { command: "zfs snapshot", when: "before", signal: "KILL", snapshots: 0, mounts: 0 },
  { command: "zfs snapshot", when: "after", signal: "KILL", snapshots: 1, mounts: 0 },
  { command: "zfs get", when: "after", signal: "KILL", snapshots: 3, mounts: 0 },
  { command: "zfs hold", when: "after", signal: "KILL", snapshots: 3, mounts: 0 },
  { command: "zfs destroy", when: "after", signal: "KILL", snapshots: 3, mounts: 0 },
  { command: "mount -i", when: "after", signal: "KILL", snapshots: 3, mounts: 1 },
  { command: "umount", when: "before", signal: "KILL", snapshots: 3, mounts: 3 },
  { command: "umount", when: "after", signal: "KILL", snapshots: 3, mounts: 0 },
  { command: "zfs release", when: "before", signal: "KILL", snapshots: 1, mounts: 0 },
  { command: "zfs release", when: "after", signal: "KILL", snapshots: 0, mounts: 0 },
];

async function makePools(): Promise<AsyncDisposable> {
  await using stack = new AsyncDisposableStack();
  stack.use(await makePool("dead"));
  stack.use(await makePool("gone"));
  await sh("zfs", "create", "dead/inner");
  await sh("zfs", "create", "gone/other");
  return stack.move();
}

/** A run dies at any point, and the next one cleans up after it. */
export const deathScenarios: readonly Scenario[] = [
  {
    name: "SIGKILL at each stage: the next run finds everything and cleans it up",
    async run() {
      await using _pools = await makePools();
      for (const death of DEATHS) {
        const where = `${death.when} ${death.command}`;
        {
          await using _shims = await layShims(death);
          await drive();
        }
        const [snapshots, mounts] = [await ourSnapshots(), await ourMounts()];
        assert(snapshots.length >= death.snapshots, `${where}: ${snapshots}`);
        assert(mounts.length >= death.mounts, `${where}: ${mounts}`);
        assert((await namesIn(PLACES.state)).includes("journal-vm.json"), where);
        assert.deepEqual(await cleanUp(), [], where);
        await assertNothingLeft();
      }
      await using staged = await stage({ zfs: { datasets: DATASETS } });
      assert.deepEqual(staged.problems, []);
    },
  },
  {
    name: "a reboot: /run is empty, the snapshots and holds are still there",
    async run() {
      await using _pools = await makePools();
      {
        await using _shims = await layShims({ command: "umount", when: "before", signal: "KILL" });
        await drive();
      }
      for (const line of (await ourMounts()).toReversed()) {
        await sh("umount", line.split(" ")[4] ?? "");
      }
      await Deno.remove(PLACES.temp, { recursive: true });
      assert.equal((await ourSnapshots()).length, 3);
      assert.deepEqual(await cleanUp(), []);
    },
  },
  {
    name: "mounts in a mount namespace that is gone with its run",
    async run() {
      await using _pools = await makePools();
      {
        await using _shims = await layShims({ command: "umount", when: "before", signal: "KILL" });
        await drive(["unshare", "--mount", "--propagation", "private"]);
      }
      assert.deepEqual(await ourMounts(), []);
      assert.equal((await ourSnapshots()).length, 3);
      assert.deepEqual(await cleanUp(), []);
    },
  },
  {
    name:
      "another mount namespace: copies of the mounts go, a process that sits in one is waited for",
    async run() {
      await using _pools = await makePools();
      {
        const staged = await stage({ zfs: { datasets: DATASETS } });
        await using _other = await inAnotherNamespace("/");
        assert.deepEqual(await staged.staging.release(), []);
        await assertNothingLeft();
      }
      const staged = await stage({ pauses: [200], zfs: { datasets: DATASETS } });
      {
        await using _other = await inAnotherNamespace(`${staged.root}/dead/inner`);
        assertProblem(
          await staged.staging.release(),
          "warning",
          /still in use, perhaps in another/,
        );
        assert.deepEqual(await ourMounts(), []);
        assert.equal((await ourSnapshots()).length, 1);
        assertProblem(await cleanUp(), "warning", /Cannot release the snapshot "dead\/inner@/);
      }
      await pause(500);
      assert.deepEqual(await cleanUp(), []);
    },
  },
  {
    name: "bind mounts of a crashed run are unmounted, what they show stays mounted",
    async run() {
      await using _pools = await makePools();
      await sh("mkdir", "-p", "/live/dir/mnt");
      await sh("mount", "-t", "tmpfs", "tmpfs", "/live/dir/mnt");
      const before = await Deno.readTextFile("/proc/self/mountinfo");
      try {
        await using _shims = await layShims({ command: "umount", when: "before", signal: "KILL" });
        await drive([], { ...WISHES, directories: ["/live/dir"], zfs: { datasets: ["dead"] } });
        assert.equal((await ourMounts()).length, 3);
        // As if the maker of the bind mount had died before it made it private.
        await sh("mount", "--make-rshared", `${PLACES.temp}/vm/live/dir`);
        assert.deepEqual(await cleanUp(), []);
        assert.equal(await Deno.readTextFile("/proc/self/mountinfo"), before);
      } finally {
        await sh("umount", "/live/dir/mnt");
      }
    },
  },
];
