/**
 * What one key of `[[databases]]` alone can't tell: keys that its kind lacks or does not have, keys
 * that exclude each other, and users that this machine does not have.
 * @module
 */
import { findAccount } from "../files/accounts.ts";
import { DATABASE_MARK } from "../text/database_series.ts";
import { asArray, asTable, type KeyPath, type Problem, valueAt } from "./config_problem.ts";
import { KEYS_OF_KINDS, keysOfDatabaseKind } from "./database_kinds.ts";
import { duplicates } from "./duplicates.ts";
import { unknownLabels } from "./notify_checks.ts";

type Table = Readonly<Record<string, unknown>>;

/** Finds what is wrong with the databases of a document; the secrets are looked at elsewhere. */
export async function wrongDatabases(document: unknown): Promise<readonly Problem[]> {
  const problems = [
    ...wrongSeriesName(document),
    ...duplicates(document, "label", ["databases"], ["label"], (label) => label),
  ];
  for (const [index, value] of asArray(valueAt(document, ["databases"])).entries()) {
    const entry = asTable(value);
    if (entry === undefined) continue;
    const path: KeyPath = ["databases", index];
    problems.push(
      ...keysOfOthers(entry, path),
      ...wrongChoice(entry, path),
      ...wrongConnection(entry, path),
      ...wrongNames(document, entry, path),
      ...unknownLabels(document, entry, path),
      ...await missingUser(entry, path),
    );
  }
  return problems;
}

/** The series "NAME.db.LABEL.DATABASE" of one configuration would be that of another one. */
function wrongSeriesName(document: unknown): readonly Problem[] {
  const name = valueAt(document, ["name"]);
  if (typeof name !== "string" || !name.includes(DATABASE_MARK)) return [];
  const message = `expected a name without "${DATABASE_MARK}", which marks archives of databases`;
  return [{ path: ["name"], message }];
}

function keysOfOthers(entry: Table, path: KeyPath): readonly Problem[] {
  const keys = keysOfDatabaseKind(entry.kind);
  if (keys === undefined) return [];
  return KEYS_OF_KINDS.filter((key) => entry[key] !== undefined && !keys.includes(key))
    .map((key) => ({
      path: [...path, key],
      message: `not a key of kind "${entry.kind}", it has ${keys.join(", ")}`,
      isKey: true,
    }));
}

/** Either some databases by name, or all of the server but some. */
function wrongChoice(entry: Table, path: KeyPath): readonly Problem[] {
  const keys = keysOfDatabaseKind(entry.kind);
  if (keys === undefined || !keys.includes("databases")) return [];
  const isAll = keys.includes("all") && entry.all === true;
  const isNamed = asArray(entry.databases).length > 0;
  if (!isAll && !isNamed) return withoutDatabase(entry, path, keys.includes("all"));
  if (isAll && isNamed) {
    const message = "expected either databases or all = true, found both";
    return [{ path: [...path, "all"], message, isKey: true }];
  }
  if (isAll || !keys.includes("exclude") || asArray(entry.exclude).length === 0) return [];
  const message = "expected all = true beside exclude: what is not in databases is not dumped";
  return [{ path: [...path, "exclude"], message, isKey: true }];
}

function withoutDatabase(entry: Table, path: KeyPath, hasAll: boolean): readonly Problem[] {
  const message = hasAll
    ? "expected databases or all = true, found neither"
    : "expected the paths of files in databases, found none";
  const absent: KeyPath[] = [[...path, "databases"], [...path, "all"]];
  return [{ path: entry.databases === undefined ? path : [...path, "databases"], message, absent }];
}

function wrongConnection(entry: Table, path: KeyPath): readonly Problem[] {
  const { kind, host, port, socket } = entry;
  if (keysOfDatabaseKind(kind)?.includes("host") !== true) return [];
  if (host !== undefined && socket !== undefined) {
    const message = "expected either host or socket, found both";
    return [{ path: [...path, "socket"], message, isKey: true }];
  }
  if (kind === "postgresql" || port === undefined || host !== undefined) return [];
  // Its client would take the socket and not say so.
  const message = `expected host beside port for kind "${kind}": a socket has no port`;
  return [{ path: [...path, "port"], message, isKey: true, absent: [[...path, "host"]] }];
}

function wrongNames(document: unknown, entry: Table, path: KeyPath): readonly Problem[] {
  const at = [...path, "databases"];
  const twice = duplicates(document, "database", at, [], (name) => name);
  if (entry.kind !== "sqlite") {
    return [
      ...twice,
      ...asArray(entry.databases).flatMap((name, index): Problem[] => {
        // Neither server can hold one in the name of a database that its dump program accepts.
        if (typeof name !== "string" || !/[\r\n]/.test(name)) return [];
        const message = "expected the name of a database in one line";
        return [{ path: [...at, index], message }];
      }),
    ];
  }
  return [
    ...twice,
    ...asArray(entry.databases).flatMap((name, index): Problem[] => {
      if (typeof name !== "string" || name === "" || name.startsWith("/")) return [];
      const message = "expected the absolute path of a file of SQLite, found " +
        JSON.stringify(name);
      return [{ path: [...at, index], message }];
    }),
  ];
}

async function missingUser(entry: Table, path: KeyPath): Promise<readonly Problem[]> {
  const { run_as: user, kind } = entry;
  const isPossible = keysOfDatabaseKind(kind)?.includes("run_as") === true;
  if (typeof user !== "string" || !isPossible || await findAccount(user) !== undefined) return [];
  const message = "expected a user of this machine, found none in /etc/passwd that is called " +
    JSON.stringify(user);
  return [{ path: [...path, "run_as"], message }];
}
