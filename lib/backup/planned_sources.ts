/** Says what a run would do around Borg, without doing it: the staging and the hooks. @module */
import { failure, type Problem } from "../problem.ts";
import { planServices } from "../quiesce/planned_services.ts";
import type { HookPlace } from "../files/hook_file.ts";
import { longPause } from "../staging/live_staging.ts";
import { type PlannedStep, rehearseStaging } from "../staging/rehearsal.ts";
import { runProgram, type StartProgram } from "../process/program.ts";
import type { Staging } from "../staging/staging.ts";
import type { StagingSystem } from "../staging/system.ts";
import { type HookName, rehearseHook } from "./hooks.ts";
import type { Repository } from "../config/config_schema.ts";
import { shareOf } from "../staging/repository_share.ts";
import type { Plan } from "./plan.ts";
import { expectationsFor, planFor } from "./repository_plan.ts";
import { isConfigured } from "./repository_selection.ts";

/** What a run would do around Borg. */
export interface PlannedSources extends Pick<Staging, "sources" | "roots" | "absent" | "problems"> {
  /** Before Borg, in this order. */
  readonly steps: readonly PlannedStep[];
  /** When all repositories have their archives. */
  readonly releaseSteps: readonly PlannedStep[];
  /** When everything is done. */
  readonly lastSteps: readonly PlannedStep[];
}

/** What the plan is made with; the real machine and its hooks when left out. */
interface PlanningContext {
  readonly system?: StagingSystem;
  /** Starts what only looks at services. */
  readonly start?: StartProgram;
  readonly hooks?: HookPlace;
}

/**
 * Looks at the sources (`zfs list` and `mount` are started for it) and says what a run would do;
 * nothing is changed.
 *
 * @param environment `PATH` for the programs that only look
 */
export async function planSources(
  plan: Plan,
  environment: Readonly<Record<string, string>>,
  { system, start = runProgram, hooks = {} }: PlanningContext = {},
): Promise<PlannedSources> {
  const request = { ...plan, ...plan.sources, environment };
  const staging = await rehearseStaging(system === undefined ? request : { ...request, system });
  const hook = (name: HookName) => rehearseHook(hooks, name);
  const before = await hook("before-snapshot");
  const after = await hook("after-snapshot");
  const finished = await hook("finished");
  const services = plan.quiesce === undefined
    ? { stop: [], start: [], problems: [] }
    : await planServices(plan.quiesce, { start, path: environment.PATH ?? "" });
  const { looking, snapshots, mounts, release, sources, roots, missing, absent } = staging;
  return {
    steps: [
      ...looking,
      ...before.steps,
      ...services.stop,
      ...snapshots,
      // Without a snapshot they are stopped for as long as the sources are read.
      ...(snapshots.length > 0 ? services.start : []),
      ...after.steps,
      ...mounts,
    ],
    releaseSteps: [...release, ...(snapshots.length > 0 ? [] : services.start)],
    lastSteps: finished.steps,
    sources,
    roots,
    absent,
    problems: [
      ...before.problems,
      ...after.problems,
      ...before.steps.length === 0 ? missing : missing.map(perhapsMadeByHook),
      ...staging.problems,
      ...services.problems,
      ...isRefused(plan, snapshots) ? [failure(longPause().message, longPause().hint ?? "")] : [],
      ...finished.problems.map((problem): Problem => ({ ...problem, severity: "warning" })),
    ],
  };
}

/** Whether a run would stop nothing and fail, because services would be away for too long. */
function isRefused({ quiesce, zfs }: Plan, snapshots: readonly PlannedStep[]): boolean {
  return quiesce !== undefined && !quiesce.allowLongPause && snapshots.length === 0 &&
    zfs.datasets.length === 0;
}

/** It is looked for again after the hook, so a dry run can't tell. */
function perhapsMadeByHook({ message, ...problem }: Problem): Problem {
  const text = `${message}, unless the before-snapshot hook creates it`;
  return { ...problem, severity: "warning", message: text };
}

/** What one repository would get of it, and the plan as it is for that repository. */
export function plannedShare(
  plan: Plan,
  repository: Repository,
  planned: Pick<PlannedSources, "sources" | "roots">,
): { readonly plan: Plan; readonly sources: PlannedSources["sources"] } {
  const own = planFor(plan, repository);
  const { sources, roots, leftOut } = shareOf(({ path }) => isConfigured(own, path), planned);
  const expectations = expectationsFor(plan, repository, { roots, leftOut });
  return { plan: { ...own, expectations }, sources };
}
