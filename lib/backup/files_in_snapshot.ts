/** Which databases lie on datasets that a run snapshots. Pure. @module */
import type { StagedRoot } from "../staging/staging.ts";
import { isWithin } from "../text/path_parts.ts";

/** A dataset of the run. */
export type SnapshotRoot = Pick<StagedRoot, "kind" | "path" | "at">;

/**
 * Says that a snapshot has the files of databases, too: as they would be after a power failure, of the
 * same moment for all of a pool.
 *
 * @param files where the databases are on this machine, each an absolute path
 * @param roots what the run reads
 * @returns `undefined`: none of them is in a snapshot
 */
export function filesInSnapshot(
  label: string,
  files: readonly string[],
  roots: readonly SnapshotRoot[],
): string | undefined {
  const held = files.flatMap((file) => {
    const around = roots.filter(({ kind, at }) => kind === "dataset" && isWithin(file, `/${at}`));
    const [dataset] = around.toSorted((one, other) => other.at.length - one.at.length);
    return dataset === undefined ? [] : [`${file} (${dataset.path})`];
  });
  if (held.length === 0) return undefined;
  return `the files of "${label}" are in a snapshot of this run as well, as after a power failure: ` +
    held.join(", ");
}
