/**
 * What is done with one repository in a run. Its failure is its own: it ends up in its outcome and
 * never touches another repository. Longer than other files, because the order of all steps, and what
 * each one is given, is best read in one place.
 *
 * @module
 */
import { beginNow, type Clocks } from "./run_clock.ts";
import { inspectAnew } from "./inspect_anew.ts";
import { type PipelineState, stepCondition } from "./step_conditions.ts";
import type { ArchiveStats, RepositoryOutcome, Step, StepOutcome } from "./outcome.ts";
import { worst } from "./outcome.ts";
import type { RepositoryInput } from "./repository_inputs.ts";
import { ChangedFiles } from "../verify/changed_files.ts";
import { attemptIn, isDoubt, whyAbsent, withMemory } from "./step_failures.ts";
import type { RepositoryMemory } from "./repository_memory.ts";
import type { StepContext, StepResult } from "./steps/borg_step.ts";
import { CreateAttempts } from "./steps/create_attempts.ts";
import { SnapshotHold, type Waiting, withRetries } from "./retry.ts";
import { check } from "./steps/check.ts";
import type { Repository } from "../config/config_schema.ts";
import { retentionWhenFull } from "./making_room.ts";
import { countLeftCheckpoints } from "./steps/checkpoint.ts";
import { compact } from "./steps/compact.ts";
import { create, NOTHING_TO_READ } from "./steps/create.ts";
import { inspect } from "./steps/inspect.ts";
import type { InspectRequest } from "./steps/new_archive.ts";
import { dump } from "./steps/dump.ts";
import { pruneDumps } from "./steps/prune_dumps.ts";
import { verify } from "./steps/verify.ts";
import { verifyDumps } from "./steps/verify_dumps.ts";
import type { DumpOutcome } from "./dump_outcome.ts";
import type { DumpRound } from "./dump_round.ts";
import type { Verification } from "./verification.ts";
import { prune } from "./steps/prune.ts";
import { afterPrune, pruneAlso } from "./steps/prune_also.ts";
import { knownSize, planCheck } from "./check_plan.ts";
import { lookAtSpace } from "./space_left.ts";
import type { SpaceForecast } from "../state/repository_space.ts";
import { TimeBudget } from "./time_budget.ts";

/** What a pipeline works with. */
export interface PipelineContext extends StepContext, RepositoryInput {
  /** What is known of the repository. */
  readonly memory: RepositoryMemory;
  /** What is read back from the new archive; `undefined`: nothing. */
  readonly verification: Verification | undefined;
  readonly clocks: Clocks;
  /** How it is waited for another attempt. */
  readonly waiting: Waiting;
  /** The dumps of the run; `undefined` when none go to this repository. */
  readonly dumps?: DumpRound | undefined;
}

/** The pipeline of one repository: first what needs the sources, later what does not. */
export class RepositoryPipeline {
  readonly #context: PipelineContext;
  readonly #steps: StepOutcome[] = [];
  readonly #creates: CreateAttempts;
  readonly #hold: SnapshotHold;
  /** It was waited since the repository was inspected: it may be another one by now. */
  #mayHaveChanged = false;
  readonly #checkBudget: TimeBudget;
  #unusable = false;
  #full = false;
  #absent: string | undefined;

  constructor(context: PipelineContext) {
    this.#context = context;
    const { look, sources, target, plan } = context;
    const changed = new ChangedFiles(target.verify.files, plan.runId);
    this.#creates = new CreateAttempts(look.roots, sources?.paths ?? [], changed);
    this.#hold = new SnapshotHold(target.retry.hold);
    this.#checkBudget = new TimeBudget(target.check.maxDuration);
  }

  /** Takes part in the dumps of the run; not one of those that `run.parallel` counts. */
  async dump(): Promise<void> {
    const { dumps, memory, target: { label } } = this.#context;
    if (dumps === undefined) return;
    try {
      await this.#step("dump", () => (context) => dump(context, memory, dumps));
    } finally {
      dumps.leave(label);
    }
  }

  /** Everything that reads the sources. */
  async backUp(): Promise<void> {
    const began = beginNow(this.#context.clocks);
    const { sources, verification, memory, target } = this.#context;
    await this.#step("create", () => async (context) => {
      if (sources === undefined) return NOTHING_TO_READ;
      await countLeftCheckpoints(context, memory);
      return await create(context, sources, memory, this.#creates);
    });
    await this.#step("verify", () => {
      if (target.verify.files === 0) return "verify.files is 0";
      if (sources === undefined || verification === undefined) return "there are no sources";
      const total = this.#stats()?.originalSize ?? 0;
      const { changed } = this.#creates;
      const request = { sources, verification, changed, total, complete: this.#complete() };
      return (context) => verify(context, { ...request, began });
    });
  }

  /** Everything that works on the repository alone; it can take hours. */
  async maintain(): Promise<RepositoryOutcome> {
    const { memory } = this.#context;
    if (this.#context.dumps !== undefined) {
      await this.#step("verify-dumps", () => {
        const made = this.#dumps().filter(({ archive }) => archive !== undefined);
        if (made.length === 0) return "there is no new dump";
        return (context) => verifyDumps(context, memory, made);
      });
    }
    const request = this.#inspectRequest();
    await this.#step("inspect", () => (context) => inspect(context, request));
    this.#mayHaveChanged = false;
    await this.#step("check", () => this.#check());
    const checked = this.#steps.at(-1);
    const took = checked?.state === "skipped" ? 0 : checked?.duration ?? 0;
    // Another machine may have pinned an archive meanwhile.
    this.#mayHaveChanged ||= took > LONG_CHECK;
    const { prunedElsewhere } = this.#context.target;
    const retention = prunedElsewhere ? PRUNED_ELSEWHERE : this.#retention();
    await this.#step("prune", () => {
      if (typeof retention === "string") return retention;
      return this.#guarded("prune", request, async (context) => {
        const own = await prune(context, memory, retention);
        if (own.outcome.state === "failed") return own;
        const databases = await pruneDumps(context, memory, this.#dumps());
        const both = afterPrune(own, databases);
        const { also } = context.target;
        if (both.outcome.state === "failed" || also === undefined || also === "keep") return both;
        return afterPrune(both, await pruneAlso(context, memory, also, retention));
      });
    });
    await this.#step("compact", () => {
      if (typeof retention === "string") return retention;
      if (!this.#context.target.compact.enabled) return "compact is not enabled";
      return this.#guarded("compact", request, (context) => compact(context, this.#written()));
    });
    // What is stopped after the last step was done by then.
    const isStopped = this.#context.signal.aborted;
    const outcome = this.#outcome(isStopped, await this.#space());
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
    if (typeof run === "string") return skip(run, !this.#full);
    const { emit, target } = this.#context;
    emit({ type: "step-started", repository: target.label, step, ...this.#expectation(step) });
    // One that goes away later has been worked with: what was found out must be told.
    const mayBeAbsent = target.optional && this.#steps.every(({ state }) => state === "skipped");
    const result = withMemory(
      this.#context,
      await this.#attempts(step, (context) => attemptIn(context, step, run, mayBeAbsent)),
    );
    const full = step === "create" && result.failure?.kind === "full";
    this.#full ||= full;
    // What may follow a dump finds out for itself whether the repository can be worked with.
    this.#unusable ||= step !== "dump" && result.failure !== undefined &&
      !isDoubt(step, result.failure) && !full;
    this.#absent = mayBeAbsent ? whyAbsent(result) : undefined;
    this.#finish(result.outcome);
  }

  /** Makes as many attempts at a step as it takes, and as may be made. */
  #attempts(
    step: Step,
    once: (context: PipelineContext) => Promise<StepResult>,
  ): Promise<StepResult> {
    const { target, signal, emit } = this.#context;
    const isDump = step === "dump";
    // It has no place among those that are worked on.
    const waiting = isDump ? { ...this.#context.waiting, outside: here } : this.#context.waiting;
    const patience = new SnapshotHold(Math.min(target.retry.hold, DUMP_PATIENCE));
    const retried = {
      repository: target.label,
      step,
      policy: target.retry,
      signal,
      emit,
      ...(step === "create" || step === "verify" ? { hold: this.#hold } : {}),
      ...(isDump ? { hold: patience } : {}),
    };
    return withRetries(retried, waiting, (attempt) => {
      if (attempt.number > 1) this.#mayHaveChanged = true;
      return once({ ...this.#context, attempt });
    });
  }

  /**
   * Makes sure that a step which removes something is not done to a repository that has become another
   * one, or lost archives, since it was inspected.
   */
  #guarded(
    step: Step,
    request: InspectRequest,
    run: (context: PipelineContext) => Promise<StepResult>,
  ): (context: PipelineContext) => Promise<StepResult> {
    return async (context) => {
      if (this.#mayHaveChanged) {
        const state = () => this.#state();
        const result = await inspectAnew(step, context, request, this.#steps, state);
        if (result !== undefined) return result;
        this.#mayHaveChanged = false;
      }
      return await run(context);
    };
  }

  #inspectRequest(): InspectRequest {
    const { memory, missing, absent, look } = this.#context;
    const create = this.#steps.find(({ step }) => step === "create");
    const made = create === undefined || create.state === "skipped" ? undefined : create;
    const { listed } = this.#creates;
    const inParts = made?.retried !== undefined;
    return { memory, archive: made?.stats, missing, absent, look, listed, inParts };
  }

  /** How much the last good archive holds: it estimates when this one is done. */
  #expectation(step: Step): { readonly expectedSize?: number } {
    const extent = step === "create" ? this.#context.memory.baseline() : undefined;
    return extent === undefined ? {} : { expectedSize: extent.originalSize };
  }

  #state(): PipelineState {
    const { signal, plan, memory } = this.#context;
    return {
      before: this.#steps,
      unusable: this.#unusable,
      full: this.#full,
      stopped: signal.aborted,
      skip: plan.skip,
      durable: memory.isDurable(),
    };
  }

  /** What `create` put into the repository. */
  #stats(): ArchiveStats | undefined {
    return this.#steps.flatMap((step) => step.state === "skipped" ? [] : step.stats ?? []).at(0);
  }

  /** What became of the dumps. */
  #dumps(): readonly DumpOutcome[] {
    return this.#steps.flatMap((step) => step.state === "skipped" ? [] : step.dumps ?? []);
  }

  /** What prune keeps, or why it removes nothing. */
  #retention(): Repository["retention"] | string {
    const { target: { retention }, memory, plan } = this.#context;
    return this.#full ? retentionWhenFull(memory, retention, plan) : retention;
  }

  /** Whether every file of the sources must be in the archive. */
  #complete(): boolean {
    const { exclude, excludeIfPresent, excludeCaches, oneFileSystem } = this.#context.plan.sources;
    return this.#steps.at(-1)?.state === "ok" && exclude.length === 0 &&
      excludeIfPresent.length === 0 && !excludeCaches && !oneFileSystem;
  }

  /** What this run has written before it compacts. */
  #written(): { readonly written: boolean; readonly pruned: boolean } {
    const did = (step: Step) =>
      this.#steps.some((one) =>
        one.step === step && (one.state === "ok" || one.state === "warning")
      );
    const dumped = this.#dumps().some(({ archive }) => archive !== undefined);
    return { written: did("create") || dumped, pruned: did("prune") };
  }

  /** How much space is left; nothing when the repository is absent or nothing was done. */
  async #space(): Promise<SpaceForecast | undefined> {
    const { target, memory, plan: { startedAt } } = this.#context;
    if (this.#absent !== undefined) return undefined;
    return await lookAtSpace({ target, memory, startedAt, steps: this.#steps });
  }

  /** What is checked, or why nothing is. */
  #check(): string | ((context: PipelineContext) => Promise<StepResult>) {
    const { target, memory, plan: { startedAt } } = this.#context;
    const plan = planCheck(target, memory, startedAt.getTime());
    if (typeof plan === "string") return plan;
    const request = { memory, budget: this.#checkBudget, size: knownSize(memory, this.#steps) };
    return (context) => check(context, request);
  }

  #finish(outcome: StepOutcome): void {
    this.#steps.push(outcome);
    const repository = this.#context.target.label;
    if (this.#absent === undefined) {
      this.#context.emit({ type: "step-finished", repository, outcome });
    }
  }

  #outcome(isStopped: boolean, space: SpaceForecast | undefined): RepositoryOutcome {
    const { label } = this.#context.target;
    if (this.#absent !== undefined) return { label, state: "absent", reason: this.#absent };
    const states = this.#steps.map(({ state }) => state === "skipped" ? "ok" : state);
    // Stopped before the first step: nothing was done, and that is no success.
    const state = isStopped ? "failed" : worst(states);
    const made = this.#steps.some((step) => step.state !== "skipped" && step.stats !== undefined);
    const { missing, absent } = this.#context;
    const incomplete = made && missing.length > 0;
    return {
      label,
      state,
      steps: this.#steps,
      ...(incomplete ? { incomplete } : {}),
      ...(absent.length === 0 ? {} : { absentSources: absent }),
      ...(space === undefined ? {} : { space }),
    };
  }
}

/** After a check that took longer, in milliseconds, the repository is inspected again before prune. */
const LONG_CHECK = 60_000;

/**
 * For how long the dumps of all repositories wait for one that can't be opened, in milliseconds: they
 * should show about the same moment as the snapshots.
 */
const DUMP_PATIENCE = 10 * 60_000;

function here<T>(wait: () => Promise<T>): Promise<T> {
  return wait();
}

const PRUNED_ELSEWHERE = "another machine prunes this repository";
