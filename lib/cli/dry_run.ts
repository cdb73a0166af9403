import type { Plan } from "../backup/plan.ts";
import { stateOf } from "../backup/outcome.ts";
import { plannedLines } from "../backup/planned_commands.ts";
import { planSources } from "../backup/planned_sources.ts";
import { realSystem } from "../staging/system.ts";
import type { Masker } from "../text/secret.ts";
import { type CliContext, searchPath } from "./context.ts";
import { exitCodeOfState, tellProblems } from "./describe_error.ts";

/**
 * Prints the exact commands that a run would start, ready for a shell, and changes nothing. The
 * passphrases are in Borg's environment, so they are not in it.
 */
export async function dryRun(context: CliContext, plan: Plan, mask: Masker): Promise<void> {
  const planned = await planSources(plan, searchPath(context.variable), {
    system: realSystem(plan.stateDir, context.start),
  });
  context.print(mask(`${plannedLines(plan, planned).join("\n")}\n`));
  tellProblems(context, planned.problems, mask);
  // A run would end like this, too.
  context.end(exitCodeOfState(stateOf(planned.problems)));
}
