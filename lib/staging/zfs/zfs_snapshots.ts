/** Snapshots of ZFS. @module */
import { mountSnapshot } from "../../zfs/mounting.ts";
import { readMountTable } from "../../zfs/mount_table.ts";
import { poolOf } from "../../zfs/dataset_names.ts";
import { reasonFor } from "../../zfs/reasons.ts";
import { lookUpSnapshots } from "../../zfs/snapshot_facts.ts";
import {
  deferDestroy,
  holdSnapshots,
  makeSnapshots,
  releaseSnapshots,
} from "../../zfs/snapshots.ts";
import type { SnapshotSource } from "../snapshot_source.ts";
import { inspectMounts } from "./inspect_mounts.ts";
import { locateDirectories } from "./locate_directories.ts";
import { releaseOwn } from "./release_snapshots.ts";
import { selectPools } from "./select_pools.ts";
import { secureSnapshots, takeSnapshots } from "./take_snapshots.ts";

/** Datasets that are configured, and those that directories lie on. */
export const zfsSnapshots: SnapshotSource = {
  name: "zfs",
  async discover({ run, files }, request, paths) {
    const located = await locateDirectories(run, files, request, paths);
    return { ...located, pools: await selectPools(run, request, located.directories) };
  },
  take: takeSnapshots,
  secure: secureSnapshots,
  async mount({ run }, { name, snapshot }, path) {
    const result = await mountSnapshot(run, snapshot, path);
    return result.succeeded ? undefined : reasonFor(result, name, [path]);
  },
  inspect: inspectMounts,
  shownIn: ({ type, source }) => type === "zfs" ? source : undefined,
  release: releaseOwn,
  async rehearse({ run, owner }, step, targets) {
    const pools = Map.groupBy(targets.map(({ snapshot }) => snapshot), poolOf);
    if (step === "inspect") await readMountTable(run, "zfs");
    for (const names of pools.values()) {
      if (step === "take") await makeSnapshots(run, names, owner.runId);
      if (step === "secure") await holdSnapshots(run, names, owner.runId);
      if (step === "release") await releaseSnapshots(run, names, owner.runId);
      if (step === "secure" || step === "release") await lookUpSnapshots(run, names);
      for (const name of step === "secure" ? names : []) {
        await deferDestroy(run, { name, ...owner });
      }
    }
  },
};
