/**
 * Cleans up after runs that died.
 *
 * @module
 */
import { AppError, reasonOf } from "../errors.ts";
import { DamagedJournalError, type Journal, type JournalRun } from "../state/journal.ts";
import type { JournalStore } from "../state/journal_store.ts";
import type { Emit } from "../backup/events.ts";
import type { Problem } from "../backup/outcome.ts";
import { cleanUp } from "./clean_up.ts";
import { commandRunner } from "./commands.ts";
import { isDone } from "./journal_keeper.ts";
import { notRecorded } from "./release.ts";
import { realSystem, type StagingSystem } from "./system.ts";

/** For which configuration to clean up. */
export interface RecoverRequest {
  readonly name: string;
  readonly hostname: string;
  readonly temp_dir: string;
  readonly state_dir: string;
  readonly signal: AbortSignal;
  readonly emit: Emit;
  /** `PATH` for the programs. */
  readonly environment: Readonly<Record<string, string>>;
  /** Milliseconds for each command; the default of the commands when left out. */
  readonly timeLimit?: number;
  /** Milliseconds between attempts at what is busy. */
  readonly pauses?: readonly number[];
  /** The machine; the real one when left out. */
  readonly system?: StagingSystem;
}

/**
 * Unmounts, releases and destroys what dead runs of this configuration left on this host, as their
 * journal says, one by one. What can't be cleaned up stays in the journal for the next time. A journal
 * that can't be read or written is a problem like others: what needs no journal goes on.
 *
 * @param request for which configuration
 * @returns what could not be cleaned up
 * @throws the signal's reason when the run is being stopped
 */
export async function recover(request: RecoverRequest): Promise<readonly Problem[]> {
  request.signal.throwIfAborted();
  const system = request.system ?? realSystem(request.state_dir);
  const reading = await readOrSetAside(system.journals, request.name);
  if (reading.kind === "unusable") return [reading.problem];
  if (reading.journal === undefined) return [];
  const { name, hostname } = request;
  if (reading.journal.hostname !== hostname) {
    return [{
      severity: "warning",
      message: `Nothing is cleaned up: the journal was written on the host ` +
        `"${reading.journal.hostname}", and this is "${hostname}"`,
      hint: `If the host was renamed, put "${hostname}" into the journal in ` +
        `"${request.state_dir}"; if the journal was copied, move it to another name: it is the ` +
        "only record of what dead runs left",
    }];
  }
  const problems: Problem[] = [];
  const hung = new Set<string>();
  let runs = reading.journal.runs;
  for (const run of reading.journal.runs) {
    request.signal.throwIfAborted();
    const outcome = await recoverRun(request, system, run, hung);
    problems.push(...outcome.problems);
    runs = runs.flatMap((entry) => {
      if (entry !== run) return [entry];
      return isDone(outcome.journal) ? [] : [outcome.journal];
    });
    try {
      await system.journals.write({ version: 1, name, hostname, runs });
    } catch (error) {
      problems.push(notRecorded(error));
    }
  }
  return problems;
}

async function recoverRun(
  request: RecoverRequest,
  { start, files }: StagingSystem,
  run: JournalRun,
  hung: Set<string>,
) {
  const scope = { step: "recover" } as const;
  const note = (text: string) => request.emit({ type: "note", scope, level: "info", text });
  note(
    `Cleaning up after the run ${run.runId} of ${run.startedAt}: ${run.snapshots.length} ` +
      `snapshots, ${run.mounts.length} mounts`,
  );
  const outcome = await cleanUp({
    // Cleaning up takes a moment, and is not stopped half-way.
    run: commandRunner({ ...request, scope, start, hung, signal: undefined }),
    files,
    note,
    configuration: request.name,
    journal: run,
    // It may have died between mounting one and making it private.
    isPrivate: () => false,
    deferred: new Set(),
    hung,
    ...(request.pauses === undefined ? {} : { pauses: request.pauses }),
  });
  note(
    isDone(outcome.journal)
      ? `The run ${run.runId} is cleaned up`
      : `The run ${run.runId} is not cleaned up entirely; the next run tries again`,
  );
  return outcome;
}

type Reading =
  | { readonly kind: "read"; readonly journal: Journal | undefined }
  | { readonly kind: "unusable"; readonly problem: Problem };

async function readOrSetAside(journals: JournalStore, name: string): Promise<Reading> {
  try {
    return { kind: "read", journal: await journals.read(name) };
  } catch (error) {
    const kept = error instanceof DamagedJournalError
      ? await setAside(journals, name)
      : "; nothing that a dead run may have left is cleaned up";
    const own = error instanceof AppError ? error.hint : undefined;
    const hint = own ?? "See whether the directory paths.state_dir is there and can be read";
    const message = `${reasonOf(error)}${kept}`;
    return { kind: "unusable", problem: { severity: "error", message, hint } };
  }
}

async function setAside(journals: JournalStore, name: string): Promise<string> {
  try {
    return `; it is kept as "${await journals.setAside(name)}"`;
  } catch (error) {
    return `, and it cannot be moved away: ${reasonOf(error)}`;
  }
}
