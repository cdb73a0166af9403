/**
 * What is done with one repository in a run. Its failure is its own: it ends up in its outcome and
 * never touches another repository.
 *
 * @module
 */
import type { BorgFailure } from "../borg/failure_kinds.ts";
import type { Clocks } from "./run_clock.ts";
import type { Emit } from "./events.ts";
import { type PipelineState, stepCondition } from "./step_conditions.ts";
import type { AbsentSource } from "../problem.ts";
import type { RepositoryOutcome, Step, StepOutcome } from "./outcome.ts";
import { worst } from "./outcome.ts";
import type { Candidate } from "../verify/candidates.ts";
import { problemOf } from "./problems.ts";
import type { RepositoryMemory } from "./repository_memory.ts";
import { SourceTally } from "../inspect/source_tally.ts";
import type { StagedSources } from "../staging/staging.ts";
import type { StepContext, StepResult } from "./steps/borg_step.ts";
import { check } from "./steps/check.ts";
import { compact } from "./steps/compact.ts";
import { create } from "./steps/create.ts";
import { inspect } from "./steps/inspect.ts";
import type { SourcesLook } from "./steps/inspect_archive.ts";
import { verify } from "./steps/verify.ts";
import { prune } from "./steps/prune.ts";

/** What a pipeline works with. */
export interface PipelineContext extends StepContext {
  /** What is read; `undefined` when nothing is left of the sources. */
  readonly sources: StagedSources | undefined;
  /** Sources that are missing from the new archive: one sentence each. */
  readonly missing: readonly string[];
  /** Optional sources that are not there. */
  readonly absent: readonly AbsentSource[];
  /** What the sources look like. */
  readonly look: SourcesLook;
  /** What is known of the repository. */
  readonly memory: RepositoryMemory;
  /** Files of the sources that may be read back from the new archive. */
  readonly verifyFiles: readonly Candidate[];
  readonly clocks: Clocks;
}

/** The pipeline of one repository: first what needs the sources, later what does not. */
export class RepositoryPipeline {
  readonly #context: PipelineContext;
  readonly #steps: StepOutcome[] = [];
  readonly #added: SourceTally;
  #unusable = false;
  #absent: string | undefined;

  /** @param context the run and the repository */
  constructor(context: PipelineContext) {
    this.#context = context;
    this.#added = new SourceTally(context.look.roots);
  }

  /** Everything that reads the sources. */
  async backUp(): Promise<void> {
    const began = beginNow(this.#context.clocks);
    const { sources, verifyFiles: files, memory } = this.#context;
    await this.#step("create", () => (context) => {
      return sources === undefined
        ? Promise.resolve(NOTHING_TO_READ)
        : create(context, sources, memory.machineId(), this.#added);
    });
    await this.#step("verify", () => {
      if (this.#context.plan.verifyFiles === 0) return "verify.files is 0";
      if (sources === undefined || files.length === 0) return "no file was found to read back";
      const request = { sources, files, complete: this.#complete() };
      return (context) => verify(context, { ...request, began: began() });
    });
  }

  /** Everything that works on the repository alone; it can take hours. */
  async maintain(): Promise<RepositoryOutcome> {
    const { memory, missing, absent, look } = this.#context;
    const archive = this.#steps.flatMap((step) => step.state === "skipped" ? [] : step.stats ?? [])
      .at(0);
    const added = new Map([...this.#added.counts].map(([path, { files }]) => [path, files]));
    const request = { memory, archive, missing, absent, look, added };
    await this.#step("inspect", () => (context) => inspect(context, request));
    await this.#step("check", () => this.#whyNoCheck() ?? check);
    await this.#step("prune", () => (context) => prune(context, memory));
    await this.#step("compact", () => {
      return this.#context.target.compact.enabled ? compact : "compact is not enabled";
    });
    const outcome = this.#outcome();
    this.#context.emit({ type: "repository-finished", outcome });
    return outcome;
  }

  /** Runs a step, or skips it when what went before or the configuration says so. */
  async #step(
    step: Step,
    choose: () => string | ((context: PipelineContext) => Promise<StepResult>),
  ): Promise<void> {
    if (this.#absent !== undefined) return;
    const condition = stepCondition(step, this.#state());
    const skip = (reason: string, expected: boolean) =>
      this.#finish({ step, state: "skipped", reason, expected });
    if (!condition.open) return skip(condition.reason, condition.expected);
    const run = choose();
    if (typeof run === "string") return skip(run, true);
    const { emit, target } = this.#context;
    emit({ type: "step-started", repository: target.label, step });
    const result = await attempt(step, emit, () => run(this.#context));
    this.#unusable ||= result.failure !== undefined && !isDoubt(step, result.failure);
    // One that goes away later has been worked with: what was found out must be told.
    const isUntouched = this.#steps.every(({ state }) => state === "skipped");
    this.#absent = target.optional && isUntouched ? whyAbsent(result.failure) : undefined;
    this.#finish(result.outcome);
  }

  #state(): PipelineState {
    const { signal, plan, memory } = this.#context;
    return {
      before: this.#steps,
      unusable: this.#unusable,
      stopped: signal.aborted,
      skip: plan.skip,
      durable: memory.isDurable(),
    };
  }

  /** Whether every file of the sources must be in the archive. */
  #complete(): boolean {
    const { exclude, excludeIfPresent, excludeCaches, oneFileSystem } = this.#context.plan.sources;
    return this.#steps.at(-1)?.state === "ok" && exclude.length === 0 &&
      excludeIfPresent.length === 0 && !excludeCaches && !oneFileSystem;
  }

  #whyNoCheck(): string | undefined {
    const { target: { check: { enabled, every } }, memory, plan } = this.#context;
    if (!enabled) return "check is not enabled";
    const lastCheck = memory.lastCheck();
    if (lastCheck === undefined) return undefined;
    const age = plan.startedAt.getTime() - lastCheck.getTime();
    // A check in the future: the clock was wrong then, or is now. Better one check too many.
    if (age < 0 || age >= every) return undefined;
    return `not due yet: the last good check was at ${lastCheck.toISOString().slice(0, 16)}Z`;
  }

  #finish(outcome: StepOutcome): void {
    this.#steps.push(outcome);
    const repository = this.#context.target.label;
    if (this.#absent === undefined) {
      this.#context.emit({ type: "step-finished", repository, outcome });
    }
  }

  #outcome(): RepositoryOutcome {
    const { label } = this.#context.target;
    if (this.#absent !== undefined) return { label, state: "absent", reason: this.#absent };
    const states = this.#steps.map(({ state }) => state === "skipped" ? "ok" : state);
    // Stopped before the first step: nothing was done, and that is no success.
    const state = this.#context.signal.aborted ? "failed" : worst(states);
    return { label, state, steps: this.#steps };
  }
}

/**
 * Says when something began, in milliseconds since 1970, on the clock as it is when it is asked: a
 * clock that was set back meanwhile gives new files times from before.
 */
function beginNow(clocks: Clocks): () => number {
  const [wall, monotonic] = [clocks.wall(), clocks.monotonic()];
  return () => {
    const step = clocks.wall() - wall - (clocks.monotonic() - monotonic);
    return wall + Math.min(0, step);
  };
}

const NOTHING_TO_READ: StepResult = {
  outcome: {
    step: "create",
    state: "failed",
    problems: [{ severity: "error", message: "none of the sources can be read" }],
    duration: 0,
  },
};

async function attempt(
  step: Step,
  emit: Emit,
  run: () => Promise<StepResult>,
): Promise<StepResult> {
  const started = performance.now();
  try {
    return await run();
  } catch (error) {
    // A step that can't even start must not take the other repositories with it.
    const problem = problemOf(error, emit);
    const duration = performance.now() - started;
    return {
      outcome: { step, state: "failed", problems: [problem], duration },
      failure: { kind: "other", message: problem.message },
    };
  }
}

/**
 * What can't be read back or listed, or is not authenticated, casts doubt on the repository, and a
 * check will tell more. Nothing is pruned or compacted after it.
 */
function isDoubt(step: Step, { kind }: BorgFailure): boolean {
  return (step === "verify" || step === "inspect") &&
    (kind === "other" || kind === "unauthenticated");
}

function whyAbsent(failure: BorgFailure | undefined): string | undefined {
  const absent = failure?.kind === "missing-repository" || failure?.kind === "unreachable";
  return absent ? failure.message : undefined;
}
