/** Cleans up after runs that crashed. @module */
import { hintOf, reasonOf } from "../errors.ts";
import { failure, type Problem, warning } from "../problem.ts";
import {
  DamagedJournalError,
  isDone,
  type Journal,
  type JournalRun,
  type JournalStore,
} from "../state/journal.ts";
import { notRecorded, releaseRun } from "./release/release_run.ts";
import type { StagingTools } from "./snapshot_source.ts";
import type { StagingContext } from "./staging.ts";
import { realSystem } from "./system.ts";
import { stagingTools } from "./tools.ts";
import { localTime } from "../text/local_time.ts";

/**
 * Unmounts, releases and destroys what crashed runs of this configuration left on this host, as their
 * journal says, one by one. What can't be cleaned up stays in the journal for the next time. A journal
 * that can't be read or written is a problem like others: what needs no journal goes on.
 *
 * @throws the signal's reason when the run is being stopped
 */
export async function recover(context: StagingContext): Promise<readonly Problem[]> {
  const { name, hostname, stateDir, signal } = context;
  signal.throwIfAborted();
  const system = context.system ?? realSystem(stateDir);
  let journal: Journal | undefined;
  try {
    journal = await system.journals.read(name);
  } catch (error) {
    return [await unusable(system.journals, name, error)];
  }
  if (journal === undefined) return [];
  if (journal.hostname !== hostname) {
    return [warning(
      `Nothing is cleaned up: the journal was written on the host ` +
        `"${journal.hostname}", and this is "${hostname}"`,
      `If the host was renamed, put "${hostname}" into the journal in ` +
        `"${stateDir}"; if the journal was copied, move it to another name: it is the ` +
        "only record of what crashed runs left behind",
    )];
  }
  const problems: Problem[] = [];
  const hung = new Set<string>();
  let { runs } = journal;
  for (const run of runs) {
    signal.throwIfAborted();
    // What is left of it are services, which are not started here.
    if (run.trees.length + run.snapshots.length === 0) continue;
    // Cleaning up takes a moment, and is not stopped half-way.
    const tools = stagingTools(context, system, { step: "recover", runId: run.runId, hung });
    const outcome = await recoverRun(tools, run);
    problems.push(...outcome.problems);
    runs = runs.flatMap((one) => one !== run ? [one] : isDone(outcome.run) ? [] : [outcome.run]);
    try {
      await system.journals.write({ version: 1, name, hostname, runs });
    } catch (error) {
      problems.push(notRecorded(error));
    }
  }
  return problems;
}

async function recoverRun(tools: StagingTools, run: JournalRun) {
  const { runId, startedAt, snapshots, mounts } = run;
  tools.note(
    `Cleaning up after the run ${runId} of ${localTime(startedAt)}: ${snapshots.length} ` +
      `snapshots, ${mounts.length} mounts`,
  );
  const outcome = await releaseRun(tools, run);
  tools.note(
    isDone(outcome.run)
      ? `Cleaned up after the run ${runId}`
      : `The run ${runId} could not be cleaned up completely; the next run tries again`,
  );
  return outcome;
}

async function unusable(journals: JournalStore, name: string, error: unknown): Promise<Problem> {
  const kept = error instanceof DamagedJournalError
    ? await setAside(journals, name)
    : "; nothing that a crashed run may have left behind is cleaned up";
  const hint = hintOf(error).hint ??
    "Check that the directory paths.state_dir exists and can be read";
  return failure(`${reasonOf(error)}${kept}`, hint);
}

async function setAside(journals: JournalStore, name: string): Promise<string> {
  try {
    return `; it is kept as "${await journals.setAside(name)}"`;
  } catch (error) {
    return `, and it cannot be moved away: ${reasonOf(error)}`;
  }
}
