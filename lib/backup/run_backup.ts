/**
 * A run under its lock, from what dead runs left to its outcome.
 *
 * @module
 */
import type { InheritedEnvironment } from "../borg/environment.ts";
import { AppError } from "../errors.ts";
import type { Emit } from "./events.ts";
import { snapshotHooks } from "./hooks.ts";
import type { InterruptionWatch } from "./interruption.ts";
import { type Clocks, watchClock } from "./run_clock.ts";
import { gatherFacts } from "../inspect/source_facts.ts";
import { createLimiter } from "../async/concurrency.ts";
import type { Problem, RepositoryOutcome, RunOutcome } from "./outcome.ts";
import { stateOf, worst } from "./outcome.ts";
import type { Plan } from "./plan.ts";
import { type Candidate, choose, findCandidates } from "../verify/candidates.ts";
import { RepositoryPipeline } from "./repository_pipeline.ts";
import { problemOf } from "./problems.ts";
import { signalOf } from "./session.ts";
import type { StartProgram } from "../process/program.ts";
import { absenceText, type AbsentSource } from "../problem.ts";
import type { RepositoryMemory } from "./repository_memory.ts";
import { type StageRequest, type Staging, StagingStopped } from "../staging/staging.ts";
import type { StagingSystem } from "../staging/system.ts";
import { inTime } from "../async/deadline.ts";
import { recover } from "../staging/recover.ts";
import { requireEmptyTempDir } from "../staging/temp_dir.ts";
import { stageSources } from "../staging/stage.ts";
import { humanDuration } from "../text/units.ts";
import { interruptionOf } from "./steps/borg_step.ts";
import type { SourcesLook } from "./steps/inspect_archive.ts";

/**
 * How many descents into the sources are made for each file that is to be read back. Each one ends
 * in a directory of which several files are looked at; listing a thousand names costs half a MiB.
 */
const DESCENTS = 0.4;
/** How long files to be read back are looked for, in milliseconds: a file system may hang. */
const SEARCH_TIME = 30_000;

/** What a run needs of the world around it. */
interface RunContext {
  readonly plan: Plan;
  readonly version: string;
  /** Our own environment, as far as Borg may see it. */
  readonly outer: InheritedEnvironment;
  /** Starts Borg and the hooks. */
  readonly start: StartProgram;
  /** The machine that the sources are staged on. */
  readonly system: StagingSystem;
  readonly clocks: Clocks;
  readonly emit: Emit;
  /** Problems that are known before the run: warnings about the configuration. */
  readonly problems: readonly Problem[];
  /** What is known of a repository. */
  readonly memory: (label: string) => RepositoryMemory;
}

/**
 * Does a whole run under a held lock.
 *
 * @param context the plan and the world around it
 * @param watch what may end the run before its time
 * @returns what became of it; failures of repositories are in it, not thrown
 */
export async function run(context: RunContext, watch: InterruptionWatch): Promise<RunOutcome> {
  const { plan, emit } = context;
  emit({
    type: "run-started",
    at: plan.startedAt,
    name: plan.name,
    runId: plan.runId,
    hostname: plan.hostname,
    version: context.version,
    repositories: plan.repositories.map(({ label }) => label),
    sources: [
      ...new Set([...plan.sources.directories, ...plan.sources.optional, ...plan.zfs.datasets]),
    ],
  });
  const problems: Problem[] = [...context.problems];
  const clock = watchClock(plan.startedAt, context.clocks);
  let repositories: readonly RepositoryOutcome[] = [];
  let sourcesMissing = false;
  let absentSources: readonly AbsentSource[] = [];
  try {
    problems.push(...await recover(stagingRequest(context, watch.signal)));
    const request = stagingRequest(context, watch.signal);
    await requireEmptyTempDir(request);
    const staging = await stageSources(request);
    problems.push(...staging.problems);
    sourcesMissing = missingSources(staging).length > 0;
    absentSources = staging.absent;
    for (const source of absentSources) {
      emit({ type: "note", scope: {}, level: "info", text: `skipped: ${absenceText(source)}` });
    }
    repositories = await backUpAndMaintain(context, staging, watch.signal, problems);
  } catch (error) {
    if (error instanceof StagingStopped) problems.push(...error.problems);
    const stopped = watch.signal.aborted && !(error instanceof AppError);
    problems.push(
      stopped
        ? { severity: "error", message: interruptionOf(watch.signal) }
        : problemOf(error, emit),
    );
  }
  problems.push(...clock.problems());
  const jump = clock.jump();
  if (jump > 0) {
    const text =
      `The clock went forward by ${humanDuration(jump)} more than the run took: it was ` +
      "set, or the machine slept";
    emit({ type: "note", scope: {}, level: "warning", text });
  }
  const outcome = conclude(context, watch, problems, repositories, clock.now());
  return {
    ...outcome,
    ...(sourcesMissing ? { sourcesMissing } : {}),
    ...(absentSources.length === 0 ? {} : { absentSources }),
  };
}

function missingSources({ problems }: Staging): readonly string[] {
  return problems.flatMap(({ severity, message }) => severity === "error" ? [message] : []);
}

async function backUpAndMaintain(
  context: RunContext,
  staging: Staging,
  signal: AbortSignal,
  problems: Problem[],
): Promise<readonly RepositoryOutcome[]> {
  const { plan, outer, start, clocks, emit } = context;
  const verifyFiles = await chooseVerifyFiles(plan, staging, signal);
  const look = await lookAtSources(context, staging);
  const missing = missingSources(staging);
  const pipelines = plan.repositories.map((target) =>
    new RepositoryPipeline({
      plan,
      target,
      outer,
      start,
      clocks,
      signal,
      emit,
      sources: staging.sources,
      missing,
      absent: staging.absent,
      look,
      verifyFiles,
      memory: context.memory(target.label),
    })
  );
  // Everybody's create comes before anybody's check: snapshots are held no longer than needed.
  const limit = createLimiter(plan.parallel);
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

/** The same for all repositories, while the sources are staged. */
async function lookAtSources(
  { plan, system: { files } }: RunContext,
  { sources, roots, passedOver }: Staging,
): Promise<SourcesLook> {
  const isRead = !plan.skip.has("create") && !plan.skip.has("inspect");
  if (sources === undefined || !isRead) return { roots, passedOver, facts: [] };
  const { root, repositories: apart = [] } = sources;
  const facts = await gatherFacts({ ...plan.sources, root, roots, apart, files });
  return { roots, facts, passedOver };
}

/** The same files for all repositories: they were given the same sources. */
async function chooseVerifyFiles(
  plan: Plan,
  { sources }: Staging,
  signal: AbortSignal,
): Promise<readonly Candidate[]> {
  const count = plan.verifyFiles;
  if (sources === undefined || count === 0 || plan.skip.has("verify")) return [];
  try {
    const search = findCandidates(sources, Math.ceil(count * DESCENTS), Math.random, signal);
    const found = (await inTime(search, SEARCH_TIME)).filter(({ path }) =>
      !sources.repositories?.some((excluded) => path.startsWith(`${excluded}/`))
    );
    return choose(found, count, Math.random);
  } catch {
    // Borg will meet the same file system in a moment and say what is wrong with it.
    return [];
  }
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

function stagingRequest(context: RunContext, signal: AbortSignal): StageRequest {
  const { plan, emit, outer, start, system } = context;
  const { name, runId } = plan;
  return {
    name,
    runId,
    startedAt: plan.startedAt,
    hostname: plan.hostname,
    directories: plan.sources.directories,
    optional: plan.sources.optional,
    ownRepositories: plan.ownRepositories,
    zfs: plan.zfs,
    oneFileSystem: plan.sources.oneFileSystem,
    tempDir: plan.tempDir,
    stateDir: plan.stateDir,
    system,
    signal,
    emit,
    environment: { LC_ALL: "C.UTF-8", ...(outer.PATH === undefined ? {} : { PATH: outer.PATH }) },
    hooks: snapshotHooks({ name, runId, path: outer.PATH ?? "", emit, start, stopped: signal }),
  };
}
