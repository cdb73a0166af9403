import { checkArguments, compactArguments, pruneArguments } from "../borg/commands.ts";
import type { Plan } from "../backup/plan.ts";
import type { Repository } from "../config/config_schema.ts";
import { stateOf } from "../backup/outcome.ts";
import type { StagedSources } from "../staging/staging.ts";
import { planSources } from "../backup/planned_sources.ts";
import { planCreate } from "../backup/steps/create.ts";
import { realSystem } from "../staging/system.ts";
import type { PlannedStep } from "../staging/rehearsal.ts";
import { commandLine, printableLine } from "../text/printable.ts";
import type { Masker } from "../text/secret.ts";
import { ExitCode } from "../errors.ts";
import { type CliContext, searchPath } from "./context.ts";
import { tellProblems } from "./describe_error.ts";

/**
 * Prints the exact commands that a run would start, ready for a shell, and changes nothing. The
 * passphrases are in Borg's environment, so they are not in it.
 */
export async function dryRun(context: CliContext, plan: Plan, mask: Masker): Promise<void> {
  const planned = await planSources(plan, searchPath(context.variable), {
    system: realSystem(plan.stateDir, context.start),
  });
  const lines = [
    ...planned.steps.map(stepLine),
    ...plan.repositories.flatMap((repository) =>
      repositoryLines(plan, repository, planned.sources)
    ),
    ...(planned.releaseSteps.length === 0 ? [] : ["# as soon as each repository has its archive:"]),
    ...planned.releaseSteps.map(stepLine),
    ...(planned.lastSteps.length === 0 ? [] : ["# when everything is done:"]),
    ...planned.lastSteps.map(stepLine),
  ];
  context.print(mask(`${lines.join("\n")}\n`));
  tellProblems(context, planned.problems, mask);
  // A run would end like this, too.
  const state = stateOf(planned.problems);
  if (state !== "ok") context.end(state === "failed" ? ExitCode.failed : ExitCode.warning);
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
