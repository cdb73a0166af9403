/**
 * Looks at everything that a run would read: directories and datasets, as a run looks at them, but
 * without a snapshot.
 *
 * @module
 */
import { discoverSources } from "../staging/discover/discover_sources.ts";
import { poolsOf, selectSources } from "../staging/select/select_sources.ts";
import { SNAPSHOT_SOURCES } from "../staging/system.ts";
import { startWith, zfsRunner } from "../staging/zfs_runner.ts";
import { snapshotLabel } from "../zfs/dataset_names.ts";
import type { ProbeContext } from "./probe_context.ts";
import { datasetFindings, excludeFindings } from "./datasets.ts";
import { directoryFindings } from "./directories.ts";
import type { Finding } from "./finding.ts";
import { probeZfs } from "./programs.ts";

/**
 * Looks at ZFS, the datasets and the source directories.
 *
 * @throws the signal's reason when it aborts
 */
export async function probeSources(
  context: Pick<ProbeContext, "config" | "outer" | "start" | "signal" | "limits" | "now">,
): Promise<readonly Finding[]> {
  const { config, outer, signal, limits } = context;
  const run = zfsRunner({
    scope: { step: "snapshot" },
    emit: () => {},
    environment: outer.PATH === undefined ? {} : { PATH: outer.PATH },
    signal,
    start: startWith(context.start),
    timeLimit: limits.command,
  });
  const { directories, oneFileSystem: oneFileSystem } = config.sources;
  const { zfs, paths: { tempDir: tempDir } } = config;
  const label = snapshotLabel(config.name, context.now, "00000000");
  const discovered = await discoverSources(
    { run, files: Deno, sources: SNAPSHOT_SOURCES },
    { directories, oneFileSystem, zfs, tempDir, label },
  );
  const { onSnapshots, failures } = selectSources(discovered);
  const pools = poolsOf(discovered);
  return [
    await probeZfs(run, pools.length > 0),
    ...datasetFindings(zfs, pools),
    ...excludeFindings(zfs, pools),
    ...await directoryFindings({
      directories,
      problems: discovered.missing,
      onSnapshots,
      doubts: discovered.snapshots.flatMap(({ problems }) => problems),
      snapshots: failures,
    }),
  ];
}
