/**
 * What each repository is given to work on. Usually that is the same for all of them, and found out
 * once; a repository that does not get everything is given its own part.
 *
 * @module
 */
import { once } from "../async/concurrency.ts";
import type { Repository } from "../config/config_schema.ts";
import { gatherFacts } from "../inspect/source_facts.ts";
import type { AbsentSource, Problem } from "../problem.ts";
import { shareOf } from "../staging/repository_share.ts";
import type { StagedSources, Staging } from "../staging/staging.ts";
import type { StagingSystem } from "../staging/system.ts";
import type { Plan } from "./plan.ts";
import { expectationsFor, isAbout, planFor } from "./repository_plan.ts";
import { isConfigured, isNarrowed } from "./repository_selection.ts";
import type { SourcesLook } from "./steps/inspect_archive.ts";

/** What one repository is given. */
export interface RepositoryInput {
  readonly target: Repository;
  /** The run as it is for this repository: only its own sources are in it. */
  readonly plan: Plan;
  /** What is read; `undefined` when nothing is left of the sources. */
  readonly sources: StagedSources | undefined;
  /** Sources that are missing from the new archive: one sentence each. */
  readonly missing: readonly string[];
  /** Optional sources that are not there. */
  readonly absent: readonly AbsentSource[];
  /** What the sources look like. */
  readonly look: SourcesLook;
}

/** What the inputs are made of. */
interface InputContext {
  readonly plan: Plan;
  readonly system: Pick<StagingSystem, "files">;
}

/** The sentences about sources that archives will lack. */
export function missingSources(problems: readonly Problem[]): readonly string[] {
  return problems.flatMap(({ severity, message }) => severity === "error" ? [message] : []);
}

/** Makes the input of each repository of the plan, while the sources are staged. */
export async function repositoryInputs(
  context: InputContext,
  staging: Staging,
): Promise<readonly RepositoryInput[]> {
  const { plan } = context;
  const common = once(() => inputFor(context, staging, plan));
  return await Promise.all(plan.repositories.map(async (target) => {
    if (!isNarrowed(target)) return { ...await common(), target };
    const own = planFor(plan, target);
    const input = await inputFor(context, staging, own);
    const { roots } = input.look;
    const leftOut = input.sources?.leftOut ?? [];
    const expectations = expectationsFor(plan, target, { roots, leftOut });
    return { ...input, plan: { ...own, expectations }, target };
  }));
}

async function inputFor(
  context: InputContext,
  staging: Staging,
  plan: Plan,
): Promise<Omit<RepositoryInput, "target">> {
  const { sources, roots } = shareOf(({ path }) => isConfigured(plan, path), staging);
  const { directories, optional } = plan.sources;
  const names = new Set([...directories, ...optional]);
  const look = await lookAtSources(context, plan, { ...staging, sources, roots });
  return {
    plan,
    sources,
    missing: missingSources(staging.problems.filter((problem) => isAbout(plan, problem))),
    absent: staging.absent.filter(({ path }) => names.has(path)),
    look,
  };
}

async function lookAtSources(
  { system: { files } }: InputContext,
  plan: Plan,
  { sources, roots, passedOver, mounts }: Pick<
    Staging,
    "sources" | "roots" | "passedOver" | "mounts"
  >,
): Promise<SourcesLook> {
  const isRead = !plan.skip.has("create") && !plan.skip.has("inspect");
  if (sources === undefined || !isRead) return { roots, passedOver, mounts, facts: [] };
  const { root, repositories = [], leftOut = [] } = sources;
  const apart = [...repositories, ...leftOut];
  const facts = await gatherFacts({ ...plan.sources, root, roots, apart, passedOver, files });
  return { roots, facts, passedOver, mounts };
}
