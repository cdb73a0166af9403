/** Scenarios: datasets that can't be had, while the others are staged. */
import assert from "node:assert/strict";
import { requireEmptyTempDir } from "../../../lib/staging/temp_dir.ts";
import { ourMounts, ourSnapshots } from "../leftovers.ts";
import { layShims, letHang } from "../shims.ts";
import {
  assertPaths,
  assertProblem,
  attempt,
  cleanUp,
  makePool,
  pause,
  PLACES,
  say,
  type Scenario,
  sh,
  stage,
} from "../machine.ts";

/** Datasets that can't be had, while the others are staged. */
export const failureScenarios: readonly Scenario[] = [
  {
    name:
      "unknown dataset, unknown pool, volume, missing key, long name: said why, the rest goes on",
    async run() {
      await using _pool = await makePool("bad");
      await sh("zfs", "create", "bad/good");
      await sh("zfs", "create", "-V", "8M", "bad/volume");
      const key = "/var/tmp/key";
      await Deno.writeTextFile(key, "12345678");
      const keyed = [
        "-o",
        "encryption=on",
        "-o",
        "keyformat=passphrase",
        "-o",
        `keylocation=file://${key}`,
      ];
      await sh("zfs", "create", ...keyed, "bad/secret");
      await sh("zfs", "unmount", "bad/secret");
      await sh("zfs", "unload-key", "bad/secret");
      const long = `bad/${"n".repeat(230)}`;
      await sh("zfs", "create", long);
      const datasets = ["bad/good", "bad/nope", "nopool/x", "bad/volume", "bad/secret", long];
      await using staged = await stage({ zfs: { datasets } });
      assertProblem(staged.problems, "error", /"bad\/nope": it does not exist/);
      assertProblem(staged.problems, "error", /"nopool\/x": there is no pool "nopool"/);
      assertProblem(staged.problems, "error", /"bad\/volume": it is a volume/);
      assertProblem(staged.problems, "error", /"bad\/secret": its encryption key is not loaded/);
      assertProblem(
        staged.problems,
        "error",
        /the name of its snapshot would have 2\d\d characters/,
      );
      assert.equal(staged.problems.length, 5);
      assertPaths(staged.paths, ["bad/good"]);
    },
  },
  {
    name: "a dataset that goes away between the list and the snapshot is taken out",
    async run() {
      await using _pool = await makePool("race");
      await sh("zfs", "create", "race/stays");
      await sh("zfs", "create", "race/goes");
      const hooks = {
        before: async () => void await sh("zfs", "destroy", "race/goes"),
        after: () => Promise.resolve([]),
      };
      const datasets = ["race/stays", "race/goes"];
      await using staged = await stage({ hooks, zfs: { datasets } });
      assertProblem(staged.problems, "error", /"race\/goes": it does not exist/);
      assertPaths(staged.paths, ["race/stays"]);
    },
  },
  {
    name: "a read-only pool and a full pool fail alone; a reservation does not take others with it",
    async run() {
      await using _frozen = await makePool("frozen");
      await using _full = await makePool("full", "64M");
      await using _tight = await makePool("tight", "128M");
      await using _fine = await makePool("fine");
      await sh("zpool", "export", "frozen");
      await sh("zpool", "import", "-d", "/var/tmp/vdevs", "-o", "readonly=on", "frozen");
      // A snapshot of it needs as much space again as it holds, and that is not there.
      await sh("zfs", "create", "-o", "refreservation=25M", "tight/reserved");
      await sh("zfs", "create", "tight/free");
      const fill = (path: string, mebibytes: number) =>
        attempt(["dd", "if=/dev/urandom", `of=${path}`, "bs=1M", `count=${mebibytes}`]);
      await fill("/tight/reserved/file", 20);
      await fill("/tight/free/file", 20);
      await fill("/full/fill", 100);
      await sh("sync");
      const datasets = ["frozen", "full", "fine", "tight/reserved", "tight/free"];
      await using staged = await stage({ zfs: { datasets } });
      assertProblem(staged.problems, "error", /"frozen": its pool is imported read-only/);
      assertProblem(staged.problems, "error", /"full": there is no space left/);
      assertProblem(staged.problems, "error", /"tight\/reserved": there is no space left/);
      assert.equal(staged.problems.length, 3);
      assertPaths(staged.paths, ["fine", "tight/free"]);
    },
  },
  {
    name: "a suspended pool fails alone, and is cleaned up when it is back",
    async run() {
      await using _fine = await makePool("fine");
      await sh("mkdir", "-p", "/var/tmp/ram");
      await sh("mount", "-t", "tmpfs", "-o", "size=80M", "tmpfs", "/var/tmp/ram");
      await sh("truncate", "-s", "128M", "/var/tmp/ram/vdev");
      await sh("zpool", "create", "-O", "mountpoint=/stuck", "stuck", "/var/tmp/ram/vdev");
      // The disk below the pool is full: every write fails, and the pool is suspended.
      await attempt(["dd", "if=/dev/zero", "of=/var/tmp/ram/fill", "bs=1M"]);
      const writer = new Deno.Command("sh", {
        args: ["-c", "dd if=/dev/urandom of=/stuck/file bs=1M count=10; sync -f /stuck"],
        stdout: "null",
        stderr: "null",
      }).spawn();
      for (let waited = 0; waited < 60; waited++) {
        const health = await attempt(["zpool", "list", "-H", "-o", "health", "stuck"]);
        if (health.stdout.trim() === "SUSPENDED") break;
        await pause(500);
      }
      {
        await using staged = await stage({
          timeLimit: 8_000,
          zfs: { datasets: ["stuck", "fine"] },
        });
        assertProblem(staged.problems, "error", /"stuck": .*(no answer within|suspended)/);
        assertPaths(staged.paths, ["fine"]);
        const left = await staged.staging.release();
        say(`       ${JSON.stringify(left)}`);
      }
      await Deno.remove("/var/tmp/ram/fill");
      await sh("zpool", "clear", "stuck");
      await writer.status;
      await pause(2_000);
      assert.deepEqual(await cleanUp(), []);
      assert.deepEqual(await ourSnapshots(), []);
      await sh("zpool", "destroy", "stuck");
      await sh("umount", "/var/tmp/ram");
    },
  },
  {
    name: "commands that hang at one pool are given up, the other pool is backed up",
    async run() {
      await using _fine = await makePool("fine");
      await using _stuck = await makePool("stuck");
      for (const command of ["snapshot", "hold"]) {
        {
          await using _shims = await layShims();
          await letHang(`zfs ${command} *stuck*`);
          const datasets = ["stuck", "fine"];
          await using staged = await stage({ timeLimit: 8_000, zfs: { datasets } });
          assertProblem(staged.problems, "error", /"stuck.*no answer within the time limit/);
          assertPaths(staged.paths, ["fine"]);
          const left = await staged.staging.release();
          assertProblem(left, "warning", /"stuck" does not answer/);
        }
        assert.deepEqual(await cleanUp(), [], command);
      }
    },
  },
  {
    name: "a busy mount is left to the next run, which backs up all the same",
    async run() {
      await using _pool = await makePool("busy");
      await Deno.writeTextFile("/busy/file", "1");
      const staged = await stage({ pauses: [200], zfs: { datasets: ["busy"] } });
      const reader = new Deno.Command("sleep", { args: ["600"], cwd: `${staged.root}/busy` })
        .spawn();
      await pause(300);
      try {
        const left = await staged.staging.release();
        assertProblem(left, "warning", /Cannot unmount "\/run\/autoborg\/vm\/busy": it is busy/);
        assert.equal((await ourSnapshots()).length, 1);
        assertProblem(await cleanUp(), "warning", /Cannot unmount/);
        await requireEmptyTempDir({ tempDir: PLACES.temp, stateDir: PLACES.state });
        await using next = await stage({ zfs: { datasets: ["busy"] } });
        assert.deepEqual([next.root, next.problems], ["/run/autoborg/vm~2", []]);
        assert.equal(await Deno.readTextFile(`${next.root}/busy/file`), "1");
        assert.equal((await ourMounts()).length, 2);
      } finally {
        reader.kill("SIGKILL");
        await reader.status;
      }
      assert.deepEqual(await cleanUp(), []);
    },
  },
  {
    name: "foreign content of temp_dir is listed, and never deleted",
    async run() {
      await sh("mkdir", "-p", `${PLACES.temp}/somebody`);
      await Deno.writeTextFile(`${PLACES.temp}/else`, "");
      const wishes = { tempDir: PLACES.temp, stateDir: PLACES.state };
      await assert.rejects(
        requireEmptyTempDir(wishes),
        /it must be empty but contains "else", "somebody"$/,
      );
      await sh("rmdir", `${PLACES.temp}/somebody`);
      await Deno.remove(`${PLACES.temp}/else`);
      await requireEmptyTempDir(wishes);
    },
  },
];
