/** Sources that are read as they are, without a snapshot. @module */
import { once } from "../async/concurrency.ts";
import { AppError } from "../errors.ts";
import type { Problem } from "../problem.ts";
import type { JournalService, ServiceJournal } from "../state/journal.ts";
import { liveRoots, namedSources } from "./mount/staged_sources.ts";
import type { ArchivedPlace } from "./own_repositories.ts";
import { RunJournal } from "./run_journal.ts";
import type { SelectedSources } from "./select/select_sources.ts";
import type { StagingTools } from "./snapshot_source.ts";
import { type StageRequest, type Staging, StagingRefused } from "./staging.ts";
import type { StagingSystem } from "./system.ts";
import { inTree } from "./tree_paths.ts";

/** What is there, however it is read. */
export interface StagedPart extends Omit<Staging, "absent" | "mounts" | "passedOver"> {
  readonly places: readonly ArchivedPlace[];
}

/** Writes the services of a run into its journal, which is only begun when there are some. */
export function serviceJournal(begin: () => Promise<RunJournal>): ServiceJournal {
  const journal = once(begin);
  return {
    intend: async (services: readonly JournalService[]) =>
      await (await journal()).intend(() => ({ services })),
    record: async (services: readonly JournalService[]) =>
      await (await journal()).record(() => ({ services })),
  };
}

/**
 * Reads directories live. Services that shall be quiet are then stopped until the sources are released,
 * which has to be allowed.
 *
 * @throws {StagingRefused} when it is not, or when they have to be quiet and are not
 */
export async function stageWhileQuiet(
  request: StageRequest,
  system: StagingSystem,
  tools: StagingTools,
  selection: SelectedSources,
): Promise<StagedPart> {
  const staged = stageLive(selection.live, []);
  const { services, runId, startedAt, signal } = request;
  if (services === undefined) return staged;
  if (!services.allowLongPause) {
    // Why datasets have no snapshot is among the problems.
    if (request.zfs.datasets.length === 0) {
      throw new StagingRefused(longPause(), selection.problems);
    }
    tools.note("No service is stopped, as there is no snapshot");
    return staged;
  }
  const run = { runId, startedAt: startedAt.toISOString() };
  const begin = () => RunJournal.begin(request, system.journals, run);
  const reason = await services.stop(serviceJournal(begin), signal);
  if (reason !== undefined) throw new StagingRefused(reason);
  const release = once(async () => {
    await services.start();
    return [];
  });
  return { ...staged, release };
}

/** Says why services are not stopped for what is not read from a snapshot. */
export function longPause(): AppError {
  return new AppError(
    "Cannot stop the services of [quiesce] for a moment only: nothing is read from a snapshot, so " +
      "they would be stopped until all repositories have their archives",
    {
      hint: "If that is acceptable, set allow_long_pause = true in [quiesce]; otherwise move the " +
        "data to ZFS datasets, or remove [quiesce]",
    },
  );
}

/** Gives directories as they are. */
export function stageLive(paths: readonly string[], problems: readonly Problem[]): StagedPart {
  const places = paths.map((live) => ({ live, at: inTree(live), name: live }));
  const roots = liveRoots(paths);
  const release = () => Promise.resolve([]);
  return { sources: namedSources("/", roots), roots, places, problems, release };
}
