import { databaseSeries } from "../../text/database_series.ts";
import type { DumpOutcome } from "../dump_outcome.ts";
import type { RepositoryMemory } from "../repository_memory.ts";
import { retentionOf } from "../series_retention.ts";
import type { StepContext, StepResult } from "./borg_step.ts";
import { pruneSeries } from "./prune.ts";
import { afterPrune } from "./prune_also.ts";

/**
 * Removes the archives of databases that retention does not keep. A database that was not dumped tonight
 * is not touched: what is kept must not shrink night by night while no dump succeeds.
 *
 * @returns what became of it; `undefined`: there was nothing to do
 * @throws {AppError} when Borg can't be started
 */
export async function pruneDumps(
  context: StepContext,
  memory: RepositoryMemory,
  dumps: readonly DumpOutcome[],
): Promise<StepResult | undefined> {
  const { plan, target } = context;
  let all: StepResult | undefined;
  for (const dump of dumps) {
    if (dump.archive === undefined) continue;
    const series = databaseSeries(plan.name, dump);
    const one = await pruneSeries(context, memory, series, retentionOf(plan, target, series));
    all = all === undefined ? one : afterPrune(all, one);
    if (all?.outcome.state === "failed") return all;
  }
  return all;
}
