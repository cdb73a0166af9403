/** Which of the configured sources a repository gets. Pure. @module */
import type { Config, Repository } from "../config/config_schema.ts";
import { isSelectedDataset } from "../staging/selected_dataset.ts";

/** The sources of a configuration, or those of them that one repository gets. */
type Sources = Pick<Config, "sources" | "zfs">;

type Narrowing = Pick<Repository, "directories" | "datasets" | "exclude">;

/** Whether a repository gets only a part of the sources. */
export function isNarrowed({ directories, datasets, exclude }: Narrowing): boolean {
  return directories !== undefined || datasets !== undefined || exclude.length > 0;
}

/** The sources that at least one of some repositories gets: no others need be snapshotted. */
export function sourcesOfAny(
  { sources, zfs }: Sources,
  repositories: readonly Narrowing[],
): Sources {
  const isWanted = (key: "directories" | "datasets") => (name: string) =>
    repositories.some((repository) => repository[key]?.includes(name) ?? true);
  return {
    sources: {
      ...sources,
      directories: sources.directories.filter(isWanted("directories")),
      optional: sources.optional.filter(isWanted("directories")),
    },
    zfs: { ...zfs, datasets: zfs.datasets.filter(isWanted("datasets")) },
  };
}

/** Whether a path of a directory, or a name of a dataset, is a source in a plan. */
export function isConfigured({ sources, zfs }: Sources, path: string): boolean {
  if (!path.startsWith("/")) return isSelectedDataset(zfs, path);
  return sources.directories.includes(path) || sources.optional.includes(path);
}
