/**
 * The one place where a run ends. From the held lock on, every way out (done, failed, stopped, an
 * exception that nobody caught) passes through here and leaves the same five traces: history, log,
 * report, metrics, exit code. Where one of them can't be written, the others name it. Longer than
 * other files, because no way past the end must stand elsewhere.
 *
 * @module
 */
import type { Emit } from "./events.ts";
import { holdLock, lockProblems } from "./held_lock.ts";
import type { InterruptionWatch } from "./interruption.ts";
import { type Problem, type RunOutcome, type StopSignal, withProblems } from "./outcome.ts";
import type { Plan } from "./plan.ts";
import { internalProblem, problemOf } from "./problems.ts";

/** Takes the outcome of a run: writes it down, or sends it. */
export interface OutcomeSink {
  /** What it is, for the message when it fails: "history". */
  readonly name: string;
  /**
   * Takes the outcome.
   *
   * @param reported whether its report was sent, or waits where a later run finds it
   * @returns what went wrong; what it throws is made a problem as well
   */
  write(outcome: RunOutcome, reported: boolean): readonly Problem[] | Promise<readonly Problem[]>;
}

/** Everybody who hears of a run and of its end. */
export interface RunReporters {
  readonly emit: Emit;
  /** Asked once, before the outcome is final: the hook `finished`, old logs. */
  readonly closing: readonly OutcomeSink[];
  /** Written again whenever the outcome has changed since: history, metrics, log. */
  readonly records: readonly OutcomeSink[];
  /** Told once the records agree with each other: ping, mail. */
  readonly reports: readonly OutcomeSink[];
  /** Waits a moment for what has been written to the terminal. */
  flush(): Promise<readonly Problem[]>;
  /** Ends the work of all reporters. */
  close(): Promise<readonly Problem[]>;
}

/** Takes an error that nothing has caught. */
export type OnUncaught = (error: unknown) => void;

/** What a session needs. */
interface SessionOpening<Traces extends RunReporters> {
  readonly plan: Plan;
  /** Hands over every error that nothing catches, as long as what it returns is not disposed of. */
  readonly catchUncaught: (handler: OnUncaught) => Disposable;
  /** Hears of SIGHUP: the terminal is gone, which does not stop the run. */
  readonly onHangUp: () => void;
  /** Begins the work of all reporters; called under the lock. */
  readonly openReporters: (watch: InterruptionWatch) => Promise<Traces>;
  /** Does the run. */
  readonly work: (watch: InterruptionWatch, traces: Traces) => Promise<RunOutcome>;
  /** {@linkcode GRACE} when left out. */
  readonly grace?: number;
}

/**
 * How long a run that an internal error stops is waited for, in milliseconds. It covers what Borg
 * needs to write a checkpoint and what is mounted to be unmounted; a promise that never ends after
 * such an error must not keep the report back.
 */
const GRACE = 5 * 60_000;

/** How often records are written again at most: each that fails drops out, so this is never met. */
const ROUNDS = 5;

/**
 * Does a run under its lock and ends it, whatever happens in it.
 *
 * @returns what became of it, with everything that went wrong while people were told
 * @throws {LockHeldError} when another run holds the lock; nothing was done then
 */
export async function runSession<Traces extends RunReporters>(
  opening: SessionOpening<Traces>,
): Promise<RunOutcome> {
  const { plan, grace = GRACE } = opening;
  const uncaught: Uncaught = { problems: [], emit: () => {} };
  using lock = await holdLock(plan, (signal) => {
    const text = `${signal} was received; the run continues`;
    uncaught.emit({ type: "note", scope: {}, level: "warning", text });
    if (signal === "SIGHUP") opening.onHangUp();
  });
  const { watch } = lock;
  using _caught = opening.catchUncaught((error) => {
    uncaught.problems.push(internalProblem(error, uncaught.emit));
    watch.interrupt({ kind: "internal-error" });
  });
  const traces = await opening.openReporters(watch);
  uncaught.emit = traces.emit;
  const outcome = await outcomeOf(
    () => opening.work(watch, traces),
    plan,
    { watch, grace },
    traces,
  );
  return await new RunEnd(traces, uncaught).end(withProblems(outcome, lockProblems(lock)));
}

/** What nothing has caught so far. */
interface Uncaught {
  readonly problems: Problem[];
  emit: Emit;
}

/** Does the work; what it throws, and that it does not end, becomes an outcome. */
async function outcomeOf(
  work: () => Promise<RunOutcome>,
  plan: Plan,
  { watch, grace }: { readonly watch: InterruptionWatch; readonly grace: number },
  { emit }: RunReporters,
): Promise<RunOutcome> {
  using stuck = watchForStall(watch, grace);
  try {
    const outcome = await Promise.race([work(), stuck.seen]);
    if (outcome !== undefined) return outcome;
    const message = "The run did not end after an internal error; the next run cleans up after it";
    return failedOutcome(plan, { severity: "error", message, internal: true }, signalOf(watch));
  } catch (error) {
    return failedOutcome(plan, problemOf(error, emit), signalOf(watch));
  }
}

/** Tells when a run that an internal error stops does not end. */
function watchForStall(
  watch: InterruptionWatch,
  grace: number,
): Disposable & { readonly seen: Promise<undefined> } {
  const { promise: seen, resolve } = Promise.withResolvers<undefined>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const onAbort = () => {
    if (watch.interruption?.kind !== "internal-error") return;
    timer = setTimeout(() => resolve(undefined), grace);
  };
  watch.signal.addEventListener("abort", onAbort, { once: true });
  // Without a timer the runtime ends the process in silence when nothing is left to wait for.
  const alive = setInterval(() => {}, 60_000);
  return {
    seen,
    [Symbol.dispose]() {
      clearTimeout(timer);
      clearInterval(alive);
      watch.signal.removeEventListener("abort", onAbort);
    },
  };
}

/** Tells everybody, in a fixed order; nothing that happens here throws past it. */
class RunEnd {
  readonly #traces: RunReporters;
  readonly #uncaught: Uncaught;
  readonly #silent = new Set<OutcomeSink>();
  #reported = false;
  #recorded: RunOutcome | undefined;

  constructor(traces: RunReporters, uncaught: Uncaught) {
    this.#traces = traces;
    this.#uncaught = uncaught;
  }

  async end(given: RunOutcome): Promise<RunOutcome> {
    const { closing, reports, emit } = this.#traces;
    let outcome = given;
    for (const trace of closing) outcome = await this.#tell(trace, outcome);
    // No report may say "ok" for a run that could not be recorded.
    outcome = await this.#record(outcome);
    for (const trace of reports) {
      outcome = await this.#tell(trace, outcome);
      outcome = await this.#record(outcome);
    }
    // Killed before this, the run counts as one that ended without a report.
    this.#reported = true;
    this.#recorded = undefined;
    outcome = await this.#record(outcome);
    emit({ type: "run-finished", outcome });
    for (const last of [() => this.#traces.flush(), () => this.#traces.close()]) {
      outcome = await this.#record(withProblems(outcome, await this.#collect(last)));
    }
    return outcome;
  }

  /** Writes the outcome down until all that could be written say the same. */
  async #record(given: RunOutcome): Promise<RunOutcome> {
    let outcome = given;
    for (let round = 0; round < ROUNDS && outcome !== this.#recorded; round += 1) {
      this.#recorded = outcome;
      for (const trace of this.#traces.records) outcome = await this.#tell(trace, outcome);
    }
    return outcome;
  }

  async #tell(trace: OutcomeSink, outcome: RunOutcome): Promise<RunOutcome> {
    if (this.#silent.has(trace)) return outcome;
    let found: readonly Problem[];
    try {
      found = await trace.write(outcome, this.#reported);
    } catch (error) {
      this.#silent.add(trace);
      const problem = problemOf(error, this.#traces.emit);
      const message = `The ${trace.name} failed: ${problem.message}`;
      found = [{ ...problem, severity: problem.internal ? "error" : "warning", message }];
    }
    return withProblems(outcome, [...found, ...this.#uncaught.problems]);
  }

  async #collect(last: () => Promise<readonly Problem[]>): Promise<readonly Problem[]> {
    try {
      return [...await last(), ...this.#uncaught.problems];
    } catch (error) {
      return [problemOf(error, this.#traces.emit)];
    }
  }
}

/** What became of a run of which nothing else is known. */
export function failedOutcome(plan: Plan, problem: Problem, by?: StopSignal): RunOutcome {
  const { name, runId, hostname, startedAt } = plan;
  return {
    state: "failed",
    name,
    runId,
    hostname,
    startedAt,
    finishedAt: new Date(),
    ...(by === undefined ? {} : { interruptedBy: by }),
    problems: [problem],
    repositories: [],
  };
}

/** The signal that stops a run, if it is one. */
export function signalOf(watch: InterruptionWatch): StopSignal | undefined {
  return watch.interruption?.kind === "signal" ? watch.interruption.signal : undefined;
}
