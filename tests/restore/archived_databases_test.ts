import assert from "node:assert/strict";
import {
  archivedDatabases,
  chooseDump,
  findDatabase,
} from "../../lib/restore/archived_databases.ts";
import {
  COMMAND_DUMP,
  databaseLabel,
  type DatabaseName,
  databaseSeries,
  GLOBALS,
} from "../../lib/text/database_series.ts";
import { archiveIndexOf, archivesIn } from "./archives.ts";

/** The name of an archive of a database, made on a day in November. */
function dumpOf(database: string, day: number, label = "pg"): string {
  return `${databaseSeries("web", { label, database })}-2026-11-${day}T03:00:00Z-0123abcd`;
}

/** A repository with archives of databases, and of files. */
function indexWith(...names: readonly string[]) {
  const listed = names.map((name) => [name, "2026-11-10T00:00:00Z"] as const);
  const files = ["web-2026-11-22T04:00:00Z-0123abcd", "2026-11-22T04:00:00Z"] as const;
  return archiveIndexOf([archivesIn("disk", files, ...listed)]);
}

const found = (
  names: readonly string[],
  typed: string,
  configured: readonly DatabaseName[] = [],
) => {
  const index = indexWith(...names);
  return findDatabase(archivedDatabases(index, "web"), configured, typed, index.reachable);
};

Deno.test("archivedDatabases() reads databases of the series alone, each with its archives", () => {
  const index = indexWith(
    dumpOf("shop", 20),
    dumpOf("a/b", 21, "my"),
    dumpOf("shop", 21),
    "web.db.pg-2026-11-20T03:00:00Z-0123abcd",
    "other.db.pg.shop-2026-11-20T03:00:00Z-0123abcd",
  );
  const databases = archivedDatabases(index, "web");
  assert.deepEqual(
    databases.map(({ name, archives }) => [databaseLabel(name), archives.map((one) => one.name)]),
    [
      ["my/a/b", [dumpOf("a/b", 21, "my")]],
      ["pg/shop", [dumpOf("shop", 21), dumpOf("shop", 20)]],
    ],
  );
});

Deno.test("findDatabase() finds a database by what people type", () => {
  const names = [
    dumpOf("shop", 20),
    dumpOf(GLOBALS, 20),
    dumpOf("a/b", 20),
    dumpOf("/srv/wiki/wiki.sqlite", 20, "wiki"),
    dumpOf(COMMAND_DUMP, 20, "mongo"),
    dumpOf("one", 20, "two"),
    dumpOf("two", 20, "two"),
  ];
  const typed = (text: string) => found(names, text).name;
  assert.deepEqual(typed("pg/shop"), { label: "pg", database: "shop" });
  assert.deepEqual(typed("pg/a/b"), { label: "pg", database: "a/b" });
  assert.deepEqual(typed("pg/globals"), { label: "pg", database: GLOBALS });
  assert.deepEqual(typed("pg/*globals*"), { label: "pg", database: GLOBALS });
  assert.deepEqual(typed("mongo").database, COMMAND_DUMP);
  assert.deepEqual(typed("mongo/dump").database, COMMAND_DUMP);
  for (const text of ["wiki", "wiki//srv/wiki/wiki.sqlite", "wiki/wiki.sqlite"]) {
    assert.equal(typed(text).database, "/srv/wiki/wiki.sqlite", text);
  }
  const refused = (text: string) => {
    try {
      typed(text);
    } catch (error) {
      if (error instanceof Error && "hint" in error) return `${error.message}. ${error.hint}`;
    }
    return assert.fail(text);
  };
  const listed =
    'expected one of "mongo", "pg/a/b", "pg/globals", "pg/shop", "two/one", "two/two", ' +
    '"wiki//srv/wiki/wiki.sqlite"';
  assert.equal(
    refused("pg/shpo"),
    `Cannot find the database "pg/shpo" in "disk": ${listed}. Did you mean "pg/shop"?`,
  );
  assert.match(refused("shop"), /Did you mean "pg\/shop"\?$/);
  // The label has two.
  assert.match(refused("two"), /expected one of/);
});

Deno.test("findDatabase() takes a label for the database that it has today", () => {
  const names = [dumpOf("/srv/old.db", 20, "wiki"), dumpOf("/srv/new.db", 21, "wiki")];
  const today = [{ label: "wiki", database: "/srv/new.db" }];
  assert.deepEqual(found(names, "wiki", today).name, today[0]);
  assert.throws(() => found(names, "wiki"), /^AppError: Cannot find the database "wiki"/);
});

Deno.test("findDatabase() tells the roles of a server from a database of their name", () => {
  const names = [dumpOf(GLOBALS, 20), dumpOf("globals", 20)];
  const labels = archivedDatabases(indexWith(...names), "web").map(({ name }) => name);
  for (const name of labels) assert.deepEqual(found(names, databaseLabel(name)).name, name);
  assert.deepEqual(labels.map(databaseLabel), ['pg/"globals"', "pg/globals"]);
});

Deno.test("findDatabase() says what to do when there is no archive of a database", () => {
  assert.throws(() => found([], "pg/shop"), {
    message: 'There is no archive of a database in "disk" yet',
    hint: "Name what to dump in [[databases]] of the configuration",
  });
  const configured = [{ label: "pg", database: "shop" }];
  assert.throws(() => found([dumpOf("other", 20)], "pg/shop", configured), {
    message: 'There is no archive of "pg/shop" in "disk" yet',
  });
});

Deno.test("chooseDump() takes the newest, the newest up to a time, or the one that is named", () => {
  const { name, archives } = found([dumpOf("shop", 20), dumpOf("shop", 22)], "pg/shop");
  const chosen = (archive: string, at?: string) =>
    chooseDump({ name, archives }, {
      archive,
      ...(at === undefined ? {} : { at: new Date(at) }),
    }).name;
  assert.equal(chosen("latest"), dumpOf("shop", 22));
  assert.equal(chosen("latest", "2026-11-22T02:59:59Z"), dumpOf("shop", 20));
  assert.equal(chosen(dumpOf("shop", 20)), dumpOf("shop", 20));
  assert.throws(
    () => chosen("latest", "2026-11-19T00:00:00Z"),
    /^AppError: Cannot find an archive of the database "pg\/shop" from before 2026-11-19/,
  );
  assert.throws(() => chosen(dumpOf("shop", 21)), {
    message: `Cannot find the archive "${dumpOf("shop", 21)}" of the database "pg/shop"`,
  });
});
