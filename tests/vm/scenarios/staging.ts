/** Scenarios: what is staged, and where. */
import assert from "node:assert/strict";
import { assertNothingLeft, ourMounts, ourSnapshots } from "../leftovers.ts";
import {
  assertPaths,
  assertProblem,
  makePool,
  say,
  type Scenario,
  sh,
  stage,
  startedCommands,
} from "../machine.ts";

/** What is staged, and where. */
export const stagingScenarios: readonly Scenario[] = [
  {
    name: "several pools: one step each, held, marked, mounted harmlessly, few programs",
    async run() {
      await using _one = await makePool("one");
      await using _two = await makePool("two");
      await sh("zfs", "create", "-o", "mountpoint=/srv/data", "one/data");
      await sh("zfs", "create", "one/data/deep");
      await sh("zfs", "create", "one/data/deep/er");
      await sh("zfs", "create", "one/with space");
      await sh("zfs", "create", "one/x on ");
      await sh("zfs", "create", "two/logs");
      for (const path of ["/srv/data", "/srv/data/deep/er", "/one/with space", "/two/logs"]) {
        await Deno.writeTextFile(`${path}/file`, path);
      }
      const datasets = [
        "one/data",
        "one/data/deep",
        "one/data/deep/er",
        "one/with space",
        "one/x on ",
        "two/logs",
      ];
      {
        await using staged = await stage({ zfs: { datasets } });
        assert.deepEqual(staged.problems, []);
        assertPaths(staged.paths, ["one/with space", "one/x on ", "srv/data", "two/logs"]);
        for (const path of ["srv/data", "srv/data/deep/er", "one/with space", "two/logs"]) {
          assert.equal(await Deno.readTextFile(`${staged.root}/${path}/file`), `/${path}`);
        }
        await Deno.writeTextFile("/srv/data/file", "changed later");
        assert.equal(await Deno.readTextFile(`${staged.root}/srv/data/file`), "/srv/data");
        const mounts = await ourMounts();
        assert.equal(mounts.length, datasets.length);
        for (const mount of mounts) assert.match(mount, / ro,nosuid,nodev,noexec[, ]/);
        const names = await ourSnapshots();
        assert.equal(names.length, datasets.length);
        for (const pool of ["one", "two"]) {
          const own = names.filter((name) => name.startsWith(`${pool}/`));
          const properties = "createtxg,defer_destroy,userrefs,org.autoborg:run";
          const facts = await sh("zfs", "get", "-Hp", "-o", "value,source", properties, ...own);
          assert.equal(new Set(facts.split("\n")).size, 4, facts);
          assert.match(facts, /^[0-9a-f]{8}\tlocal$/m);
        }
        const commands = startedCommands();
        const count = (command: string) => commands.filter((name) => name === command).length;
        assert.equal(count("zfs list"), 2);
        assert.equal(count("zfs snapshot"), 2);
        assert.equal(count("zfs get"), 2);
        assert.equal(count("zfs hold"), 2);
        assert.equal(count("zfs destroy"), datasets.length);
        assert.equal(count("mount -i"), datasets.length);
        await staged.staging.release();
        const all = startedCommands();
        assert.equal(all.filter((name) => name === "zfs release").length, 2);
        assert.equal(all.filter((name) => name.startsWith("umount")).length, 1);
      }
      await assertNothingLeft();
    },
  },
  {
    name: "none, legacy, canmount=off and a collision go below zfs/, in the same place each time",
    async run() {
      await using _pool = await makePool("odd");
      await sh("zfs", "create", "-o", "mountpoint=none", "odd/none");
      await sh("zfs", "create", "-o", "mountpoint=legacy", "odd/legacy");
      await sh("zfs", "create", "-o", "canmount=off", "odd/off");
      await sh("zfs", "create", "-o", "canmount=off", "odd/filled");
      await sh("mkdir", "/mnt/x");
      await sh("mount", "-i", "-t", "zfs", "odd/filled", "/mnt/x");
      await Deno.writeTextFile("/mnt/x/hidden", "hidden");
      await sh("umount", "/mnt/x");
      await sh("zfs", "create", "-o", "mountpoint=/boots", "odd/a");
      await sh("zfs", "create", "-o", "mountpoint=/boots", "-o", "canmount=noauto", "odd/b");
      await sh("zfs", "unmount", "odd/a");
      await sh("zfs", "mount", "odd/b");
      await sh("zfs", "create", "-o", "canmount=noauto", "odd/later");
      for (let round = 1; round <= 2; round++) {
        await using staged = await stage({ zfs: { datasets: ["odd"], recursive: true } });
        assertProblem(
          staged.problems,
          "warning",
          /"odd\/filled" has canmount=off but contains files/,
        );
        assert.equal(staged.problems.length, 1);
        const mounts = (await ourMounts()).map((line) => {
          const fields = line.split(" ");
          return `${fields.at(-2)?.split("@")[0]} ${fields[4]}`;
        });
        assert.deepEqual(mounts.toSorted(), [
          // "odd" is empty and lacks the mount point of "odd/later", which was never mounted.
          "autoborg /run/autoborg/vm/odd",
          "odd /run/autoborg/vm/odd",
          "odd/a /run/autoborg/vm/zfs/odd/a",
          "odd/b /run/autoborg/vm/boots",
          "odd/filled /run/autoborg/vm/zfs/odd/filled",
          "odd/later /run/autoborg/vm/odd/later",
          "odd/legacy /run/autoborg/vm/zfs/odd/legacy",
          "odd/none /run/autoborg/vm/zfs/odd/none",
          "odd/off /run/autoborg/vm/zfs/odd/off",
        ]);
      }
    },
  },
  {
    name: "recursive with exclude; a dataset below an excluded one stays at its place",
    async run() {
      await using _pool = await makePool("rec");
      for (const name of ["a", "a/cache", "a/mid", "a/mid/in", "b", "b/cache", "tmp1", "tmp2"]) {
        await sh("zfs", "create", `rec/${name}`);
      }
      await sh("chmod", "0711", "/rec/a/mid");
      await Deno.writeTextFile("/rec/a/mid/in/file", "deep");
      const exclude = ["rec/*/cache", "rec/tmp?", "rec/a/mid"];
      await using staged = await stage({ zfs: { datasets: ["rec"], recursive: true, exclude } });
      assert.deepEqual(staged.problems, []);
      assertPaths(staged.paths, ["rec"]);
      const names = (await ourSnapshots()).map((name) => name.split("@")[0]);
      assert.deepEqual(names.toSorted(), ["rec", "rec/a", "rec/a/mid/in", "rec/b"]);
      assert.equal(await Deno.readTextFile(`${staged.root}/rec/a/mid/in/file`), "deep");
    },
  },
  {
    name: "unselected children are pointed out, excluded ones are not",
    long: "unit tests say the same of the same listing",
    async run() {
      await using _pool = await makePool("kids");
      await sh("zfs", "create", "kids/a");
      await sh("zfs", "create", "kids/a/child");
      {
        await using staged = await stage({ zfs: { datasets: ["kids/a"] } });
        assertProblem(staged.problems, "warning", /not selected themselves: "kids\/a\/child"/);
      }
      await using staged = await stage({ zfs: { datasets: ["kids/a"], exclude: ["kids/a/*"] } });
      assert.deepEqual(staged.problems, []);
    },
  },
  {
    name: "odd mount points: line break, tab, umlaut, backslash, files hidden below",
    async run() {
      await using _pool = await makePool("weird");
      await sh("zfs", "create", "weird/p");
      await sh("mkdir", "/weird/p/covered");
      await Deno.writeTextFile("/weird/p/covered/below", "hidden by the mount");
      const places = {
        line: "/weird/p/new\nline",
        tab: "/weird/p/t\tab",
        umlaut: "/weird/p/Bücher",
        back: "/weird/p/back\\slash",
        paren: "/weird/p/p (x) type zfs (rw)",
        covered: "/weird/p/covered",
      };
      for (const [name, mountpoint] of Object.entries(places)) {
        await sh("zfs", "create", "-o", `mountpoint=${mountpoint}`, `weird/${name}`);
        await Deno.writeTextFile(`${mountpoint}/file`, name);
      }
      await using staged = await stage({ zfs: { datasets: ["weird"], recursive: true } });
      assert.deepEqual(staged.problems, []);
      for (const name of ["umlaut", "back", "paren", "covered"] as const) {
        assert.equal(await Deno.readTextFile(`${staged.root}${places[name]}/file`), name);
      }
      for (const name of ["line", "tab"]) {
        assert.equal(await Deno.readTextFile(`${staged.root}/zfs/weird/${name}/file`), name);
      }
    },
  },
  {
    name: "the layout of a system on ZFS: the root directory is a dataset, others have no place",
    long: 'the scenario "a dry run of a system on ZFS" has the same layout',
    async run() {
      await using _pool = await makePool("tree");
      await sh("zfs", "set", "mountpoint=none", "tree");
      await sh("zfs", "create", "-o", "mountpoint=none", "tree/ROOT");
      for (const name of ["debian", "older"]) {
        await sh(
          "zfs",
          "create",
          "-o",
          "canmount=noauto",
          "-o",
          "mountpoint=/",
          `tree/ROOT/${name}`,
        );
      }
      await sh("zfs", "create", "-o", "canmount=noauto", "-o", "mountpoint=/home", "tree/home");
      await sh("mkdir", "-p", "/mnt/root");
      await sh("mount", "-i", "-t", "zfs", "tree/ROOT/debian", "/mnt/root");
      await sh("mkdir", "/mnt/root/etc", "/mnt/root/home");
      await Deno.writeTextFile("/mnt/root/etc/hostname", "debian");
      await Deno.writeTextFile("/mnt/root/file", "in the root");
      await Deno.symlink("usr/bin", "/mnt/root/bin");
      await sh("umount", "/mnt/root");
      await sh("mount", "-i", "-t", "zfs", "tree/home", "/mnt/root");
      await Deno.writeTextFile("/mnt/root/user", "at home");
      await sh("umount", "/mnt/root");
      await using staged = await stage({ zfs: { datasets: ["tree"], recursive: true } });
      assert.deepEqual(staged.problems, []);
      assert.equal(await Deno.readTextFile(`${staged.root}/etc/hostname`), "debian");
      assert.equal(await Deno.readTextFile(`${staged.root}/file`), "in the root");
      assert.equal(await Deno.readLink(`${staged.root}/bin`), "usr/bin");
      assert.equal(await Deno.readTextFile(`${staged.root}/home/user`), "at home");
      await Deno.lstat(`${staged.root}/zfs/tree/ROOT/older`);
      assertPaths(staged.paths, ["bin", "etc", "file", "home", "zfs/tree"]);
    },
  },
  {
    name: "many datasets: how long it takes",
    long: "it measures, and is the longest of its group",
    async run() {
      const count = Number(Deno.env.get("AUTOBORG_VM_DATASETS") ?? "50");
      await using _pool = await makePool("many", "1G");
      await sh("sh", "-c", `seq ${count} | xargs -P 16 -I % zfs create -u many/d%`);
      const started = performance.now();
      const staged = await stage({ zfs: { datasets: ["many"], recursive: true } });
      const between = performance.now();
      const mounts = await ourMounts();
      await staged.staging.release();
      const seconds = (from: number, to: number) => ((to - from) / 1_000).toFixed(1);
      say(
        `       ${count} datasets: staged in ${seconds(started, between)} s, ` +
          `released in ${seconds(between, performance.now())} s`,
      );
      assert.deepEqual(staged.problems, []);
      // None of them was ever mounted: one tiny file system provides the mount points.
      assert.equal(mounts.length, count + 2);
    },
  },
];
