/** What a run would do with databases, as lines ready for a shell and comments between them. @module */
import { createFromInputArguments, pruneGlobArguments } from "../borg/commands.ts";
import { extractToOutputArguments } from "../borg/extract.ts";
import type { DatabaseEntry } from "../config/database_entry.ts";
import type { Repository } from "../config/config_schema.ts";
import { formatArchiveName, seriesGlob } from "../text/archive_name.ts";
import { COMMAND_DUMP, databaseSeries } from "../text/database_series.ts";
import { commandLine, printableLine } from "../text/printable.ts";
import { humanSize } from "../text/units.ts";
import type { Plan } from "./plan.ts";
import { retentionOf } from "./series_retention.ts";

/** Stands for each database: the servers are not asked for them by a dry run. */
const ANY = "DATABASE";

/** What is dumped into a repository, and read back from it. */
export function dumpLines(plan: Plan, repository: Repository): readonly string[] {
  if (plan.skip.has("dump")) return [];
  return entriesOf(plan, repository).flatMap((entry) => {
    const { label } = entry;
    const archive = formatArchiveName({ ...plan, series: seriesOf(plan, entry) });
    const fileName = entry.kind === "command" ? `${label}.dump` : `${ANY}.sql`;
    const { compression, verify } = repository;
    const request = { archive, fileName, compression, comment: "" };
    const limit = verify.maxBytes === 0 ? "" : `, no more than ${humanSize(verify.maxBytes)} a run`;
    return [
      `# dumped once for all repositories, ${JSON.stringify(label)}: ${whatIs(entry)}`,
      commandLine(["borg", ...createFromInputArguments(repository, request)]),
      ...(plan.skip.has("verify") ? [] : [
        `# later read back and compared with the hash of the dump${limit}:`,
        commandLine(["borg", ...extractToOutputArguments(repository, archive)]),
      ]),
    ];
  });
}

/** What of the databases is pruned in a repository. */
export function dumpRemovalLines(plan: Plan, repository: Repository): readonly string[] {
  if (plan.skip.has("dump")) return [];
  return entriesOf(plan, repository).flatMap((entry) => {
    const series = seriesOf(plan, entry);
    const retention = retentionOf(plan, repository, series);
    const args = pruneGlobArguments(repository, seriesGlob(series), retention);
    if (args === undefined) return [];
    const what = entry.kind === "command" ? "if it was dumped" : "each one that was dumped";
    return [`# ${JSON.stringify(entry.label)}, ${what}:`, commandLine(["borg", ...args])];
  });
}

function entriesOf(plan: Plan, { label }: Repository): readonly DatabaseEntry[] {
  return plan.databases.filter(({ repositories }) => repositories.includes(label));
}

function seriesOf({ name }: Plan, { label, kind }: DatabaseEntry): string {
  const database = kind === "command" ? COMMAND_DUMP : ANY;
  return databaseSeries(name, { label, database });
}

function whatIs({ kind, all, databases, exclude, globals }: DatabaseEntry): string {
  if (kind === "command") return "what the hook dump writes";
  const names = databases.map(printableLine).join(", ");
  const but = exclude.length === 0 ? "" : ` but ${exclude.map(printableLine).join(", ")}`;
  const what = all ? `all databases of ${kind}${but}` : `${kind} ${names}`;
  return globals ? `${what}, and the roles` : what;
}
