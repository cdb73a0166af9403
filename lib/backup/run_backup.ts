/** A run under its lock, from what dead runs left to its outcome. @module */
import { AppError } from "../errors.ts";
import type { InterruptionWatch } from "./interruption.ts";
import type { Waiting } from "./retry.ts";
import { type Clocks, describeJump, watchClock } from "./run_clock.ts";
import { type Dumping, DumpRound } from "./dump_round.ts";
import { createLimiter, settleAll } from "../async/concurrency.ts";
import type { Problem, RepositoryOutcome, RunOutcome } from "./outcome.ts";
import { stateOf, worst } from "./outcome.ts";
import { unsupportedBorgProblems } from "./unsupported_borg.ts";
import { missingSources, repositoryInputs } from "./repository_inputs.ts";
import { spaceProblems } from "./space_left.ts";
import { RepositoryPipeline } from "./repository_pipeline.ts";
import { problemOf } from "./problems.ts";
import { signalOf } from "./session.ts";
import { absenceText, type AbsentSource } from "../problem.ts";
import type { RepositoryMemory } from "./repository_memory.ts";
import { quietServices, startLeftServices } from "./run_services.ts";
import {
  type StageRequest,
  type Staging,
  StagingRefused,
  StagingStopped,
} from "../staging/staging.ts";
import { recover } from "../staging/recover.ts";
import { requireEmptyTempDir } from "../staging/temp_dir.ts";
import { type StagingContext, stagingRequest } from "./staging_request.ts";
import { stageSources } from "../staging/stage.ts";
import { stagingTools } from "../staging/tools.ts";
import type { Uncovered } from "../state/uncovered.ts";
import { lookForUncovered, newlyUncovered } from "./coverage_check.ts";
import { planVerifications } from "./verification.ts";
import { interruptionOf } from "./steps/borg_step.ts";

/** What a run needs of the world around it. */
interface RunContext extends StagingContext {
  readonly version: string;
  readonly clocks: Clocks;
  /** How it is waited for another attempt at a step. */
  readonly waiting: Pick<Waiting, "wait" | "random">;
  /** Problems that are known before the run: warnings about the configuration. */
  readonly problems: readonly Problem[];
  /** What was in no source in earlier runs, each as JSON; nothing when left out. */
  readonly uncoveredBefore?: () => readonly string[];
  /** What is known of a repository. */
  readonly memory: (label: string) => RepositoryMemory;
  /** How databases are listed and dumped. */
  readonly dumping: Dumping;
}

/** What is known of a run so far, whatever happens next. */
interface Found {
  readonly problems: Problem[];
  repositories: readonly RepositoryOutcome[];
  sourcesMissing: boolean;
  absentSources: readonly AbsentSource[];
  uncovered: readonly Uncovered[] | undefined;
}

/**
 * Does a whole run under a held lock.
 *
 * @returns what became of it; failures of repositories are in it, not thrown
 */
export async function run(context: RunContext, watch: InterruptionWatch): Promise<RunOutcome> {
  const { plan, emit } = context;
  emitStart(context);
  const found: Found = {
    problems: [...context.problems],
    repositories: [],
    sourcesMissing: false,
    absentSources: [],
    uncovered: undefined,
  };
  const { problems } = found;
  const clock = watchClock(plan.startedAt, context.clocks);
  const end = context.clocks.monotonic() + (plan.timeout ?? Infinity);
  const services = quietServices(context);
  try {
    await stageAndBackUp({ ...context, end }, watch.signal, services, found);
  } catch (error) {
    if (error instanceof StagingStopped || error instanceof StagingRefused) {
      problems.push(...error.problems);
    }
    const stopped = watch.signal.aborted && !(error instanceof AppError);
    problems.push(
      stopped
        ? { severity: "error", message: interruptionOf(watch.signal) }
        : problemOf(error, emit),
    );
  }
  // Whatever happened: nothing stays stopped.
  await services?.start();
  problems.push(...services?.problems ?? [], ...clock.problems());
  const jump = clock.jump();
  if (jump > 0) emit({ type: "note", scope: {}, level: "warning", text: describeJump(jump) });
  const { repositories, sourcesMissing, uncovered, absentSources } = found;
  const outcome = conclude(context, watch, problems, repositories, clock.now());
  return {
    ...outcome,
    ...(sourcesMissing ? { sourcesMissing } : {}),
    ...(uncovered === undefined ? {} : { uncovered }),
    ...(absentSources.length === 0 ? {} : { absentSources }),
    ...(services?.pause === undefined ? {} : { pause: services.pause }),
  };
}

function emitStart({ plan, emit, version }: RunContext): void {
  emit({
    type: "run-started",
    at: plan.startedAt,
    name: plan.name,
    runId: plan.runId,
    hostname: plan.hostname,
    version,
    repositories: plan.repositories.map(({ label }) => label),
    sources: [
      ...new Set([...plan.sources.directories, ...plan.sources.optional, ...plan.zfs.datasets]),
    ],
  });
}

/**
 * Recovers what runs left that died, stages the sources and backs up into all repositories. Stores what
 * it finds as soon as it is known.
 */
async function stageAndBackUp(
  context: RunContext & Pick<Waiting, "end">,
  signal: AbortSignal,
  services: ReturnType<typeof quietServices>,
  found: Found,
): Promise<void> {
  const { plan, emit } = context;
  const { problems } = found;
  const request = stagingRequest(context, signal, services);
  problems.push(...await startLeftServices(context));
  problems.push(...await recover(request));
  await requireEmptyTempDir(request);
  found.uncovered = await lookAtCoverage(context, request);
  problems.push(...newlyUncovered(found.uncovered ?? [], context.uncoveredBefore?.() ?? []));
  const staging = await stageSources(request);
  problems.push(...staging.problems);
  await services?.confirm();
  found.sourcesMissing = missingSources(staging.problems).length > 0;
  found.absentSources = staging.absent;
  for (const source of staging.absent) {
    emit({ type: "note", scope: {}, level: "info", text: `skipped: ${absenceText(source)}` });
  }
  found.repositories = await backUpAndMaintain(context, staging, signal, problems);
  problems.push(...found.repositories.flatMap((outcome) => {
    const target = plan.repositories.find(({ label }) => label === outcome.label);
    const space = outcome.state === "absent" ? undefined : outcome.space;
    return target === undefined ? [] : spaceProblems(target, space);
  }));
  problems.push(...await unsupportedBorgProblems(context, found.repositories, signal));
}

/** What is in no source; a run of a few repositories does not tell. */
async function lookAtCoverage(
  { plan: { covered, runId }, system }: RunContext,
  request: StageRequest,
): Promise<readonly Uncovered[] | undefined> {
  if (covered === undefined) return undefined;
  const { signal } = request;
  const tools = stagingTools(request, system, { step: "snapshot", runId, hung: new Set(), signal });
  return await lookForUncovered(tools, covered);
}

async function backUpAndMaintain(
  context: RunContext & Pick<Waiting, "end">,
  staging: Staging,
  signal: AbortSignal,
  problems: Problem[],
): Promise<readonly RepositoryOutcome[]> {
  const { plan, inherited, start, clocks, emit, end, memory } = context;
  const inputs = await repositoryInputs(context, staging);
  const repositories = inputs.map(({ target, plan: { sources: { exclude } }, sources }) => {
    return { target, exclude, paths: sources?.paths ?? [], apart: sources?.leftOut ?? [] };
  });
  const verifications = planVerifications({ plan, staging, repositories, memory, signal });
  const limit = createLimiter(plan.parallel);
  const waiting = { ...context.waiting, now: clocks.monotonic, end, outside: limit.outside };
  const dumps = dumpRound(context, staging.roots, signal);
  const pipelines = inputs.map((input) =>
    new RepositoryPipeline({
      ...input,
      verification: verifications(input.target),
      inherited,
      start,
      clocks,
      waiting,
      signal,
      emit,
      memory: memory(input.target.label),
      dumps: dumps.takes(input.target.label) ? dumps : undefined,
    })
  );
  await settleAll(pipelines.map((pipeline) => pipeline.dump()));
  // Everybody's create comes before anybody's check: snapshots are held no longer than needed.
  const backUps = pipelines.map((pipeline) => limit(() => pipeline.backUp()));
  // Checks may take hours after it: what it throws must not end the process meanwhile.
  const released = Promise.allSettled(backUps).then(() => staging.release())
    .catch((error: unknown) => [problemOf(error, emit)]);
  const outcomes = pipelines.map(async (pipeline, index) => {
    await backUps[index];
    return await limit(() => pipeline.maintain());
  });
  try {
    return await Promise.all(outcomes);
  } finally {
    problems.push(...await released);
  }
}

function dumpRound(
  { plan, inherited, start, emit, dumping: { list, startStream } }: RunContext,
  roots: Staging["roots"],
  signal: AbortSignal,
): DumpRound {
  return new DumpRound({
    plan,
    list,
    roots,
    context: { startStream, start, signal, path: inherited.PATH },
    emit,
  });
}

function conclude(
  context: RunContext,
  watch: InterruptionWatch,
  problems: readonly Problem[],
  repositories: readonly RepositoryOutcome[],
  finishedAt: Date,
): RunOutcome {
  const { plan } = context;
  const states = repositories.map(({ state }) => state === "absent" ? "ok" : state);
  const by = signalOf(watch);
  return {
    state: worst([stateOf(problems), ...states, watch.signal.aborted ? "failed" : "ok"]),
    name: plan.name,
    runId: plan.runId,
    hostname: plan.hostname,
    startedAt: plan.startedAt,
    finishedAt,
    ...(by === undefined ? {} : { interruptedBy: by }),
    problems,
    repositories,
  };
}
