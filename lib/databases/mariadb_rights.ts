/**
 * Which rights a user of MariaDB or MySQL lacks to dump a database as a whole. What the user may not see
 * is absent from the dump without a word: tables, triggers and routines are simply not listed. Pure.
 *
 * @module
 */

/** What is granted on a database, or on all. */
interface Grant {
  readonly rights: ReadonlySet<string>;
  /** `*`, or the pattern of a database, in which `_` and `%` stand for others. */
  readonly database: string;
  /** `*`, or the name of a table. */
  readonly table: string;
}

/** What `mariadb-dump` asks for, and what is absent from the dump without it. */
const NEEDED: readonly (readonly [right: string, missing: string])[] = [
  ["SELECT", "tables"],
  ["SHOW VIEW", "views"],
  ["TRIGGER", "triggers"],
  ["EVENT", "events"],
];

/** Any of these lets a user see the body of routines that belong to others. */
const ROUTINES = ["SHOW CREATE ROUTINE", "SHOW_ROUTINE"];

/**
 * Says what may be absent from a dump.
 *
 * @param grants the lines of `SHOW GRANTS`
 * @returns such as `triggers`; empty when nothing is
 */
export function missingFromDump(grants: readonly string[], database: string): readonly string[] {
  const read = grants.flatMap(readGrant);
  const has = (right: string, name: string, table = "*") =>
    read.some((grant) =>
      (grant.rights.has(right) || grant.rights.has("ALL PRIVILEGES")) &&
      (grant.table === "*" || grant.table === table) && covers(grant.database, name)
    );
  const routines = has("SELECT", "mysql", "proc") || has("SELECT", "*") ||
    ROUTINES.some((right) => has(right, database));
  return [
    ...NEEDED.filter(([right]) => !has(right, database)).map(([, missing]) => missing),
    ...(routines ? [] : ["routines"]),
  ];
}

/** Whether a user sees the names of all databases. */
export function seesAllDatabases(grants: readonly string[]): boolean {
  return grants.flatMap(readGrant).some(({ rights, database }) =>
    database === "*" &&
    ["SHOW DATABASES", "SELECT", "ALL PRIVILEGES"].some((right) => rights.has(right))
  );
}

const NAME = "(\\*|`(?:[^`]|``)*`)";
const GRANT = new RegExp(`^GRANT (.+?) ON (?:TABLE )?${NAME}\\.${NAME} TO `);

/** Reads a line of `SHOW GRANTS`; nothing of one that grants a role or a routine. */
function readGrant(line: string): readonly Grant[] {
  const [, rights = "", database = "", table = ""] = GRANT.exec(line) ?? [];
  if (rights === "") return [];
  return [{
    // Rights on some columns are rights on less than the table.
    rights: new Set(rights.split(/,(?![^(]*\))/).map((right) => right.trim())),
    database: unquoted(database),
    table: unquoted(table),
  }];
}

function unquoted(name: string): string {
  return name === "*" ? name : name.slice(1, -1).replaceAll("``", "`");
}

/** Whether the pattern of a grant means a database; `*` as a name: all. */
function covers(pattern: string, database: string): boolean {
  if (pattern === "*") return true;
  const expression = pattern.replace(/\\[_%]|[\s\S]/g, (part) => {
    if (part === "_") return "[\\s\\S]";
    if (part === "%") return "[\\s\\S]*";
    return RegExp.escape(part.replace(/^\\(?=[_%])/, ""));
  });
  return new RegExp(`^${expression}$`, "i").test(database);
}
