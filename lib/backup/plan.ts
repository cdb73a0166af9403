/**
 * What a run is going to do: plain data, made from the configuration and the command line, before
 * anything is touched.
 * @module
 */
import { formatArchiveName } from "../text/archive_name.ts";
import { localPath } from "../borg/repository.ts";
import type { Config, Repository } from "../config/config_schema.ts";
import { UsageError } from "../errors.ts";
import type { OwnRepository } from "../staging/source_selection.ts";
import type { Step } from "./outcome.ts";

/** What a run is going to do. */
export interface Plan {
  /** The name of the series. */
  readonly name: string;
  readonly runId: string;
  readonly startedAt: Date;
  readonly hostname: string;
  /** The new archive's name, the same in every repository. */
  readonly archive: string;
  readonly sources: Config["sources"];
  readonly zfs: Config["zfs"];
  readonly repositories: readonly Repository[];
  /** All repositories of the configuration that lie on this machine. */
  readonly ownRepositories: readonly OwnRepository[];
  /** Steps that the command line leaves out. */
  readonly skip: ReadonlySet<Step>;
  /** How many repositories are worked on side by side. */
  readonly parallel: number;
  /** By how many percent an archive may be smaller than the one before it. */
  readonly sizeGuard: Config["sizeGuard"];
  /** Whether an archive that rewrote unusually much raises an alarm. */
  readonly changeGuard: Config["changeGuard"];
  /** What the new archive must hold. */
  readonly expectations: Config["expect"];
  /** How many files are read back from each new archive. */
  readonly verifyFiles: number;
  /** The run's time limit in milliseconds. */
  readonly timeout: number | undefined;
  /** Must be empty; what is staged is mounted below it. */
  readonly tempDir: string;
  /** Holds the lock, the journal and the history. */
  readonly stateDir: string;
}

/** What a run gets besides its configuration. */
interface RunChoices {
  readonly runId: string;
  readonly startedAt: Date;
  readonly hostname: string;
  /** Labels from the command line; all repositories when empty. */
  readonly repositories: readonly string[];
  readonly skip: readonly Step[];
}

/**
 * Makes the plan of a run.
 *
 * @throws {UsageError} when a label is not in the configuration
 */
export function makePlan(config: Config, choices: RunChoices): Plan {
  const repositories = chooseRepositories(config, choices.repositories);
  const { name } = config;
  const { runId, startedAt, hostname } = choices;
  return {
    name,
    runId,
    startedAt,
    hostname,
    archive: formatArchiveName({ series: name, startedAt, runId }),
    sources: config.sources,
    zfs: config.zfs,
    repositories,
    ownRepositories: ownRepositories(config, repositories),
    skip: new Set(choices.skip),
    parallel: config.run.parallel || repositories.length,
    sizeGuard: config.sizeGuard,
    changeGuard: config.changeGuard,
    expectations: config.expect,
    verifyFiles: config.verify.files,
    timeout: config.run.timeout,
    tempDir: config.paths.tempDir,
    stateDir: config.paths.stateDir,
  };
}

/**
 * The repositories of a configuration that lie on this machine.
 *
 * @param judged those whose disk is judged, as far as `same_disk` allows
 */
export function ownRepositories(
  { repositories }: Pick<Config, "repositories">,
  judged: readonly Repository[] = repositories,
): readonly OwnRepository[] {
  return repositories.flatMap((repository) => {
    const { label, url, sameDisk } = repository;
    const path = localPath(url);
    if (path === undefined) return [];
    return [{ label, path, sameDisk: sameDisk || !judged.includes(repository) }];
  });
}

/**
 * Picks the repositories that the command line names.
 *
 * @param labels labels from the command line; all repositories when empty
 * @returns the repositories, in the order of the configuration
 * @throws {UsageError} when a label is not in the configuration
 */
export function chooseRepositories(
  config: Config,
  labels: readonly string[],
): readonly Repository[] {
  const known = config.repositories.map(({ label }) => label);
  const unknown = labels.find((label) => !known.includes(label));
  if (unknown !== undefined) {
    throw new UsageError(`Cannot find the repository "${unknown}" in the configuration`, {
      hint: `Its repositories are ${known.map((label) => `"${label}"`).join(", ")}`,
    });
  }
  if (labels.length === 0) return config.repositories;
  return config.repositories.filter(({ label }) => labels.includes(label));
}
