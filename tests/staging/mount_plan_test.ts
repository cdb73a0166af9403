import assert from "node:assert/strict";
import fc from "fast-check";
import { failure, warning } from "../../lib/problem.ts";
import { levelsOf, pathsForBorg, planMounts } from "../../lib/staging/mount/mount_plan.ts";
import type { SelectedSources } from "../../lib/staging/select/select_sources.ts";
import type { SnapshotTarget } from "../../lib/staging/snapshot_source.ts";
import { ancestors, innermostFirst, inTree, isBelow } from "../../lib/staging/tree_paths.ts";
import { targetOf } from "../../lib/staging/zfs/select_pools.ts";
import type { Dataset } from "../../lib/zfs/dataset_list.ts";
import { dataset } from "../zfs/datasets.ts";

function datasetAt(name: string, mountpoint: string | undefined, more: Partial<Dataset> = {}) {
  return targetOf(dataset(name, { mountpoint, ...more }), "autoborg-x");
}

/** Plans the mounts when all of these have a snapshot. */
function planOf(targets: readonly SnapshotTarget[], selection: Partial<SelectedSources>) {
  const nothing = { datasets: [], onSnapshots: [], live: [], failures: new Map() };
  const taken = new Map(targets.map((target) => [target.name, target]));
  const plan = planMounts({ ...nothing, ...selection }, { taken, failures: new Map() }, false);
  const mounts = plan.mounts.map((mount) =>
    `${mount.at} = ${mount.kind === "snapshot" ? mount.of.name : mount.source}`
  );
  return { ...plan, mounts };
}

function planned(datasets: readonly SnapshotTarget[]): readonly string[] {
  return planOf(datasets, { datasets }).mounts;
}

Deno.test("planMounts() puts a dataset at its mount point, or below zfs/ when it has none", () => {
  const datasets = [
    datasetAt("tank/in", "/srv/data/in"),
    datasetAt("tank/data", "/srv/data"),
    datasetAt("tank/none", undefined),
    datasetAt("tank/off", "/srv/off", { canmount: "off", mounted: false }),
  ];
  assert.deepEqual(planned(datasets), [
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
    assert.deepEqual(planned(datasets), [" = rpool/running", "zfs/rpool/old = rpool/old"]);
  }
});

Deno.test("planMounts() shares one mount between a dataset and the directories on it", () => {
  const data = datasetAt("tank/data", "/srv/data");
  const leg = datasetAt("tank/leg", undefined);
  const x = datasetAt("tank/x", undefined);
  const { mounts: found } = planOf([data, leg, x], {
    datasets: [data, leg],
    onSnapshots: [
      {
        path: "/srv/data/a",
        dataset: "tank/data",
        mountpoint: "/srv/data",
        nestedDatasets: [],
        nestedMounts: ["/srv/data/a/ram"],
      },
      {
        path: "/mnt/leg",
        dataset: "tank/leg",
        mountpoint: "/mnt/leg",
        nestedDatasets: [{ dataset: "tank/x", mountpoint: "/mnt/leg/x" }],
        nestedMounts: [],
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

Deno.test("planMounts() reads live what has no snapshot, and says why", () => {
  const data = datasetAt("tank/data", "/srv/data");
  const directory = { path: "/srv/data/a", dataset: "tank/data", mountpoint: "/srv/data" };
  const nested = [{ dataset: "tank/in", mountpoint: "/srv/data/a/in" }];
  const onSnapshots = [{ ...directory, nestedDatasets: nested, nestedMounts: [] }];
  const part = planOf([data], { datasets: [data], onSnapshots });
  assert.deepEqual(part.mounts, ["srv/data = tank/data", "srv/data/a/in = /srv/data/a/in"]);
  assert.deepEqual(part.live, []);
  assert.match(
    part.problems[0]?.message ?? "",
    /^The directory "\/srv\/data\/a\/in" is read live/,
  );
  const failures = new Map([["tank/data", failure("Cannot say why", "Look")]]);
  const all = planOf([], { datasets: [data], onSnapshots, failures, live: ["/etc"] });
  assert.deepEqual(all.live, ["/etc", "/srv/data/a"]);
  assert.deepEqual(all.mounts, ["etc = /etc", "srv/data/a = /srv/data/a"]);
  assert.deepEqual(all.problems, [
    warning(
      'The directory "/srv/data/a" is read live: autoborg cannot say why',
      "Look",
    ),
  ]);
});

Deno.test("pathsForBorg() names what lies in another source first, and nothing twice", () => {
  const all = ["srv/data", "srv/data/in", "etc", "srv/database", "srv/data"];
  assert.deepEqual(pathsForBorg(all), ["srv/data/in", "srv/data", "etc", "srv/database"]);
  assert.deepEqual(pathsForBorg(["", "srv"]), ["srv", "."]);
});

Deno.test("innermostFirst() leaves no place behind one that it lies in, whatever the order", () => {
  const place = fc.array(fc.constantFrom("a", "b"), { maxLength: 4 }).map((all) => all.join("/"));
  fc.assert(fc.property(fc.uniqueArray(place), (places) => {
    const ordered = innermostFirst(places, (at) => at);
    assert.deepEqual(ordered.toSorted(), places.toSorted());
    for (const [index, at] of ordered.entries()) {
      assert.ok(!ordered.slice(0, index).some((before) => isBelow(at, before)), ordered.join());
    }
  }));
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
