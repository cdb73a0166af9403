/**
 * The history as one run uses it. A run must not stop because its history fails: then it goes on with
 * a copy in memory, so that metrics, checks that are due and the report still know the past.
 *
 * @module
 */
import type { Problem, RunOutcome } from "../../backup/outcome.ts";
import type { Plan } from "../../backup/plan.ts";
import type { RepositoryMemory } from "../../backup/repository_memory.ts";
import { warningOf } from "../../errors.ts";
import { History, type PastCreate, type RunRow } from "../../state/history.ts";
import type { Ledger } from "../../state/ledger.ts";
import { recordedRun, type RecordOptions } from "./recorded_run.ts";
import { isoTime, NO_REPORT } from "../run_report.ts";

const COPIED = 100;

const NOTHING_KNOWN: Ledger = {
  repository: undefined,
  archives: [],
  alarms: [],
  sources: undefined,
};

/** The history of the run that is going on. */
export class RunHistory implements Disposable {
  readonly #path: string;
  readonly #name: string;
  readonly #problems: Problem[] = [];
  /** How many of them are known: those of the opening, and what a method has returned. */
  #told = 0;
  #history: History;
  #onDisk: boolean;
  /** A history was lost, and this one began in its place. */
  #anew = false;

  /**
   * Opens the history. When that fails a copy in memory takes its place, which `problems` tells.
   */
  constructor(path: string, name: string) {
    this.#path = path;
    this.#name = name;
    try {
      this.#history = History.open(path, (message) => {
        this.#problems.push({ severity: "warning", message });
        this.#anew = true;
      });
      this.#onDisk = true;
    } catch (error) {
      this.#problems.push(warningOf(error));
      this.#history = this.#copy();
      this.#onDisk = false;
    }
    this.#told = this.#problems.length;
  }

  get problems(): readonly Problem[] {
    return this.#problems;
  }

  #untold(): readonly Problem[] {
    const untold = this.#problems.slice(this.#told);
    this.#told = this.#problems.length;
    return untold;
  }

  get past(): History {
    return this.#history;
  }

  /**
   * Records the start of the run, so that its death can be noticed.
   *
   * @returns what went wrong, and a problem for each run that ended without a report
   */
  begin(plan: Plan, version: string, logOf: (run: RunRow) => string): readonly Problem[] {
    const { runId: id, name, hostname, startedAt } = plan;
    const died = this.#orInMemory("record the start of this run in", (history) => {
      const dead = history.dead(name, id);
      const at = startedAt.getTime();
      const state = "failed";
      const run = { id, name, hostname, startedAt: at, finishedAt: at, state, ...START, version };
      history.record({ run, repositories: [] });
      return dead.map((run): Problem => ({
        severity: "warning",
        message: deathMessage(run),
        hint:
          `It was killed, the machine went down, or its end could not be recorded. Its log shows ` +
          `how far it came: "${logOf(run)}"; "journalctl -k" shows whether memory ran out`,
      }));
    }) ?? [];
    return [...this.#untold(), ...died];
  }

  /** Writes down what became of the run; safe to call again. */
  record(outcome: RunOutcome, options: RecordOptions): readonly Problem[] {
    const recorded = recordedRun(outcome, options);
    this.#orInMemory("record this run in", (history) => {
      history.record(recorded);
      // Not before this run's own report is out: else nobody might ever hear of them.
      if (options.ending === "running") return;
      history.markDied(this.#name, outcome.runId, JSON.stringify([NO_REPORT]));
    });
    return this.#untold();
  }

  /** What is known of a repository; nothing of what can't be read. */
  memory(label: string): RepositoryMemory {
    const name = this.#name;
    const read = <T>(ask: (history: History) => T) => this.#read(ask);
    const write = (change: (history: History) => void) => {
      this.#orInMemory("record what is in the repository in", change);
    };
    return {
      isWhole: () => this.#onDisk && !this.#anew,
      isDurable: () => this.#onDisk,
      machineId: () => read((history) => history.machineId()) ?? "",
      recall: () => read((history) => history.ledger(name, label).read()) ?? NOTHING_KNOWN,
      remember: (change) => write((history) => history.ledger(name, label).write(change)),
      removed: (removed) => write((history) => history.ledger(name, label).noteByHand(removed)),
      runIds: () => this.runIds(),
      isOwnRun: (runId) => read((history) => history.runIds(name))?.includes(runId) ?? false,
      hasCreated: () => read((history) => history.hasCreated(name, label)) ?? false,
      baseline: () => read((history) => history.baseline(name, label)),
      creates: (count) => read((history) => history.creates(name, label, count)) ?? [],
      lastCheck: () =>
        read((history) => {
          const check = history.lastSuccess(name, label, "check");
          const takeOver = history.ledger(name, label).lastTakeOver();
          return takeOver !== undefined && check !== undefined && check < takeOver
            ? undefined
            : check;
        }),
    };
  }

  /** A repository's newest archives, oldest first; none when the history can't be read. */
  recentCreates(label: string, count: number): readonly PastCreate[] {
    return this.#read((history) => history.recentCreates(this.#name, label, count)) ?? [];
  }

  /** Ids of the runs that are known, the last one first; none when the history can't be read. */
  runIds(): readonly string[] {
    return this.#read((history) => history.runIds(this.#name)) ?? [];
  }

  [Symbol.dispose](): void {
    try {
      this.#history[Symbol.dispose]();
    } catch {
      // What was written is on the disk; nobody can do anything about a file that can't be closed.
    }
  }

  #read<T>(ask: (history: History) => T): T | undefined {
    return this.#orInMemory("read", ask);
  }

  /** Asks the history; when the disk fails, the copy in memory. */
  #orInMemory<T>(action: string, ask: (history: History) => T): T | undefined {
    try {
      return ask(this.#history);
    } catch (error) {
      const lost = action === "read" && this.#onDisk ? "; this run is not recorded in it" : "";
      const problem = warningOf(error, `Cannot ${action} the history "${this.#path}"`);
      this.#problems.push({ ...problem, message: `${problem.message}${lost}` });
      if (!this.#onDisk) return undefined;
    }
    const broken = this.#history;
    this.#onDisk = false;
    this.#history = this.#copy();
    try {
      broken[Symbol.dispose]();
    } catch {
      // It failed already, which has been said.
    }
    return this.#orInMemory(action, ask);
  }

  /** As much of the past as can still be read. */
  #copy(): History {
    const memory = History.inMemory();
    try {
      using disk = History.openForReading(this.#path);
      for (const run of disk?.runs(this.#name, COPIED).toReversed() ?? []) memory.record(run);
      if (disk !== undefined) memory.copyLedgerOf(disk, this.#name);
    } catch {
      // It can't be read either; that it can't be used has been said.
    }
    return memory;
  }
}

/** What a run's row says about its end before it has one. */
const START = { interruptedBy: null, problems: "[]", ending: "running" } as const;

function deathMessage(run: Pick<RunRow, "id" | "startedAt">): string {
  const at = isoTime(run.startedAt).slice(0, 16).replace("T", " ");
  return `The run of ${at} UTC (${run.id}) ended without a report`;
}
