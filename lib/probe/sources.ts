/**
 * Looks at everything that a run would read: directories and datasets, as a run looks at them, but
 * without a snapshot.
 *
 * @module
 */
import { commandRunner } from "../staging/commands.ts";
import { lookOver } from "../staging/look_over.ts";
import type { PoolSelection } from "../staging/select_pools.ts";
import { snapshotLabel } from "../zfs/dataset_names.ts";
import type { ProbeContext } from "./probe_context.ts";
import { datasetFindings, excludeFindings } from "./datasets.ts";
import { directoryFindings } from "./directories.ts";
import type { Finding } from "./finding.ts";
import { probeZfs } from "./zfs_module.ts";

/**
 * Looks at ZFS, the datasets and the source directories.
 *
 * @param context what probes work with
 * @returns findings about these, in this order
 * @throws the signal's reason when it aborts
 */
export async function probeSources(
  context: Pick<ProbeContext, "config" | "outer" | "signal" | "limits" | "now">,
): Promise<readonly Finding[]> {
  const { config, outer, signal, limits } = context;
  const run = commandRunner({
    scope: { step: "snapshot" },
    emit: () => {},
    environment: outer.PATH === undefined ? {} : { PATH: outer.PATH },
    signal,
    timeLimit: limits.command,
  });
  const { directories, one_file_system } = config.sources;
  const { zfs, paths: { temp_dir } } = config;
  const wishes = { directories, one_file_system, zfs, temp_dir };
  const label = snapshotLabel(config.name, context.now, "00000000");
  const { missing: problems, survey, pools } = await lookOver(run, wishes, label);
  return [
    await probeZfs(run, pools.length > 0),
    ...datasetFindings(zfs, pools),
    ...excludeFindings(zfs, pools),
    ...await directoryFindings({ directories, problems, survey, snapshots: failuresOf(pools) }),
  ];
}

/** Why datasets that directories lie on would get no snapshot. */
function failuresOf(pools: readonly PoolSelection[]) {
  return new Map(pools.flatMap(({ failures }) => [...failures]));
}
