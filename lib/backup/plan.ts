/**
 * What a run is going to do: plain data, made from the configuration and the command line, before
 * anything is touched.
 * @module
 */
import { nearest } from "../text/nearest.ts";
import { formatArchiveName } from "../text/archive_name.ts";
import { localPath } from "../borg/repository.ts";
import type { Config, Repository } from "../config/config_schema.ts";
import { UsageError } from "../errors.ts";
import { type QuiesceRequest, servicesOf } from "../quiesce/managed_services.ts";
import type { OwnRepository } from "../staging/source_selection.ts";
import type { Step } from "./outcome.ts";
import type { CoveredConfig } from "./coverage_check.ts";
import { isConfigured, isNarrowed, sourcesOfAny } from "./repository_selection.ts";

/** What a run is going to do. */
export interface Plan extends Omit<RunChoices, "repositories" | "skip"> {
  /** The name of the series. */
  readonly name: string;
  /** The new archive's name, the same in every repository. */
  readonly archive: string;
  /** What at least one of the repositories gets. */
  readonly sources: Config["sources"];
  readonly zfs: Config["zfs"];
  /** Services that are stopped for the snapshot; none when nothing is read. */
  readonly quiesce?: QuiesceRequest;
  readonly repositories: readonly Repository[];
  /** What is dumped into at least one of the repositories. */
  readonly databases: Config["databases"];
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
  /** What tells whether all of the machine is backed up; not known of a run of a few repositories. */
  readonly covered?: CoveredConfig;
  /** Whether the log names every new file, also in a first archive. */
  readonly logsAdded: boolean;
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
  /** What tells this machine from a copy of it, by `machineIdentity`; "": not known. */
  readonly machine: string;
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
  const { repositories: labels, skip, ...run } = choices;
  const { runId, startedAt } = run;
  const repositories = chooseRepositories(config, labels);
  const { name } = config;
  return {
    name,
    ...run,
    archive: formatArchiveName({ series: name, startedAt, runId }),
    ...sourcesOfAny(config, repositories),
    ...(hasServices(config.quiesce) && !skip.includes("create") ? { quiesce: config.quiesce } : {}),
    repositories,
    databases: config.databases.filter((entry) =>
      repositories.some(({ label }) => entry.repositories.includes(label))
    ),
    ownRepositories: ownRepositories(config, repositories),
    skip: new Set(skip),
    parallel: config.run.parallel || repositories.length,
    sizeGuard: config.sizeGuard,
    changeGuard: config.changeGuard,
    expectations: config.expect,
    ...(repositories.length === config.repositories.length ? { covered: config } : {}),
    logsAdded: config.logs.level === "debug",
    timeout: config.run.timeout,
    tempDir: config.paths.tempDir,
    stateDir: config.paths.stateDir,
  };
}

function hasServices(request: QuiesceRequest): boolean {
  return servicesOf(request).length > 0;
}

/**
 * The repositories of a configuration that lie on this machine.
 *
 * @param judged those whose disk is judged, as far as `same_disk` allows
 */
export function ownRepositories(
  config: Pick<Config, "repositories" | "sources" | "zfs">,
  judged: readonly Repository[] = config.repositories,
): readonly OwnRepository[] {
  return config.repositories.flatMap((repository) => {
    const { label, url, sameDisk } = repository;
    const path = localPath(url);
    if (path === undefined) return [];
    const own = { label, path, sameDisk: sameDisk || !judged.includes(repository) };
    if (!isNarrowed(repository)) return [own];
    const selection = sourcesOfAny(config, [repository]);
    return [{ ...own, gets: (source: string) => isConfigured(selection, source) }];
  });
}

/**
 * Picks the repositories that the command line names.
 *
 * @param asked labels from the command line; all repositories when empty
 * @returns the repositories, in the order of the configuration
 * @throws {UsageError} when a label is not in the configuration
 */
export function chooseRepositories(
  config: Config,
  asked: readonly string[],
): readonly Repository[] {
  // As with --skip, several may stand in one word.
  const labels = asked.flatMap((label) => label.split(","));
  const known = config.repositories.map(({ label }) => label);
  const unknown = labels.find((label) => !known.includes(label));
  if (unknown !== undefined) {
    const meant = nearest(unknown, known);
    throw new UsageError(`Cannot find the repository "${unknown}" in the configuration`, {
      hint: `${meant === undefined ? "" : `Did you mean "${meant}"? `}The configuration has ` +
        known.map((label) => `"${label}"`).join(", "),
    });
  }
  if (labels.length === 0) return config.repositories;
  return config.repositories.filter(({ label }) => labels.includes(label));
}
