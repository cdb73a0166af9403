/** Scenarios: what is not ours survives, always. */
import assert from "node:assert/strict";
import { writeJournal } from "../../../lib/state/journal.ts";
import { ourSnapshots } from "../leftovers.ts";
import { assertProblem, cleanUp, makePool, PLACES, type Scenario, sh, stage } from "../machine.ts";

const LABEL = "autoborg-vm-2026-01-02T03:04:05Z-0123abcd";

/** Writes a journal as a crashed run would have left it. */
async function leaveJournal(
  names: Readonly<Record<string, string | null>>,
  hostname = "vm",
): Promise<void> {
  await writeJournal(PLACES.state, {
    version: 1,
    name: "vm",
    hostname,
    runs: [{
      runId: "0123abcd",
      startedAt: "2026-01-02T03:04:05.000Z",
      trees: [`${PLACES.temp}/vm`],
      mounts: [],
      snapshots: Object.entries(names).map(([name, guid]) => ({ source: "zfs", name, guid })),
    }],
  });
}

async function guidOf(name: string): Promise<string> {
  return await sh("zfs", "get", "-Hp", "-o", "value", "guid", name);
}

/** What is not ours survives, always. */
export const foreignScenarios: readonly Scenario[] = [
  {
    name: "look-alikes, other configurations, inherited marks: nobody touches them",
    async run() {
      await using _pool = await makePool("kin");
      await sh("zfs", "create", "kin/a");
      await sh("zfs", "set", "org.autoborg:run=0123abcd", "kin");
      const others = [
        `kin/a@${LABEL}`,
        "kin/a@autoborg-other-2026-01-02T03:04:05Z-0123abcd",
        "kin/a@autoborg-vm-2026-01-02T03:04:05Z-0123abcdef",
        "kin/a@autoborg-vm-yesterday",
      ];
      await sh("zfs", "snapshot", "-o", "org.autoborg:run=0123abcd", others[1] ?? "");
      for (const name of [others[0], others[2], others[3]]) await sh("zfs", "snapshot", name ?? "");
      await leaveJournal(Object.fromEntries(others.map((name) => [name, null])));
      const problems = await cleanUp();
      assertProblem(problems, "warning", /-0123abcd" is not touched: it does not have our owner/);
      assertProblem(
        problems,
        "warning",
        /autoborg-other-.* is not touched: its name does not have our format/,
      );
      assert.equal(problems.length, 4);
      {
        await using staged = await stage({ zfs: { datasets: ["kin"], recursive: true } });
        assert.deepEqual(staged.problems, []);
      }
      assert.deepEqual((await ourSnapshots()).toSorted(), others.toSorted());
      for (const name of others) await sh("zfs", "destroy", name);
    },
  },
  {
    name: "a replica with received properties, and a snapshot made anew under our name",
    async run() {
      await using _pool = await makePool("src");
      await using _copy = await makePool("copy");
      await sh("zfs", "create", "src/a");
      await sh("zfs", "snapshot", "-o", "org.autoborg:run=0123abcd", `src/a@${LABEL}`);
      await sh("sh", "-c", `zfs send -p src/a@${LABEL} | zfs receive -u copy/a`);
      const guid = await guidOf(`copy/a@${LABEL}`);
      assert.equal(guid, await guidOf(`src/a@${LABEL}`));
      await sh("zfs", "create", "src/b");
      await sh("zfs", "snapshot", "-o", "org.autoborg:run=0123abcd", `src/b@${LABEL}`);
      await leaveJournal({
        [`src/a@${LABEL}`]: guid,
        [`copy/a@${LABEL}`]: guid,
        [`src/b@${LABEL}`]: "12345",
      });
      const problems = await cleanUp();
      assertProblem(
        problems,
        "warning",
        /"copy\/a@.*does not have our owner property set on itself/,
      );
      assertProblem(problems, "warning", /"src\/b@.*its guid is \d+, expected 12345/);
      assert.equal(problems.length, 2);
      assert.deepEqual(await ourSnapshots(), [`copy/a@${LABEL}`, `src/b@${LABEL}`]);
      await sh("zfs", "destroy", `copy/a@${LABEL}`);
      await sh("zfs", "destroy", `src/b@${LABEL}`);
    },
  },
  {
    name: "a hold and a clone that an administrator makes in mid-run keep the snapshot alive",
    async run() {
      await using _pool = await makePool("adm");
      for (const name of ["held", "cloned", "plain"]) await sh("zfs", "create", `adm/${name}`);
      const staged = await stage({ zfs: { datasets: ["adm"], recursive: true } });
      const names = await ourSnapshots();
      const held = names.find((name) => name.startsWith("adm/held@")) ?? "";
      const cloned = names.find((name) => name.startsWith("adm/cloned@")) ?? "";
      await sh("zfs", "hold", "keep", held);
      await sh("zfs", "clone", cloned, "adm/copy");
      assert.deepEqual(await staged.staging.release(), []);
      assert.deepEqual(await ourSnapshots(), [cloned, held]);
      assert.equal(await sh("zfs", "list", "-H", "-o", "userrefs", "-t", "snapshot", cloned), "0");
      await sh("zfs", "release", "keep", held);
      await sh("zfs", "destroy", "adm/copy");
      assert.deepEqual(await ourSnapshots(), []);
    },
  },
  {
    name: "after a rename and a promotion our snapshots are found again under their new names",
    async run() {
      await using _pool = await makePool("mov");
      await sh("zfs", "create", "mov/old");
      await sh("zfs", "create", "mov/origin");
      await stage({ zfs: { datasets: ["mov/old", "mov/origin"] } });
      // As if the run had died: its mounts are gone, its journal is there.
      for (const path of ["/run/autoborg/vm/mov/old", "/run/autoborg/vm/mov/origin"]) {
        await sh("umount", path);
      }
      const origin = (await ourSnapshots()).find((name) => name.startsWith("mov/origin@")) ?? "";
      await sh("zfs", "clone", origin, "mov/clone");
      await sh("zfs", "promote", "mov/clone");
      await sh("zfs", "rename", "mov/old", "mov/new");
      assert.deepEqual(await cleanUp(), []);
      const left = await ourSnapshots();
      // The former origin is a clone of it now, and keeps it alive; our hold is gone.
      assert.deepEqual(left.map((name) => name.split("@")[0]), ["mov/clone"]);
      assert.equal(await sh("zfs", "get", "-H", "-o", "value", "userrefs", left[0] ?? ""), "0");
      await sh("zfs", "destroy", "mov/origin");
      assert.deepEqual(await ourSnapshots(), []);
    },
  },
  {
    name: "another host's journal is not acted on, nor another configuration's",
    async run() {
      await using _pool = await makePool("host");
      await sh("zfs", "snapshot", "-o", "org.autoborg:run=0123abcd", `host@${LABEL}`);
      await leaveJournal({ [`host@${LABEL}`]: await guidOf(`host@${LABEL}`) }, "elsewhere");
      assertProblem(
        await cleanUp(),
        "warning",
        /written on the host "elsewhere", and this is "vm"/,
      );
      assert.deepEqual(await ourSnapshots(), [`host@${LABEL}`]);
      await leaveJournal({ [`host@${LABEL}`]: await guidOf(`host@${LABEL}`) });
      assert.deepEqual(await cleanUp({ name: "other" }), []);
      assert.deepEqual(await ourSnapshots(), [`host@${LABEL}`]);
      assert.deepEqual(await cleanUp(), []);
    },
  },
  {
    name: "a pool that is exported stays in the journal until it is back",
    async run() {
      await using _pool = await makePool("away");
      await using _here = await makePool("here");
      for (const name of [`away@${LABEL}`, `here@${LABEL}`]) {
        await sh("zfs", "snapshot", "-o", "org.autoborg:run=0123abcd", name);
        await sh("zfs", "hold", "autoborg:0123abcd", name);
      }
      await leaveJournal({
        [`away@${LABEL}`]: await guidOf(`away@${LABEL}`),
        [`here@${LABEL}`]: await guidOf(`here@${LABEL}`),
      });
      await sh("zpool", "export", "away");
      assertProblem(await cleanUp(), "warning", /"away@.*the pool "away" is not imported/);
      {
        await using staged = await stage({ zfs: { datasets: ["here"] } });
        assert.deepEqual(staged.problems, []);
      }
      await sh("zpool", "import", "-d", PLACES.vdevs, "away");
      assert.deepEqual(await ourSnapshots(), [`away@${LABEL}`]);
      assert.deepEqual(await cleanUp(), []);
    },
  },
];
