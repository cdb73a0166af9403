/** The commands that a run would start, as lines ready for a shell. @module */
import { listArchivesArguments } from "../borg/archives.ts";
import { checkArguments, compactArguments, pruneArguments } from "../borg/commands.ts";
import type { Repository } from "../config/config_schema.ts";
import { absenceText } from "../problem.ts";
import type { PlannedStep } from "../staging/rehearsal.ts";
import type { StagedSources } from "../staging/staging.ts";
import { commandLine, printableLine } from "../text/printable.ts";
import type { Plan } from "./plan.ts";
import type { PlannedSources } from "./planned_sources.ts";
import { planCreate } from "./steps/create.ts";

/** All commands of a run in their order, and comments between them. */
export function plannedLines(plan: Plan, planned: PlannedSources): readonly string[] {
  return [
    ...planned.absent.map((source) => `# skipped: ${printableLine(absenceText(source))}`),
    ...planned.steps.map(stepLine),
    ...plan.repositories.flatMap((repository) =>
      repositoryLines(plan, repository, planned.sources)
    ),
    ...(planned.releaseSteps.length === 0 ? [] : ["# as soon as each repository has its archive:"]),
    ...planned.releaseSteps.map(stepLine),
    ...(planned.lastSteps.length === 0 ? [] : ["# when everything is done:"]),
    ...planned.lastSteps.map(stepLine),
  ];
}

function stepLine(step: PlannedStep): string {
  return step.kind === "command" ? commandLine(step.command) : `# ${printableLine(step.text)}`;
}

function repositoryLines(
  plan: Plan,
  repository: Repository,
  sources: StagedSources | undefined,
): string[] {
  const { check, compact } = repository;
  const lines = [`# ${repository.label}`];
  const add = (args: readonly string[]) => lines.push(commandLine(["borg", ...args]));
  const wanted = (step: "create" | "check" | "prune" | "compact") => !plan.skip.has(step);
  if (wanted("create") && sources !== undefined) {
    lines.push(`# in ${sources.root}:`);
    add(planCreate(plan, repository, sources));
  }
  if (wanted("create") && !plan.skip.has("verify") && plan.verifyFiles > 0) {
    lines.push(
      `# then up to ${plan.verifyFiles} files, chosen at random, are read back and compared`,
    );
  }
  add(listArchivesArguments(repository));
  const { expectations } = plan;
  if (wanted("create") && expectations.length > 0) {
    const paths = expectations.map(({ path }) => printableLine(path)).join(", ");
    lines.push(`# the new archive is searched for what is expected: ${paths}`);
  }
  if (wanted("check") && check.enabled) {
    if (check.every > 0) lines.push("# when the check is due:");
    add(checkArguments(repository, check.verifyData));
  }
  const prune = pruneArguments(repository, plan.name, repository.retention);
  if (wanted("prune")) {
    if (prune === undefined) lines.push("# no retention is set, so nothing is pruned");
    else add(prune);
  }
  if (wanted("compact") && compact.enabled) add(compactArguments(repository));
  return lines;
}
