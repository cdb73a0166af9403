/** Finds the database that a person means, and its archives. Pure. @module */
import { AppError, UsageError } from "../errors.ts";
import {
  databaseLabel,
  type DatabaseName,
  databaseSeries,
  parseDatabaseSeries,
} from "../text/database_series.ts";
import { localTime } from "../text/local_time.ts";
import { nearest } from "../text/nearest.ts";
import { ownCommand } from "../text/own_command.ts";
import { printableLine } from "../text/printable.ts";
import type { ArchiveIndex, ListedArchive } from "./archive_index.ts";

/** A database of which there are archives. */
export interface ArchivedDatabase {
  readonly name: DatabaseName;
  /** Newest first; at least one. */
  readonly archives: readonly ListedArchive[];
}

/** At most this many databases are named in an error. */
const NAMED = 12;

/**
 * The databases of which there are archives, by label and name.
 *
 * @param series `name` of the configuration
 */
export function archivedDatabases(
  { archives }: Pick<ArchiveIndex, "archives">,
  series: string,
): readonly ArchivedDatabase[] {
  const found = new Map<string, { name: DatabaseName; archives: ListedArchive[] }>();
  for (const archive of archives) {
    const name = parseDatabaseSeries(series, archive.series ?? "");
    if (name === undefined) continue;
    const key = databaseSeries(series, name);
    const known = found.get(key);
    if (known === undefined) found.set(key, { name, archives: [archive] });
    else known.archives.push(archive);
  }
  return [...found.values()].toSorted((a, b) => compareNames(a.name, b.name));
}

/** Orders databases by label and name. */
export function compareNames(a: DatabaseName, b: DatabaseName): number {
  const [first, second] = [databaseLabel(a), databaseLabel(b)];
  return first < second ? -1 : first > second ? 1 : 0;
}

/**
 * Finds a database by what was typed: as `databaseLabel` has it, a label alone that has one
 * database, or the last part of a path.
 *
 * @param known the databases that there are
 * @returns `undefined` when it is none of them
 */
export function matchDatabase<T extends { readonly name: DatabaseName }>(
  known: readonly T[],
  typed: string,
): T | undefined {
  const exact = known.find(({ name }) => databaseLabel(name) === typed) ??
    known.find(({ name: { label, database } }) => `${label}/${database}` === typed);
  if (exact !== undefined) return exact;
  const near = known.filter(({ name: { label, database } }) =>
    label === typed || (database.startsWith("/") && `${label}/${baseOf(database)}` === typed)
  );
  return near.length === 1 ? near[0] : undefined;
}

/**
 * Finds a database of which there are archives.
 *
 * @param configured databases that the configuration names, archived or not
 * @throws {AppError} when there is none of that name, with those that there are
 */
export function findDatabase(
  databases: readonly ArchivedDatabase[],
  configured: readonly DatabaseName[],
  typed: string,
  reachable: ArchiveIndex["reachable"],
): ArchivedDatabase {
  const found = matchDatabase(databases, typed);
  if (found !== undefined) return found;
  const where = reachable.map(({ label }) => `"${label}"`).join(", ");
  const planned = matchDatabase(configured.map((name) => ({ name })), typed);
  // A label alone means the database that it has today, whatever it had before.
  const meant = databases.find(({ name: { label, database } }) =>
    label === planned?.name.label && database === planned.name.database
  );
  if (meant !== undefined) return meant;
  const isKnown = planned !== undefined;
  if (databases.length === 0 || isKnown) {
    const what = isKnown ? `"${printableLine(databaseLabel(planned.name))}"` : "a database";
    const hint = isKnown || configured.length > 0
      ? `To create the first one: ${ownCommand("run")}`
      : "Name what to dump in [[databases]] of the configuration";
    throw new AppError(`There is no archive of ${what} in ${where} yet`, { hint });
  }
  const names = databases.map(({ name }) => databaseLabel(name));
  // Without its label, a name is known to those who gave it.
  const own = databases.filter(({ name }) => name.database === typed);
  const [only] = own;
  const near = own.length === 1 && only !== undefined
    ? databaseLabel(only.name)
    : nearest(typed, names);
  const listed = names.slice(0, NAMED).map((name) => `"${printableLine(name)}"`).join(", ");
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : "";
  throw new AppError(
    `Cannot find the database "${printableLine(typed)}" in ${where}: expected ` +
      `${names.length === 1 ? "" : "one of "}${listed}${more}`,
    {
      hint: near === undefined
        ? `To see all of them: ${ownCommand("list")}`
        : `Did you mean ${JSON.stringify(near)}?`,
    },
  );
}

/** Which archive of a database is meant. */
interface DumpChoice {
  /** A name, or "latest". */
  readonly archive: string;
  /** The newest that is not after this time. */
  readonly at?: Date;
}

/**
 * Chooses an archive of a database: the newest, the newest up to a time, or the one that is named.
 *
 * @throws {AppError} when there is none
 */
export function chooseDump(
  { name, archives }: ArchivedDatabase,
  { archive, at }: DumpChoice,
): ListedArchive {
  const shown = `"${printableLine(databaseLabel(name))}"`;
  if (archive !== "latest") {
    const found = archives.find((one) => one.name === archive);
    if (found !== undefined) return found;
    const near = nearest(archive, archives.map((one) => one.name));
    throw new UsageError(`Cannot find the archive "${archive}" of the database ${shown}`, {
      hint: near === undefined
        ? ownCommand("list", "--database", databaseLabel(name))
        : `Did you mean "${near}"?`,
    });
  }
  const time = at?.getTime() ?? Infinity;
  const found = archives.find(({ startedAt }) => startedAt.getTime() <= time);
  if (found !== undefined) return found;
  const oldest = archives.at(-1);
  throw new AppError(
    `Cannot find an archive of the database ${shown} from before ${localTime(time)}`,
    oldest === undefined
      ? {}
      : { hint: `The oldest one is ${oldest.name}, from ${localTime(oldest.startedAt)}` },
  );
}

function baseOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
