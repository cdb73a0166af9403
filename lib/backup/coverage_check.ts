/** Finds out what of this machine no run backs up. @module */
import { localPath } from "../borg/repository.ts";
import type { Config } from "../config/config_schema.ts";
import { findUncovered } from "../inspect/missing_places.ts";
import { type Problem, warning } from "../problem.ts";
import { isNamedDataset } from "../staging/selected_dataset.ts";
import { findMachinePlaces } from "../staging/machine_places.ts";
import type { DiscoveryTools } from "../staging/snapshot_source.ts";
import { look } from "../staging/staging_files.ts";
import { parseUncovered, type Uncovered, uncoveredName } from "../state/uncovered.ts";

/** What of a configuration tells what is backed up. */
export type CoveredConfig = Pick<
  Config,
  "sources" | "zfs" | "repositories" | "databases" | "paths" | "coverage"
>;

/** Looks for what is in no source, or is copied while programs write to it. */
export async function lookForUncovered(
  tools: Pick<DiscoveryTools, "run" | "files">,
  { sources, zfs, repositories, databases, paths, coverage }: CoveredConfig,
  root = "/",
): Promise<readonly Uncovered[]> {
  const places = await findMachinePlaces(tools, {
    tempDir: paths.tempDir,
    repositories: repositories.flatMap(({ url }) => localPath(url) ?? []),
    root,
  });
  const all = [...new Set([...sources.directories, ...sources.optional])];
  const directories = await Promise.all(all.map(async (path) => {
    try {
      const real = await tools.files.realPath(path);
      return { path: real, dev: (await look(tools.files, real)).dev };
    } catch {
      return { path };
    }
  }));
  return findUncovered(places, {
    directories,
    isChosenDataset: (name) => isNamedDataset(zfs, name),
    snapshotDirectories: zfs.snapshotDirectories,
    oneFileSystem: sources.oneFileSystem,
    exclude: sources.exclude,
    ignore: coverage.ignore,
    dumped: dumpedDirectories(databases),
  });
}

/**
 * Warns of a file system or dataset that no earlier run has seen: said once, it is in the report from
 * then on.
 *
 * @param before what was in no source in earlier runs, each as JSON
 */
export function newlyUncovered(
  uncovered: readonly Uncovered[],
  before: readonly string[],
): readonly Problem[] {
  if (before.length === 0) return [];
  const known = new Set(before.flatMap(parseUncovered).map(({ name }) => name));
  return uncovered.flatMap((one) => {
    const { kind, name } = one;
    if ((kind !== "file-system" && kind !== "dataset") || known.has(name)) return [];
    return [warning(
      `${uncoveredName(one)} is new and in no source`,
      "Add it to the sources, or to [coverage] ignore",
    )];
  });
}

/** Where servers of this machine keep the data that is dumped. */
function dumpedDirectories(databases: CoveredConfig["databases"]): readonly string[] {
  const here = databases.filter(({ host }) => host === undefined || LOOPBACK.test(host));
  const kinds = new Set(here.map(({ kind }) => kind));
  return [
    ...(kinds.has("postgresql") ? ["/var/lib/postgresql"] : []),
    ...(kinds.has("mariadb") || kinds.has("mysql") ? ["/var/lib/mysql"] : []),
  ];
}

const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|::1)$/;
