import assert from "node:assert/strict";
import {
  levelsOf,
  type MountRequest,
  pathsForBorg,
  planMounts,
} from "../../lib/staging/mount/mount_plan.ts";
import { ancestors, inTree } from "../../lib/staging/tree_paths.ts";
import { targetOf } from "../../lib/staging/zfs/select_pools.ts";
import type { Dataset } from "../../lib/zfs/dataset_list.ts";
import { dataset } from "../zfs/datasets.ts";

function datasetAt(name: string, mountpoint: string | undefined, more: Partial<Dataset> = {}) {
  return targetOf(dataset(name, { mountpoint, ...more }), "autoborg-x");
}

function planned(request: Partial<MountRequest>): string[] {
  const nothing = { datasets: [], onSnapshots: [], live: [], oneFileSystem: false };
  const { mounts } = planMounts({ ...nothing, ...request });
  return mounts.map((mount) =>
    `${mount.at} = ${mount.kind === "snapshot" ? mount.of.name : mount.source}`
  );
}

Deno.test("planMounts() puts a dataset at its mount point, or below zfs/ when it has none", () => {
  const datasets = [
    datasetAt("tank/in", "/srv/data/in"),
    datasetAt("tank/data", "/srv/data"),
    datasetAt("tank/none", undefined),
    datasetAt("tank/off", "/srv/off", { canmount: "off", mounted: false }),
  ];
  assert.deepEqual(planned({ datasets }), [
    "srv/data = tank/data",
    "srv/data/in = tank/in",
    "zfs/tank/none = tank/none",
    "zfs/tank/off = tank/off",
  ]);
});

Deno.test("planMounts() gives a shared mount point to the dataset that is mounted there", () => {
  const idle = datasetAt("rpool/old", "/", { mounted: false, canmount: "noauto" });
  const running = datasetAt("rpool/running", "/", { canmount: "noauto" });
  for (const datasets of [[idle, running], [running, idle]]) {
    assert.deepEqual(planned({ datasets }), [" = rpool/running", "zfs/rpool/old = rpool/old"]);
  }
});

Deno.test("planMounts() shares one mount between a dataset and the directories on it", () => {
  const data = datasetAt("tank/data", "/srv/data");
  const leg = datasetAt("tank/leg", undefined);
  const found = planned({
    datasets: [data, leg],
    onSnapshots: [
      {
        path: "/srv/data/a",
        of: data,
        mountpoint: "/srv/data",
        nested: [],
        nestedLive: ["/srv/data/a/ram"],
      },
      {
        path: "/mnt/leg",
        of: leg,
        mountpoint: "/mnt/leg",
        nested: [{ of: datasetAt("tank/x", undefined), mountpoint: "/mnt/leg/x" }],
        nestedLive: [],
      },
    ],
    live: ["/etc"],
  });
  assert.deepEqual(found, [
    "etc = /etc",
    "mnt/leg = tank/leg",
    "srv/data = tank/data",
    "mnt/leg/x = tank/x",
    "zfs/tank/leg = tank/leg",
    "srv/data/a/ram = /srv/data/a/ram",
  ]);
});

Deno.test("pathsForBorg() names what Borg would not reach by itself, and nothing twice", () => {
  const all = ["srv/data", "srv/data/in", "srv/database", "etc"];
  assert.deepEqual(pathsForBorg(all, false), ["etc", "srv/data", "srv/database"]);
  assert.deepEqual(pathsForBorg(all, true), ["etc", "srv/data", "srv/data/in", "srv/database"]);
  assert.deepEqual(pathsForBorg(["", "srv"], false), ["."]);
  assert.deepEqual(pathsForBorg(["", "srv"], true), [".", "srv"]);
});

Deno.test("levelsOf() puts a mount after everything that it lies in", () => {
  const mounts = ["", "a", "a/b/c", "a/b/c/d", "e"].map((at) => ({ at }));
  const levels = levelsOf(mounts).map((level) => level.map(({ at }) => at));
  assert.deepEqual(levels, [[""], ["a", "e"], ["a/b/c"], ["a/b/c/d"]]);
  assert.deepEqual(levelsOf([{ at: "x/y" }, { at: "z" }]).length, 1);
});

Deno.test("ancestors() and inTree() know the root directory", () => {
  assert.deepEqual(ancestors("a/b/c"), ["", "a", "a/b"]);
  assert.deepEqual(ancestors(""), []);
  assert.equal(inTree("/"), "");
  assert.equal(inTree("/srv/data"), "srv/data");
});
