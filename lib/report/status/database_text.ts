/** The databases of the status for a person. Pure. @module */
import { plainTable } from "../../text/plain_table.ts";
import { printableLine } from "../../text/printable.ts";
import { counted, humanAge, humanSize } from "../../text/units.ts";
import { fit } from "../../text/width.ts";
import { paint, type TextStyle } from "../text_style.ts";
import type { RepositoryStatus, StatusReport } from "./backup_status.ts";
import { type DatabaseStatus, isDatabaseGood } from "./database_status.ts";

/** Of more databases than these, only those are listed that need attention. */
const MOST_LISTED = 20;

/** How many that are not good are named in a sentence. */
const MOST_NAMED = 3;

/** A database in all repositories that get it. */
interface StatedDatabase {
  readonly name: string;
  readonly worst: DatabaseStatus;
  /** By the labels of the repositories. */
  readonly places: ReadonlyMap<string, DatabaseStatus>;
}

const WORST_FIRST: readonly DatabaseStatus["state"][] = [
  "never",
  "too-old",
  "in-the-future",
  "fresh",
  "absent",
  "vanished",
];

/** Puts together what the repositories know of each database, in the order of the first one. */
export function statedDatabases(
  repositories: readonly Pick<RepositoryStatus, "label" | "databases">[],
): readonly StatedDatabase[] {
  const found = new Map<string, Map<string, DatabaseStatus>>();
  for (const { label, databases } of repositories) {
    for (const database of databases) {
      const places = found.get(database.name) ?? new Map<string, DatabaseStatus>();
      found.set(database.name, places.set(label, database));
    }
  }
  return [...found].flatMap(([name, places]) => {
    const [worst] = [...places.values()].toSorted((a, b) =>
      WORST_FIRST.indexOf(a.state) - WORST_FIRST.indexOf(b.state)
    );
    return worst === undefined ? [] : [{ name, worst, places }];
  });
}

/** The databases as a table; no line when there are none. */
export function databaseLines(
  { repositories }: Pick<StatusReport, "repositories">,
  style: TextStyle,
): readonly string[] {
  const all = statedDatabases(repositories);
  if (all.length === 0) return [];
  const listed = all.length <= MOST_LISTED
    ? all
    : all.filter(({ worst }) => !isDatabaseGood(worst) || worst.state === "vanished");
  const others = all.length - listed.length;
  const labels = repositories.filter(({ databases }) => databases.length > 0)
    .map(({ label }) => label);
  const lines = plainTable(
    ["database", "state", "size", ...labels],
    listed.map((one) => databaseCells(one, labels)),
  ).map((line) => fit(line, style.width));
  const rest = `${others} other ${others === 1 ? "database is" : "databases are"} fresh`;
  const [head = "", ...body] = listed.length === 0 ? [] : lines;
  return [
    "",
    ...(head === "" ? [] : [paint(style, "dim", head)]),
    ...body.map((line, index) => coloured(line, listed[index], style)),
    ...(others === 0 ? [] : [
      listed.length === 0 ? counted(all.length, "database is fresh", "databases are fresh") : rest,
    ]),
  ];
}

/** The cells of a database: name, state, size, and how old its last dump is in each repository. */
export function databaseCells(
  { name, worst, places }: StatedDatabase,
  labels: readonly string[],
): readonly string[] {
  const sizes = [...places.values()].map(({ lastDump }) => lastDump)
    .filter((dump) => dump !== null)
    .toSorted((a, b) => a.ageSeconds - b.ageSeconds);
  const bytes = sizes[0]?.bytes ?? null;
  return [
    printableLine(name),
    databaseWord(worst),
    bytes === null ? "-" : humanSize(bytes),
    ...labels.map((label) => {
      const place = places.get(label);
      return place === undefined ? "-" : ageText(place);
    }),
  ];
}

/** The states whose names are no words. */
const WORDS: Partial<Record<DatabaseStatus["state"], string>> = {
  "too-old": "too old",
  "in-the-future": "future",
};

/** The word for how a database is. */
function databaseWord({ state }: DatabaseStatus): string {
  return WORDS[state] ?? state;
}

/** Names the databases that need attention, in clauses of a sentence. */
export function badDatabases(
  repositories: readonly Pick<RepositoryStatus, "label" | "databases">[],
): readonly string[] {
  const bad = repositories.flatMap(({ label, databases }) =>
    databases.filter((one) => !isDatabaseGood(one)).map((one) => ({ label, one }))
  );
  const named = bad.slice(0, MOST_NAMED).map(({ label, one: { name, state, lastDump } }) => {
    const shown = printableLine(name);
    if (lastDump === null || state === "never") return `${label} has no good dump of ${shown}`;
    if (state === "in-the-future") return `${label} has a dump of ${shown} from the future`;
    return `the last good dump of ${shown} in ${label} is ` +
      `${humanAge(Math.abs(lastDump.ageSeconds) * 1_000)} old`;
  });
  const more = bad.length - named.length;
  return more === 0 ? named : [...named, `${more} more ${more === 1 ? "needs" : "need"} attention`];
}

function ageText({ lastDump }: DatabaseStatus): string {
  if (lastDump === null) return "never";
  const age = humanAge(Math.abs(lastDump.ageSeconds) * 1_000);
  return lastDump.ageSeconds < 0 ? `in ${age}` : `${age} ago`;
}

function coloured(line: string, database: StatedDatabase | undefined, style: TextStyle): string {
  if (database === undefined) return line;
  const word = databaseWord(database.worst);
  const at = line.indexOf(word, printableLine(database.name).length);
  if (at < 0) return line;
  const colour = database.worst.state === "fresh"
    ? "green"
    : isDatabaseGood(database.worst)
    ? "dim"
    : "red";
  return line.slice(0, at) + paint(style, colour, word) + line.slice(at + word.length);
}
