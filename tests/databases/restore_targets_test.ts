import assert from "node:assert/strict";
import { readDumpHead } from "../../lib/databases/dump_head.ts";
import { MariadbTarget } from "../../lib/databases/mariadb_target.ts";
import { PostgresqlTarget } from "../../lib/databases/postgresql_target.ts";
import type { RestoreTarget } from "../../lib/databases/restore_target.ts";
import { ServerClient } from "../../lib/databases/server_client.ts";
import { runProgram } from "../../lib/process/program.ts";
import { MariaDbServer, NO_MARIADB } from "./mariadb_server.ts";
import { NO_POSTGRESQL, PostgreSqlServer } from "./postgresql_server.ts";
import {
  assertSame,
  MARIADB_CONTENT,
  MARIADB_SAMPLE,
  POSTGRESQL_CONTENT,
  POSTGRESQL_SAMPLE,
} from "./sample.ts";
import { demand, ENV } from "./server_process.ts";

/** Names that mean something to a shell, to SQL or to a client. */
const NAMES = ["new", 'a "b"', "a`b'c", "a/b\\c %d", "Größe 漢", "--help", "a=b", "postgres://x"];

function postgresqlClient(server: PostgreSqlServer, signal = new AbortController().signal) {
  const env = { ...ENV, PGHOST: server.socket, PGPORT: `${server.port}`, PGUSER: server.user.name };
  const { numbers } = server.user;
  const user = numbers === undefined ? {} : { user: numbers };
  return new ServerClient({ program: "psql", args: [], env, ...user }, runProgram, signal);
}

function mariadbClient(server: MariaDbServer, signal = new AbortController().signal) {
  const args = ["--no-defaults", `--socket=${server.socket}`, "--default-character-set=utf8mb4"];
  return new ServerClient({ program: "mariadb", args, env: ENV }, runProgram, signal);
}

async function pgDump(server: PostgreSqlServer, database: string): Promise<Uint8Array> {
  const env = { PGHOST: server.socket, PGPORT: `${server.port}`, PGUSER: server.user.name };
  const text = await demand(["pg_dump", database], server.user, { ...ENV, ...env });
  return new TextEncoder().encode(text);
}

async function mariadbDump(server: MariaDbServer, database: string): Promise<Uint8Array> {
  const options = ["--single-transaction", "--routines", "--events", "--triggers", "--hex-blob"];
  const way = ["--no-defaults", `--socket=${server.socket}`, "--default-character-set=utf8mb4"];
  const text = await demand(["mariadb-dump", ...way, ...options, database], { name: "" });
  return new TextEncoder().encode(text);
}

/** Restores a dump as the verb does. */
async function restore(target: RestoreTarget, dump: Uint8Array, replaces = false) {
  const head = readDumpHead(dump);
  await target.check(head);
  return await target.take({ head, bytes: inPieces(dump) }, replaces);
}

async function* inPieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 50_000) {
    yield await Promise.resolve(bytes.subarray(at, at + 50_000));
  }
}

/** A dump of which only the beginning comes. */
async function* cutOff(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes.subarray(0, bytes.length - 1_000));
  throw new Error("the repository is gone");
}

Deno.test({
  name: "PostgresqlTarget restores all of a database, whatever its new name is",
  ignore: NO_POSTGRESQL !== undefined,
  fn: async () => {
    await using server = await PostgreSqlServer.start();
    await server.query("CREATE DATABASE shop");
    await server.query(POSTGRESQL_SAMPLE, "shop");
    const expected = await server.query(POSTGRESQL_CONTENT, "shop");
    assert.ok(expected.length > 100_000);
    const dump = await pgDump(server, "shop");
    const client = postgresqlClient(server);
    for (const name of NAMES) {
      const target = new PostgresqlTarget(client, name);
      assert.equal(await target.existing(), undefined, name);
      assert.deepEqual(await restore(target, dump), []);
      assertSame(await server.query(POSTGRESQL_CONTENT, name), expected, name);
    }
    const names = await server.query("SELECT datname FROM pg_database ORDER BY 1");
    assert.doesNotMatch(names, /autoborg/);
  },
});

Deno.test({
  name: "PostgresqlTarget keeps the replaced database until its successor is whole",
  ignore: NO_POSTGRESQL !== undefined,
  fn: async () => {
    await using server = await PostgreSqlServer.start();
    await server.query("CREATE ROLE app; CREATE DATABASE shop OWNER app");
    await server.query("CREATE TABLE a AS SELECT generate_series(1, 500) AS n; ANALYZE a", "shop");
    const dump = await pgDump(server, "shop");
    const client = postgresqlClient(server);
    const target = new PostgresqlTarget(client, "shop");
    const { tables, rows, bytes = 0 } = await target.existing() ?? {};
    assert.deepEqual([tables, rows], [1, 500]);
    assert.ok(bytes > 1_000_000);
    await server.query("INSERT INTO a VALUES (501)", "shop");
    const head = readDumpHead(dump);
    // Half a dump, which psql alone would take for a whole one.
    await assert.rejects(target.take({ head, bytes: cutOff(dump) }, true));
    assert.equal(await server.query("SELECT count(*) FROM a", "shop"), "501");
    const wrong = new TextEncoder().encode("CREATE TABLE b (n int);\nSELECT nothing;\n");
    await assert.rejects(target.take({ head, bytes: inPieces(wrong) }, true), {
      message:
        'Cannot restore into the database "shop": column "nothing" does not exist, in line 2 of the dump',
    });
    const list = "SELECT datname, pg_get_userbyid(datdba) FROM pg_database WHERE NOT datistemplate";
    assert.equal(await server.query(`${list} ORDER BY 1`), "postgres|postgres\nshop|app");
    assert.deepEqual(await restore(target, dump, true), []);
    assert.equal(await server.query("SELECT count(*) FROM a", "shop"), "500");
    assert.equal(await server.query(`${list} ORDER BY 1`), "postgres|postgres\nshop|app");
    const sorting = "SELECT datlocprovider, datcollate, coalesce(to_jsonb(d)->>'datlocale', " +
      "to_jsonb(d)->>'daticulocale') FROM pg_database d WHERE datname = 'sorted'";
    for (const provider of ["icu ICU_LOCALE 'de-DE'", "libc"]) {
      await server.query(
        `CREATE DATABASE sorted TEMPLATE template0 LOCALE 'C' LOCALE_PROVIDER ${provider}`,
      );
      const before = await server.query(sorting);
      await restore(new PostgresqlTarget(client, "sorted"), dump, true);
      assert.equal(await server.query(sorting), before);
      await server.query("DROP DATABASE sorted");
    }
    // Not to be replaced, and made by another meanwhile: what was loaded is kept and named.
    await assert.rejects(restore(target, dump), /it is whole, and called "autoborg_restore_/);
  },
});

Deno.test({
  name: "PostgresqlTarget refuses older servers, roles that are missing and databases in use",
  ignore: NO_POSTGRESQL !== undefined,
  fn: async () => {
    await using server = await PostgreSqlServer.start();
    const target = new PostgresqlTarget(postgresqlClient(server), "shop");
    await assert.rejects(
      target.check({ server: { make: "PostgreSQL", text: "99.1" } }),
      /its server is PostgreSQL \d+.*, older than the 99\.1 that the dump is from$/,
    );
    const dump = new TextEncoder().encode(
      "CREATE TABLE a (n int);\nALTER TABLE a OWNER TO gone;\n",
    );
    await assert.rejects(restore(target, dump), {
      message:
        'Cannot restore into the database "shop": role "gone" does not exist, in line 2 of ' +
        "the dump",
      hint: 'Create the role first: all roles are in the dump "globals" of the same label',
    });
    assert.equal(await target.existing(), undefined);
    await server.query("CREATE DATABASE shop");
    const busy = server.query("SELECT 'here'; SELECT pg_sleep(30)", "shop").catch(() => {});
    const asked = "SELECT count(*) FROM pg_stat_activity WHERE datname = 'shop'";
    while (await server.query(asked) === "0");
    assert.equal((await target.existing())?.tables, 0, "who does not overwrite it may look at it");
    await assert.rejects(target.requireUnused(), {
      message: 'Cannot overwrite the database "shop": 1 program is connected to it',
    });
    await server.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'shop'",
    );
    await busy;
  },
});

Deno.test({
  name: "ServerClient says what the server refused, and what to do about it",
  ignore: NO_POSTGRESQL !== undefined,
  fn: async () => {
    const { signal } = new AbortController();
    const env = { ...ENV, PGHOST: "/nowhere" };
    const client = new ServerClient(
      { program: "psql", args: [], env },
      runProgram,
      signal,
      (reason) => /No such file/.test(reason) ? "Start the server" : undefined,
    );
    await assert.rejects(new PostgresqlTarget(client, "shop").existing(), {
      message:
        /^Cannot restore into the database "shop": .*"\/nowhere\/\.s\.PGSQL\.5432" failed: No such file or directory$/,
      hint: "Start the server",
    });
  },
});

Deno.test({
  name: "MariadbTarget restores all of a database, whatever its new name is",
  ignore: NO_MARIADB !== undefined,
  fn: async () => {
    await using server = await MariaDbServer.start();
    await server.query("CREATE DATABASE shop CHARACTER SET utf8mb4");
    await server.query(MARIADB_SAMPLE, "shop");
    // Routines remember what the database was like when they were made.
    await server.query("ALTER DATABASE shop CHARACTER SET latin1");
    const expected = await server.query(MARIADB_CONTENT, "shop");
    assert.ok(expected.length > 100_000);
    const dump = await mariadbDump(server, "shop");
    assert.match(new TextDecoder().decode(dump), /^ALTER DATABASE `shop` CHARACTER SET utf8mb4/m);
    await server.query("DROP DATABASE shop");
    const client = mariadbClient(server);
    for (const name of NAMES) {
      const target = new MariadbTarget(client, name, "shop");
      assert.equal(await target.existing(), undefined, name);
      assert.deepEqual(await restore(target, dump), []);
      assertSame(await server.query(MARIADB_CONTENT, name), expected, name);
    }
  },
});

Deno.test({
  name: "MariadbTarget drops what it has made when the dump does not come to its end",
  ignore: NO_MARIADB !== undefined,
  fn: async () => {
    await using server = await MariaDbServer.start();
    await server.query("CREATE DATABASE shop CHARACTER SET latin1 COLLATE latin1_german1_ci");
    await server.query(MARIADB_SAMPLE, "shop");
    const dump = await mariadbDump(server, "shop");
    const head = readDumpHead(dump);
    const client = mariadbClient(server);
    const fresh = new MariadbTarget(client, "fresh", "shop");
    await assert.rejects(fresh.take({ head, bytes: cutOff(dump) }, false));
    assert.equal(await fresh.existing(), undefined);
    await assert.rejects(
      fresh.take({ head, bytes: inPieces(new TextEncoder().encode("no SQL;\n")) }, false),
      {
        message:
          /^Cannot restore into the database "fresh": You have an error in your SQL syntax.*, in line 1 of the dump$/,
      },
    );
    assert.equal(await fresh.existing(), undefined);
    const target = new MariadbTarget(client, "shop", "shop");
    const { tables, rows = 0, bytes = 0 } = await target.existing() ?? {};
    assert.equal(tables, 4);
    assert.ok(rows > 1_000 && bytes > 60_000, `${rows} rows, ${bytes} bytes`);
    // Nothing is replaced that was not asked for.
    await assert.rejects(restore(target, dump), {
      message: /^Cannot restore into the database "shop": .*database exists$/,
    });
    await restore(target, dump, true);
    assert.match(await server.query("SHOW CREATE DATABASE shop"), /latin1_german1_ci/);
    const busy = server.query("USE shop; SELECT SLEEP(30)").catch(() => {});
    const asked = "SELECT count(*) FROM information_schema.processlist WHERE db = 'shop'";
    while ((await server.query(asked)).trim() === "0");
    await assert.rejects(target.requireUnused(), {
      message: 'Cannot overwrite the database "shop": 1 program is connected to it',
    });
    const id = await server.query(`${asked.replace("count(*)", "max(id)")}`);
    await server.query(`KILL ${id}`);
    await busy;
    await target.requireUnused();
    await assert.rejects(
      target.check({ server: { make: "MySQL", text: "8.0.36" } }),
      /its server is MariaDB .*, not the MySQL 8\.0\.36 that the dump is from$/,
    );
  },
});
