import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { databaseSeries } from "../../lib/text/database_series.ts";
import { MariaDbServer, NO_MARIADB } from "../databases/mariadb_server.ts";
import { NO_POSTGRESQL, PostgreSqlServer } from "../databases/postgresql_server.ts";
import {
  assertSame,
  MARIADB_CONTENT,
  MARIADB_SAMPLE,
  POSTGRESQL_CONTENT,
  POSTGRESQL_SAMPLE,
} from "../databases/sample.ts";
import { exists, Place, repository, type Table } from "./place.ts";
import { runToEnd } from "./program.ts";

/** A place with two repositories and these databases, of which a run has made dumps. */
async function placeWith(...databases: readonly Table[]): Promise<Place> {
  const place = await Place.quick({
    repositories: [repository("first"), repository("second")],
    databases,
  });
  await place.init();
  await place.expect(0, "run");
  return place;
}

Deno.test({
  name: "restore brings a database of PostgreSQL back under another name, row by row",
  ignore: NO_POSTGRESQL !== undefined,
  fn: async () => {
    await using server = await PostgreSqlServer.start();
    await server.query("CREATE ROLE app; CREATE DATABASE \"größe/1 'x'\" OWNER app");
    await server.query(POSTGRESQL_SAMPLE, "größe/1 'x'");
    const expected = await server.query(POSTGRESQL_CONTENT, "größe/1 'x'");
    await using place = await placeWith({ label: "pg", ...server.connection, all: true });
    const name = "pg/größe/1 'x'";
    const { stdout, stderr } = await place.expect(
      ...[0, "restore", "--database", name, "--into", "new one"] as const,
    );
    assert.equal(stdout, "");
    assert.match(
      stderr,
      /restored pg\/größe\/1 'x', [\d.]+ \w+, from first into the database "new one" in .*: its SHA-256 is that of the dump as it was made\n$/,
    );
    assertSame(await server.query(POSTGRESQL_CONTENT, "new one"), expected, "restored");
    // It exists: refused, with what is in it, and then replaced.
    await server.query("DELETE FROM rental", "new one");
    const again = ["restore", "--database", name, "--into", "new one"] as const;
    const refused = await place.expect(2, ...again);
    assert.match(
      refused.stderr,
      /Cannot restore into the database "new one": it exists and holds \d+ tables, about [\d,]+ rows, [\d.]+ \w+\n.*hint: Choose another name, or replace it with --overwrite/s,
    );
    assert.equal(await server.query("SELECT count(*) FROM rental", "new one"), "0");
    const dry = await place.expect(0, ...again, "--overwrite", "--dry-run");
    assert.match(dry.stderr, /exists and holds .*: it would be replaced/);
    assert.equal(await server.query("SELECT count(*) FROM rental", "new one"), "0");
    // Nobody can be asked.
    const unasked = await place.expect(64, ...again, "--overwrite");
    assert.match(
      unasked.stderr,
      /Cannot replace .* without confirmation: .* a terminal .* or --yes/,
    );
    assert.equal(await server.query("SELECT count(*) FROM rental", "new one"), "0");
    const replaced = await place.expect(0, ...again, "--overwrite", "--yes");
    assert.match(replaced.stderr, /the database "new one" holds .*; it is replaced/);
    assertSame(await server.query(POSTGRESQL_CONTENT, "new one"), expected, "replaced");
    const roles = await place.expect(0, "restore", "--database=pg/globals", "--to=roles.sql");
    assert.match(await Deno.readTextFile(place.at("roles.sql")), /CREATE ROLE app;/);
    const globals = "--database=pg/globals";
    const twice = ["restore", globals, "--to=roles.sql", "--overwrite"] as const;
    const { stderr: kept } = await place.expect(64, ...twice);
    assert.match(kept, /it holds [\d.]+ \w+; expected .* or --yes\n.*hint: .*--to .*--dry-run$/ms);
    await place.expect(0, ...twice, "--yes");
    assert.match(roles.stderr, /hint: To create the roles that are missing: .*psql/);
    const { stderr: no } = await place.expect(64, "restore", "--database=pg/globals", "--into=a");
    assert.match(no, /roles and tablespaces are those of a whole server/);
  },
});

Deno.test({
  name: "restore takes a database from another repository when one has lost it on the way",
  ignore: NO_POSTGRESQL !== undefined,
  fn: async () => {
    await using server = await PostgreSqlServer.start();
    await server.query("CREATE DATABASE shop");
    await server.query(POSTGRESQL_SAMPLE, "shop");
    const expected = await server.query(POSTGRESQL_CONTENT, "shop");
    await using place = await placeWith({ label: "pg", ...server.connection, databases: ["shop"] });
    // Another dump in an archive of that name: whole for Borg, and not what was dumped.
    const archive = (await place.archives("first"))
      .find((one) => one.startsWith(databaseSeries("web", { label: "pg", database: "shop" }))) ??
      "";
    const url = `${place.at("first.borg")}::${archive}`;
    const dump = await place.borg("first", "extract", "--stdout", url);
    await place.write("forged/shop.sql", dump.replace("Deutsch", "Dänisch"));
    await place.borg("first", "delete", url);
    await place.borgIn(place.at("forged"), "first", "create", url, "shop.sql");
    const { stderr } = await place.expect(
      ...[
        1,
        "restore",
        "--database=pg/shop",
        "--into=new",
        "--repo=first",
        "--repo=second",
      ] as const,
    );
    assert.match(stderr, /first: the dump in the archive is not the one that was made/);
    assert.match(stderr, /second has the same archive, trying that one/);
    assertSame(await server.query(POSTGRESQL_CONTENT, "new"), expected, "from the second");
    const names = await server.query("SELECT datname FROM pg_database ORDER BY 1");
    assert.equal(names, "new\npostgres\nshop\ntemplate0\ntemplate1");
  },
});

Deno.test({
  name: "restore brings a database of MariaDB back, and its dump to a file",
  ignore: NO_MARIADB !== undefined,
  fn: async () => {
    await using server = await MariaDbServer.start();
    await server.query("CREATE DATABASE shop CHARACTER SET utf8mb4");
    await server.query(MARIADB_SAMPLE, "shop");
    const expected = await server.query(MARIADB_CONTENT, "shop");
    await using place = await placeWith({ label: "my", ...server.connection, databases: ["shop"] });
    await place.expect(0, "restore", "--database", "my", "--into", "Neu `1`");
    assertSame(await server.query(MARIADB_CONTENT, "Neu `1`"), expected, "restored");
    const { stderr } = await place.expect(0, "restore", "--database=my/shop", "--to=shop.sql");
    assert.match(
      stderr,
      /hint: To load it: .*cat .*\/shop\.sql \| .*mariadb --binary-mode NEWNAME\n/,
    );
    assert.match(await Deno.readTextFile(place.at("shop.sql")), /-- Dump completed/);
    const wrong = await place.expect(2, "restore", "--database=my/shpo", "--into=a");
    assert.match(
      wrong.stderr,
      /Cannot find the database "my\/shpo" in "first", "second": expected "my\/shop"\n.*Did you mean "my\/shop"\?/s,
    );
    // The second command of the client would be a shell.
    assert.equal(exists(place.at("source/one.txt")), true);
  },
});

Deno.test("restore brings a database of SQLite back to a file, and writes over none", async () => {
  const directory = await Deno.makeTempDir();
  const path = `${directory}/wiki 'ä'.sqlite`;
  try {
    {
      using database = new DatabaseSync(path);
      database.exec(
        "PRAGMA journal_mode = WAL; CREATE TABLE page (n INTEGER PRIMARY KEY, text TEXT)",
      );
      for (let n = 0; n < 500; n += 1) {
        database.prepare("INSERT INTO page (text) VALUES (?)").run(`ß${n}`);
      }
    }
    await using place = await placeWith({ label: "wiki", kind: "sqlite", databases: [path] });
    const into = place.at("back.sqlite");
    await place.expect(0, "restore", "--database=wiki", "--into", into);
    using restored = new DatabaseSync(into);
    const rows = restored.prepare("SELECT count(*) AS n, max(text) AS t FROM page").get();
    assert.deepEqual({ ...rows }, { n: 500, t: "ß99" });
    restored.close();
    const refused = await place.expect(2, "restore", "--database=wiki", "--into", into);
    assert.match(refused.stderr, /it exists and holds 1 table, about 500 rows, [\d.]+ KiB/);
    await place.expect(0, "restore", "--database=wiki", "--into", into, "--overwrite", "--yes");
    const { code, stdout } = await runToEnd(["ls", place.directory], { env: place.env });
    assert.deepEqual([code, /\.new|-wal|-shm/.test(stdout)], [0, false]);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
