import type { Alarm } from "../../alarm.ts";
import { databaseAlarms, grownDumps } from "../../inspect/database_alarms.ts";
import type { Ledger } from "../../state/ledger.ts";
import { databaseLabel, GLOBALS } from "../../text/database_series.ts";
import type { Plan } from "../plan.ts";
import type { DumpMemory } from "../repository_memory.ts";

/** What was found out about tonight's dumps. */
interface InspectedDumps {
  readonly alarms: readonly Alarm[];
  /** What a person should know although nothing is wrong. */
  readonly remarks: readonly string[];
  /** Whether an alarm is about a database that was dumped tonight. */
  readonly looked: (alarm: Pick<Alarm, "kind" | "subject">) => boolean;
}

/**
 * Compares the dumps of this run with the last ones. As long as an alarm is open, what counts is the last
 * dump before it: else the second small one would look like all the others.
 */
export function inspectDumps(
  { startedAt, runId, sizeGuard, databases }: Pick<
    Plan,
    "startedAt" | "runId" | "sizeGuard" | "databases"
  >,
  memory: DumpMemory,
  { alarms }: Pick<Ledger, "alarms">,
): InspectedDumps {
  const began = startedAt.getTime();
  const made = memory.since(began).filter((row) => row.run === runId && row.state === "made");
  const tonight = made.flatMap(({ entry, database, size }) => {
    if (size === null) return [];
    const name = databaseLabel({ label: entry, database });
    const open = alarms.find(({ kind, subject }) => kind === "database-small" && subject === name);
    const before = memory.madeBefore(entry, database, open?.raisedAt ?? began)?.size ?? undefined;
    const table = database === GLOBALS ? undefined : databases.find(({ label }) => label === entry);
    return [{ database: name, size, before, least: table?.minSize }];
  });
  return {
    alarms: databaseAlarms(tonight, sizeGuard.size),
    remarks: grownDumps(tonight),
    looked: ({ kind, subject }) =>
      kind === "database-small" && tonight.some(({ database }) => database === subject),
  };
}
