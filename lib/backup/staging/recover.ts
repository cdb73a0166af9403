/**
 * Cleans up after runs that died.
 *
 * @module
 */
import { AppError } from "../../errors.ts";
import {
  type Journal,
  type JournalRun,
  readJournal,
  setJournalAside,
  writeJournal,
} from "../../state/journal.ts";
import type { Emit } from "../events.ts";
import type { Problem } from "../outcome.ts";
import { cleanUp } from "./clean_up.ts";
import { commandRunner } from "./commands.ts";
import { isDone } from "./journal_keeper.ts";

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
}

/**
 * Unmounts, releases and destroys what dead runs of this configuration left on this host, as their
 * journal says, one by one. What can't be cleaned up stays in the journal for the next time.
 *
 * @param request for which configuration
 * @returns what could not be cleaned up, as warnings
 * @throws {AppError} when the journal can't be written
 * @throws the signal's reason when the run is being stopped
 */
export async function recover(request: RecoverRequest): Promise<readonly Problem[]> {
  request.signal.throwIfAborted();
  const journal = await readOrSetAside(request);
  if (journal.kind === "damaged") return [journal.problem];
  if (journal.journal === undefined) return [];
  const { name, hostname } = request;
  if (journal.journal.hostname !== hostname) {
    return [{
      severity: "warning",
      message: `Nothing is cleaned up: the journal was written on the host ` +
        `"${journal.journal.hostname}", and this is "${hostname}"`,
      hint: `If the host was renamed, put "${hostname}" into the journal in ` +
        `"${request.state_dir}"; if the journal was copied, move it to another name: it is the ` +
        "only record of what dead runs left",
    }];
  }
  const runs: JournalRun[] = [];
  const problems: Problem[] = [];
  for (const run of journal.journal.runs) {
    request.signal.throwIfAborted();
    const outcome = await recoverRun(request, run);
    problems.push(...outcome.problems);
    if (!isDone(outcome.journal)) runs.push(outcome.journal);
    const done = journal.journal.runs.slice(journal.journal.runs.indexOf(run) + 1);
    await writeJournal(request.state_dir, { version: 1, name, hostname, runs: [...runs, ...done] });
  }
  return problems;
}

async function recoverRun(request: RecoverRequest, run: JournalRun) {
  const scope = { step: "recover" } as const;
  const note = (text: string) => request.emit({ type: "note", scope, level: "info", text });
  note(
    `The run ${run.runId} of ${run.startedAt} was not cleaned up: ${run.snapshots.length} ` +
      `snapshots, ${run.mounts.length} mounts`,
  );
  const outcome = await cleanUp({
    // Cleaning up takes a moment, and is not stopped half-way.
    run: commandRunner({ ...request, scope, signal: undefined }),
    note,
    configuration: request.name,
    journal: run,
    died: true,
    deferred: new Set(),
    hung: new Set(),
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
  | { readonly kind: "damaged"; readonly problem: Problem };

async function readOrSetAside(request: RecoverRequest): Promise<Reading> {
  const { state_dir, name } = request;
  try {
    return { kind: "read", journal: await readJournal(state_dir, name) };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const aside = setJournalAside(state_dir, name);
    const message = `${error.message}; it is kept as "${aside}"`;
    const hint = error.hint === undefined ? {} : { hint: error.hint };
    return { kind: "damaged", problem: { severity: "error", message, ...hint } };
  }
}
