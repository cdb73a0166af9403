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
import type { CheckState } from "../../state/check_ledger.ts";
import { UNKNOWN_KEY } from "../../state/key_ledger.ts";
import type { Ledger } from "../../state/ledger.ts";
import { dumpMemory } from "./dump_memory.ts";
import { recordedRun, type RecordOptions, stepRow } from "./recorded_run.ts";
import { type GoodBackup, lastGoodBackup } from "../last_good.ts";
import { absentSources, NO_REPORT } from "../run_report.ts";
import { localTime } from "../../text/local_time.ts";

const COPIED = 100;

const NOTHING_KNOWN: Ledger = {
  repository: undefined,
  archives: [],
  alarms: [],
  sources: undefined,
};

const NOTHING_CHECKED: CheckState = { repository: undefined, archives: [] };

/** The history of the run in progress. */
export class RunHistory implements Disposable {
  readonly #path: string;
  readonly #name: string;
  readonly #problems: Problem[] = [];
  /** How many of them are known: those of the opening, and what a method has returned. */
  #told = 0;
  #history: History;
  #onDisk: boolean;
  /** A history was lost, and this one began in its place. */
  #isNew = false;

  /**
   * Opens the history. When that fails a copy in memory takes its place, which `problems` tells.
   */
  constructor(path: string, name: string) {
    this.#path = path;
    this.#name = name;
    try {
      this.#history = History.open(path, (message) => {
        this.#problems.push({ severity: "warning", message });
        this.#isNew = true;
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
        hint: `It was killed, the machine went down, or its end could not be recorded. Its log ` +
          `shows how far it got: "${logOf(run)}"; "journalctl -k" shows whether the machine ` +
          `ran out of memory`,
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
      isWhole: () => this.#onDisk && !this.#isNew,
      isDurable: () => this.#onDisk,
      machineId: () => read((history) => history.machineId()) ?? "",
      recall: () => read((history) => history.ledger(name, label).read()) ?? NOTHING_KNOWN,
      remember: (change) => write((history) => history.ledger(name, label).write(change)),
      raise: (alarm) => write((history) => history.ledger(name, label).raise(alarm)),
      died: (own) =>
        (read((history) => history.dead(name, own)) ?? [])
          .map(({ id, startedAt }) => ({ runId: id, startedAt: new Date(startedAt) })),
      left: ({ runId }, checkpoint) => {
        const problems = [{ severity: "error", message: "the run crashed" }] as const;
        const outcome = {
          step: "create",
          state: "failed",
          problems,
          duration: 0,
          checkpoint,
        } as const;
        const step = stepRow(label, outcome, (text) => text);
        write((history) => history.addStep(runId, step));
      },
      removed: (removed) => write((history) => history.ledger(name, label).noteByHand(removed)),
      lastCreate: (own) => read((history) => history.lastCreate(name, label, own)),
      isOwnRun: (runId) => read((history) => history.hasRun(name, runId)) ?? false,
      hasCreated: () => read((history) => history.hasCreated(name, label)) ?? false,
      baseline: () => read((history) => history.baseline(name, label)),
      lastGood: () =>
        read((history) => history.goodBackups(name, label, 1))?.[0]?.step.archive ?? undefined,
      absences: () =>
        new Map(
          (read((history) => history.absences(name, label)) ?? []).map(([archive, absent]) =>
            [archive, absentSources(absent).map(({ path }) => path)] as const
          ),
        ),
      creates: (count) => read((history) => history.creates(name, label, count)) ?? [],
      sizes: (since) => read((history) => history.sizes(name, label, since)) ?? [],
      takeOvers: () => read((history) => history.ledger(name, label).countTakeOvers()) ?? 0,
      checks: () => read((history) => history.checks(name, label).read()) ?? NOTHING_CHECKED,
      noteChecks: (checks) => write((history) => history.checks(name, label).write(checks)),
      noteArchives: (archives) =>
        write((history) => history.checks(name, label).writeArchives(archives)),
      forgetArchives: (archives) =>
        write((history) => history.checks(name, label).forget(archives)),
      key: () => read((history) => history.keys(name, label).read()) ?? UNKNOWN_KEY,
      noteKey: (fingerprint, at) =>
        write((history) => history.keys(name, label).noteSeen(fingerprint, at)),
      pins: () => read((history) => history.pins(name, label).read()) ?? [],
      notePins: (seen) => write((history) => history.pins(name, label).noteSeen(seen)),
      verifications: (since) => read((history) => history.verifications(name, label, since)) ?? [],
      dumps: dumpMemory({ name, label, read, write }),
    };
  }

  /** What was in no source in earlier runs, each as JSON, newest first. */
  uncovered(): readonly string[] {
    return this.#read((history) => history.uncovered(this.#name, COPIED)) ?? [];
  }

  /** A repository's newest archives, oldest first; none when the history can't be read. */
  recentCreates(label: string, count: number): readonly PastCreate[] {
    return this.#read((history) => history.recentCreates(this.#name, label, count)) ?? [];
  }

  /** The last good backup in a repository; `undefined` also when the history can't be read. */
  lastGood(label: string): GoodBackup | undefined {
    return this.#read((history) => lastGoodBackup(history, this.#name, label));
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
  const at = localTime(run.startedAt);
  return `The run of ${at} (${run.id}) ended without a report`;
}
