import type { Plan } from "../backup/plan.ts";
import { stateOf } from "../backup/outcome.ts";
import { plannedLines } from "../backup/planned_commands.ts";
import { planSources } from "../backup/planned_sources.ts";
import { ExitCode } from "../errors.ts";
import { realSystem } from "../staging/system.ts";
import type { Config } from "../config/config_schema.ts";
import type { Masker } from "../text/secret.ts";
import { type CliContext, searchPath } from "./context.ts";
import { knownPinsOf } from "./pinned_archives.ts";
import { exitCodeOfState, tellProblems } from "./describe_error.ts";

/**
 * Prints the exact commands that a run would start, ready for a shell, and changes nothing. The
 * passphrases are in Borg's environment, so they are not in it.
 *
 * @param list whether the files are listed instead of the commands
 */
export async function dryRun(
  context: CliContext,
  config: Config,
  plan: Plan,
  mask: Masker,
  list: boolean,
): Promise<void> {
  const planned = await planSources(plan, searchPath(context.variable), {
    system: realSystem(plan.stateDir, context.start),
    start: context.start,
  });
  let listed: ExitCode = ExitCode.ok;
  const pinned = (label: string) => knownPinsOf({ config }, label).map(({ archive }) => archive);
  if (!list) context.print(mask(`${plannedLines(plan, planned, pinned).join("\n")}\n`));
  else if (planned.sources !== undefined) {
    const { listPlanned } = await import("./dry_run_list.ts");
    listed = await listPlanned(context, plan, planned, mask);
  }
  tellProblems(context, planned.problems, mask);
  // A run would end like this, too.
  const planEnd = exitCodeOfState(stateOf(planned.problems));
  context.end(listed > planEnd ? listed : planEnd);
}
