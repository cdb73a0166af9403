import assert from "node:assert/strict";
import { inspectDatabases } from "../../lib/databases/inspect_databases.ts";
import { listDatabases } from "../../lib/databases/list_databases.ts";
import { MARIADB } from "../../lib/databases/mariadb.ts";
import { databaseEntry, DumpPlace, HOSTILE_NAMES } from "./dumping.ts";
import { MariaDbServer, NO_MARIADB } from "./mariadb_server.ts";
import { nameOfTest } from "./server_process.ts";

function mariadbTest(name: string, fn: (server: MariaDbServer) => Promise<void>): void {
  Deno.test({
    name: nameOfTest(name, NO_MARIADB),
    ignore: NO_MARIADB !== undefined,
    async fn() {
      await using server = await MariaDbServer.start();
      await fn(server);
    },
  });
}

function quoted(name: string): string {
  return `\`${name.replaceAll("`", "``")}\``;
}

/** With everything that an option file could take for something else. */
const PASSWORD = "p\"w\\#' \u00fc\t$(x)=%\\n";
const LITERAL = `'${PASSWORD.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;

mariadbTest("listDatabases() finds what MariaDB has, and dumps it whole", async (server) => {
  await using place = await new DumpPlace();
  for (const [index, name] of HOSTILE_NAMES.entries()) {
    await server.query(
      `CREATE DATABASE ${quoted(name)}; CREATE TABLE ${quoted(name)}.t (n int); ` +
        `INSERT INTO ${quoted(name)}.t VALUES (${4_000 + index})`,
    );
  }
  await server.query("CREATE DATABASE left_out");
  const entry = await databaseEntry({ ...server.connection, all: true, exclude: ["left_*"] });
  const { dumps, problems, files } = await place.dump(entry);
  assert.deepEqual(problems, []);
  for (const path of files) assert.ok(Deno.statSync(path).isDirectory, path);
  assert.equal(files.length, 1);
  const names = dumps.map(({ name }) => name).sort();
  assert.deepEqual(names, ["mysql", ...HOSTILE_NAMES].sort());
  for (const { name, fileName, end, text } of dumps) {
    assert.deepEqual(end, { kind: "whole", warnings: [] }, name);
    assert.doesNotMatch(fileName, /\//);
    const index = HOSTILE_NAMES.indexOf(name);
    if (index >= 0) assert.match(text, new RegExp(`VALUES\\s+\\(${4_000 + index}\\)`), name);
  }
  assert.throws(() => Deno.statSync("/tmp/autoborg-owned"), Deno.errors.NotFound);
});

mariadbTest("a dump of MariaDB has routines, triggers, events and views", async (server) => {
  await using place = await new DumpPlace();
  await server.query(`CREATE DATABASE app; USE app; CREATE TABLE t (n int, b blob);
INSERT INTO t VALUES (1, 0x00ff); CREATE TABLE loose (n int) ENGINE=MyISAM;
CREATE VIEW v AS SELECT n FROM t; CREATE PROCEDURE p() SELECT 1;
CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET NEW.n = NEW.n;
CREATE EVENT ev ON SCHEDULE EVERY 1 DAY DO SELECT 1;`);
  const entry = await databaseEntry({ ...server.connection, databases: ["app", "gone"] });
  const { dumps: [dump], problems } = await place.dump(entry);
  assert.deepEqual(problems, ['Cannot dump the database "gone" of "db": it does not exist']);
  assert.ok(dump?.end.kind === "whole");
  assert.equal(dump.end.warnings.length, 1);
  const [{ message, hint } = { message: "" }] = dump.end.warnings;
  assert.match(message, /^tables without transactions may not .*: "loose \(MyISAM\)"$/);
  assert.match(hint ?? "", /ALTER TABLE name ENGINE=InnoDB$/);
  for (const part of [/PROCEDURE `p`/, /TRIGGER tr/, /EVENT `ev`/, /VIEW `v`/, /0x00FF/]) {
    assert.match(dump.text, part);
  }
});

mariadbTest("a dump of MariaDB says what the user may not read", async (server) => {
  await using place = await new DumpPlace();
  await server.query(`CREATE DATABASE app; CREATE DATABASE hidden; USE app; CREATE TABLE t (n int);
CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET NEW.n = NEW.n; CREATE PROCEDURE p() SELECT 1;
CREATE TABLE other (n int); CREATE USER low@'127.0.0.1' IDENTIFIED BY ${LITERAL};
GRANT SELECT ON app.t TO low@'127.0.0.1';`);
  const keys = { kind: "mariadb", host: "127.0.0.1", port: server.port, user: "low" };
  const entry = await databaseEntry({ ...keys, databases: ["app"] }, PASSWORD);
  const [partly] = (await place.dump(entry)).dumps;
  assert.ok(partly?.end.kind === "failed", "the dump would lack a table");
  assert.match(
    partly.end.message,
    /^Cannot dump the database "app" of "db": mariadb-dump ended with/,
  );
  await server.query("GRANT SELECT, SHOW VIEW, EVENT ON app.* TO low@'127.0.0.1'");
  const [without] = (await place.dump(entry)).dumps;
  assert.ok(without?.end.kind === "whole");
  assert.doesNotMatch(without.text, /TRIGGER tr|PROCEDURE/);
  const [missing] = without.end.warnings;
  assert.match(missing?.message ?? "", /^the user may not read all triggers, routines, so/);
  assert.match(missing?.hint ?? "", /^Let the user read everything: mariadb -e "GRANT SELECT/);
  const [found] = await MARIADB.unreadable(entry, ["app"], place.context);
  assert.match(
    found?.hint ?? "",
    /^Let the user read everything: mariadb -e "GRANT SELECT, SHOW VIEW, TRIGGER/,
  );
  // A database that the user does not see would be forgotten without a word.
  const all = await databaseEntry({ ...keys, all: true }, PASSWORD);
  const { problems } = await listDatabases(all, place.context);
  assert.match(
    problems[0]?.message ?? "",
    /^Cannot tell all databases of "db": the user sees only/,
  );
  await server.query(
    "GRANT SELECT, SHOW VIEW, TRIGGER, EVENT, LOCK TABLES ON *.* TO low@'127.0.0.1'",
  );
  const { dumps, problems: none } = await place.dump(all);
  assert.deepEqual(none, []);
  assert.deepEqual(dumps.map(({ name }) => name), ["app", "hidden", "mysql"]);
  assert.match(dumps[0]?.text ?? "", /TRIGGER tr[\s\S]*PROCEDURE `p`/);
  assert.deepEqual(dumps.map(({ end }) => end), Array(3).fill({ kind: "whole", warnings: [] }));
  assert.deepEqual(place.left, []);
});

mariadbTest("listDatabases() says why MariaDB lets nobody in", async (server) => {
  await using place = await new DumpPlace();
  const keys = { kind: "mariadb", all: true, host: "127.0.0.1", port: server.port, user: "low" };
  const ask = async (changed: Record<string, string | number>, password: string) => {
    const entry = await databaseEntry({ ...keys, ...changed }, password);
    const { sources, problems } = await listDatabases(entry, place.context);
    assert.deepEqual(sources, []);
    return `${problems[0]?.message}; ${problems[0]?.hint}`;
  };
  const closed = await ask({}, "x");
  assert.match(closed, /is not allowed to connect.*; Check host, user and password of/);
  await server.query("CREATE USER low@'127.0.0.1' IDENTIFIED BY 'right'");
  const wrong = await ask({}, "geheim");
  assert.match(wrong, /Access denied for user 'low'@.*; Check user and password of/);
  assert.doesNotMatch(wrong, /geheim/);
  assert.match(await ask({ port: 1 }, "x"), /Can't connect to .*; Start the server/);
});

mariadbTest("a dump of MariaDB fails when its database or server goes away", async (server) => {
  await using place = await new DumpPlace();
  await server.query(`CREATE DATABASE app; CREATE DATABASE big; USE big;
CREATE TABLE t AS SELECT seq, repeat(md5(seq), 30) x FROM seq_1_to_60000;`);
  const entry = await databaseEntry({ ...server.connection, databases: ["app", "big"] });
  const { sources: [app, big] } = await listDatabases(entry, place.context);
  assert.ok(app !== undefined && big !== undefined);
  await server.query("DROP DATABASE app");
  const dropped = await place.dumpOne(app);
  assert.ok(dropped.end.kind === "failed");
  assert.match(dropped.end.message, /Unknown database 'app'/);
  await using dump = await big.open(place.context);
  const reader = dump.bytes.getReader();
  assert.equal((await reader.read()).done, false);
  await server.kill();
  while (!(await reader.read()).done);
  const end = await dump.end;
  assert.ok(end.kind === "failed");
  assert.match(
    end.message,
    /^Cannot dump the database "big" of "db": mariadb-dump ended with exit code \d/,
  );
});

mariadbTest("a dump of MariaDB without its end mark is none", async (server) => {
  await using place = await new DumpPlace();
  await server.query("CREATE DATABASE app; USE app; CREATE TABLE t AS SELECT seq FROM seq_1_to_9");
  place.program("mariadb-dump", '/usr/bin/mariadb-dump "$@" | head -n 30');
  const entry = await databaseEntry({ ...server.connection, databases: ["app"] });
  const [cut] = (await place.dump(entry)).dumps;
  assert.ok(cut?.end.kind === "failed");
  assert.match(cut.end.message, /but without "-- Dump completed": the dump is cut off$/);
});

mariadbTest(
  "listDatabases() refuses a mariadb-dump that is older than the server",
  async (server) => {
    await using place = await new DumpPlace();
    const words = "mariadb-dump  Ver 10.19 Distrib 10.3.39-MariaDB, for debian-linux-gnu (x86_64)";
    place.program("mariadb-dump", `echo '${words}'`);
    const { dumps, problems } = await place.dump(
      await databaseEntry({ ...server.connection, all: true }),
    );
    assert.deepEqual(dumps, []);
    assert.match(
      problems.join(),
      /^Cannot dump a server of version \d.* with mariadb-dump 10\.3, which is older$/,
    );
  },
);

mariadbTest(
  "a mysqldump that fails on a MariaDB is told to be of another product",
  async (server) => {
    await using place = await new DumpPlace();
    await server.query("CREATE DATABASE app");
    const version = "mysqldump  Ver 8.0.36 for Linux on x86_64 (MySQL Community Server - GPL)";
    const refusal = "mysqldump: Couldn't execute 'SELECT COLUMN_NAME': Unknown table " +
      "'COLUMN_STATISTICS' in information_schema (1109)";
    place.program(
      "mariadb-dump",
      `[ "$1" = --version ] && echo '${version}' && exit\necho "${refusal}" >&2; exit 2`,
    );
    const entry = await databaseEntry({ ...server.connection, databases: ["app"] });
    const [dump] = (await place.dump(entry)).dumps;
    assert.ok(dump?.end.kind === "failed");
    assert.match(dump.end.hint ?? "", /^Install the client of the server's own product/);
    const { description, failures } = await inspectDatabases(entry, place.context);
    assert.deepEqual(failures, []);
    assert.match(
      description,
      /; mariadb-dump is the one of MySQL, which may not know all of MariaDB$/,
    );
  },
);

mariadbTest("a dump of MariaDB takes its password, not that of ~/.my.cnf", async (server) => {
  await using place = await new DumpPlace();
  await server.query(
    "CREATE DATABASE app; GRANT ALL ON *.* TO low@'127.0.0.1' IDENTIFIED BY 'geheim'",
  );
  const seen = `${place.directory}/seen`;
  place.program(
    "mariadb-dump",
    `[ "$1" = --version ] || { env; tr "\\0" "\\n" </proc/$$/cmdline; } >${seen}\n` +
      'exec /usr/bin/mariadb-dump "$@"',
  );
  const keys = { kind: "mysql", host: "127.0.0.1", port: server.port, user: "low" };
  const entry = await databaseEntry({ ...keys, kind: "mariadb", databases: ["app"] }, "geheim");
  const [dump] = (await place.dump(entry)).dumps;
  assert.deepEqual(dump?.end, { kind: "whole", warnings: [] });
  const text = await Deno.readTextFile(seen);
  assert.doesNotMatch(text, /geheim|BORG_/);
  assert.match(text, /^HOME=.*\/autoborg-login-/m);
  assert.match(text, /^--defaults-extra-file=.*\/autoborg-login-.*\/\.my\.cnf$/m);
});
