/** Scenarios: source directories on ZFS and beside it. */
import assert from "node:assert/strict";
import { ourMounts, ourSnapshots } from "../leftovers.ts";
import { assertPaths, assertProblem, makePool, type Scenario, sh, stage } from "../machine.ts";

/** Source directories on ZFS and beside it. */
export const directoryScenarios: readonly Scenario[] = [
  {
    name: "a directory on ZFS is read from a snapshot at its own path, with what is mounted below",
    async run() {
      await using _pool = await makePool("dirs");
      await sh("zfs", "create", "-o", "mountpoint=/srv/d", "dirs/d");
      await sh("mkdir", "-p", "/srv/d/sub/child", "/srv/d/sub/ram", "/srv/d/other");
      await sh("zfs", "create", "-o", "mountpoint=/srv/d/sub/child", "dirs/child");
      await sh("mount", "-t", "tmpfs", "tmpfs", "/srv/d/sub/ram");
      for (const path of ["/srv/d/sub/a", "/srv/d/sub/child/b", "/srv/d/sub/ram/c"]) {
        await Deno.writeTextFile(path, path);
      }
      try {
        {
          await using staged = await stage({ directories: ["/srv/d/sub"] });
          assert.deepEqual(staged.problems, []);
          assertPaths(staged.paths, ["srv/d/sub"]);
          await Deno.writeTextFile("/srv/d/sub/a", "changed");
          await Deno.writeTextFile("/srv/d/sub/child/b", "changed");
          for (const path of ["/srv/d/sub/a", "/srv/d/sub/child/b", "/srv/d/sub/ram/c"]) {
            assert.equal(await Deno.readTextFile(`${staged.root}${path}`), path);
          }
        }
        // What was shown twice is still there where it belongs.
        assert.equal(await Deno.readTextFile("/srv/d/sub/ram/c"), "/srv/d/sub/ram/c");
        await using staged = await stage({ directories: ["/srv/d/sub"], oneFileSystem: true });
        assertPaths(staged.paths, ["srv/d/sub"]);
        assert.equal((await ourMounts()).length, 1);
      } finally {
        await sh("umount", "/srv/d/sub/ram");
      }
    },
  },
  {
    name: "live directories stand beside datasets, nothing of them is unmounted with the tree",
    async run() {
      await using _pool = await makePool("mix");
      await sh("mkdir", "-p", "/live/x/inner", "/live/x/set", "/live/plain");
      await sh("mount", "-t", "tmpfs", "tmpfs", "/live/x/inner");
      await Deno.writeTextFile("/live/x/inner/file", "inner");
      await Deno.writeTextFile("/live/plain/single", "single");
      await sh("zfs", "create", "-o", "mountpoint=/live/x/set", "mix/set");
      await Deno.writeTextFile("/live/x/set/file", "then");
      const before = await Deno.readTextFile("/proc/self/mountinfo");
      try {
        const wishes = {
          directories: ["/live/x", "/live/plain/single", "/live/missing"],
          zfs: { datasets: ["mix/set"] },
        };
        {
          await using staged = await stage(wishes);
          assertProblem(staged.problems, "error", /"\/live\/missing": it does not exist/);
          assert.equal(staged.problems.length, 1);
          assertPaths(staged.paths, ["live/plain/single", "live/x"]);
          await Deno.writeTextFile("/live/x/set/file", "now");
          assert.equal(await Deno.readTextFile(`${staged.root}/live/x/set/file`), "then");
          assert.equal(await Deno.readTextFile(`${staged.root}/live/x/inner/file`), "inner");
          assert.equal(await Deno.readTextFile(`${staged.root}/live/plain/single`), "single");
          await assert.rejects(Deno.writeTextFile(`${staged.root}/live/x/new`, ""));
        }
        assert.equal(await Deno.readTextFile("/proc/self/mountinfo"), before);
        await using staged = await stage({ ...wishes, oneFileSystem: true });
        assertPaths(staged.paths, ["live/plain/single", "live/x"]);
        await assert.rejects(Deno.lstat(`${staged.root}/live/x/inner/file`));
      } finally {
        await sh("umount", "/live/x/inner");
      }
    },
  },
  {
    name: "a part of a dataset that is bound elsewhere is read live and not taken for the whole",
    async run() {
      await using _pool = await makePool("part");
      await sh("mkdir", "-p", "/part/sub/exported", "/exported");
      await Deno.writeTextFile("/part/sub/exported/file", "file");
      await sh("mount", "--bind", "/part/sub/exported", "/exported");
      try {
        await using staged = await stage({ directories: ["/exported", "/part"] });
        assert.deepEqual(staged.problems, []);
        assertPaths(staged.paths, ["exported", "part"]);
        assert.equal(await Deno.readTextFile(`${staged.root}/exported/file`), "file");
        await sh("zfs", "unmount", "-f", "part").catch(() => {});
      } finally {
        await sh("umount", "/exported");
      }
    },
  },
  {
    name: "without snapshot_directories a directory on an unselected dataset is pointed out",
    async run() {
      await using _pool = await makePool("plain");
      const zfs = { snapshotDirectories: false };
      await using staged = await stage({ directories: ["/plain"], zfs });
      assertProblem(
        staged.problems,
        "warning",
        /lies on the dataset "plain", which is not selected/,
      );
      assert.deepEqual([staged.root, staged.paths], ["/", ["plain"]]);
      assert.deepEqual(await ourSnapshots(), []);
    },
  },
  {
    name: "a directory whose pool is read-only is read live, with a warning",
    async run() {
      await using _pool = await makePool("frozen");
      await Deno.writeTextFile("/frozen/file", "file");
      await sh("zpool", "export", "frozen");
      await sh("zpool", "import", "-d", "/var/tmp/vdevs", "-o", "readonly=on", "frozen");
      await using staged = await stage({ directories: ["/frozen"] });
      assertProblem(staged.problems, "warning", /"\/frozen" is read live.*read-only/);
      assert.deepEqual([staged.root, staged.paths], ["/", ["frozen"]]);
    },
  },
];
