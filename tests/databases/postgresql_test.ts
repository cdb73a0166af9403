import assert from "node:assert/strict";
import { listDatabases } from "../../lib/databases/list_databases.ts";
import { POSTGRESQL } from "../../lib/databases/postgresql.ts";
import { databaseEntry, DumpPlace, HOSTILE_NAMES } from "./dumping.ts";
import { NO_POSTGRESQL, PostgreSqlServer } from "./postgresql_server.ts";
import { nameOfTest } from "./server_process.ts";

const ignore = NO_POSTGRESQL !== undefined;
const NOT_ROOT = Deno.uid() === 0 ? undefined : "not root";

/** One server for all steps of a test; databases have names of their own. */
function postgresTest(name: string, fn: (server: PostgreSqlServer) => Promise<void>): void {
  Deno.test({
    name: nameOfTest(name, NO_POSTGRESQL),
    ignore,
    async fn() {
      await using server = await PostgreSqlServer.start();
      await fn(server);
    },
  });
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

postgresTest("listDatabases() finds what PostgreSQL has, and dumps it whole", async (server) => {
  await using place = await new DumpPlace();
  for (const name of HOSTILE_NAMES) await server.query(`CREATE DATABASE ${quoted(name)}`);
  await server.query("CREATE DATABASE left_out");
  for (const [index, name] of HOSTILE_NAMES.entries()) {
    await server.query(`CREATE TABLE t (n int); INSERT INTO t VALUES (${4_000 + index})`, name);
  }
  const { dumps, problems, files } = await place.dump(
    await databaseEntry({ ...server.connection, all: true, exclude: ["left_*"] }),
  );
  assert.deepEqual(problems, []);
  for (const path of files) assert.ok(Deno.statSync(path).isDirectory, path);
  assert.equal(files.length, 1);
  const names = dumps.map(({ name }) => name).sort();
  assert.deepEqual(names, ["*globals*", "postgres", ...HOSTILE_NAMES].sort());
  for (const { name, fileName, end, text } of dumps) {
    assert.deepEqual(end, { kind: "whole", warnings: [] }, name);
    assert.doesNotMatch(fileName, /\//);
    const index = HOSTILE_NAMES.indexOf(name);
    if (index >= 0) assert.match(text, new RegExp(`^${4_000 + index}$`, "m"), name);
  }
  assert.match(dumps[0]?.text ?? "", /CREATE ROLE postgres|CREATE ROLE \S+;/);
  assert.throws(() => Deno.statSync("/tmp/autoborg-owned"), Deno.errors.NotFound);
});

postgresTest("listDatabases() names databases that PostgreSQL does not have", async (server) => {
  await using place = await new DumpPlace();
  await server.query("CREATE DATABASE app; ");
  const entry = await databaseEntry({
    ...server.connection,
    databases: ["gone", "app"],
    globals: false,
  });
  const { dumps, problems } = await place.dump(entry);
  assert.deepEqual(dumps.map(({ name }) => name), ["app"]);
  assert.deepEqual(problems, ['Cannot dump the database "gone" of "db": it does not exist']);
});

postgresTest("a dump of PostgreSQL fails when something can't be read", async (server) => {
  await using place = await new DumpPlace();
  await server.query("CREATE ROLE low LOGIN PASSWORD 'a:b\\c ''$(x)'; CREATE DATABASE app");
  await server.query("CREATE TABLE open (n int); GRANT SELECT ON open TO low", "app");
  const keys = { kind: "postgresql", host: "127.0.0.1", port: server.port, user: "low" };
  const entry = await databaseEntry({ ...keys, databases: ["app"] }, "a:b\\c '$(x)");
  const [roles, whole] = (await place.dump(entry)).dumps;
  assert.equal(whole?.end.kind, "whole");
  assert.ok(roles?.end.kind === "failed");
  assert.match(
    roles.end.message,
    /^Cannot dump the roles and tablespaces of "db": pg_dumpall ended/,
  );
  assert.match(roles.end.hint ?? "", /^Set globals = false/);
  await server.query("CREATE TABLE closed (n int)", "app");
  const [, closed] = (await place.dump(entry)).dumps;
  assert.ok(closed?.end.kind === "failed");
  assert.match(
    closed.end.message,
    /^Cannot dump the database "app" of "db": pg_dump ended with exit code 1: .*permission denied for table closed$/,
  );
  assert.match(closed.end.hint ?? "", /pg_read_all_data TO "low"/);
  await server.query("DROP TABLE closed; ALTER TABLE open ENABLE ROW LEVEL SECURITY", "app");
  const [, partly] = (await place.dump(entry)).dumps;
  assert.ok(partly?.end.kind === "failed", "the dump would lack rows");
  const bypass = "Let the user read all rows: psql -c 'ALTER ROLE \"low\" BYPASSRLS'";
  assert.equal(partly.end.hint, bypass);
  assert.deepEqual(await POSTGRESQL.unreadable(entry, ["app"], place.context), [{
    database: "app",
    message: 'the user may not read "public.open (row-level security)"',
    hint: bypass,
  }]);
  assert.deepEqual(place.left, []);
});

postgresTest("listDatabases() says why PostgreSQL lets nobody in", async (server) => {
  await using place = await new DumpPlace();
  await server.query("CREATE ROLE low LOGIN PASSWORD 'right'");
  const keys = { kind: "postgresql", all: true, host: "127.0.0.1", port: server.port, user: "low" };
  const ask = async (entry: Parameters<typeof listDatabases>[0]) => {
    const { sources, problems } = await listDatabases(entry, place.context);
    assert.deepEqual(sources, []);
    assert.equal(problems.length, 1);
    return `${problems[0]?.message}; ${problems[0]?.hint}`;
  };
  const wrong = await ask(await databaseEntry(keys, "geheim"));
  assert.match(wrong, /password authentication failed for user "low"; Check user and password of/);
  assert.doesNotMatch(wrong, /geheim/);
  assert.match(await ask(await databaseEntry(keys)), /no password supplied; Check user/);
  const peer = { kind: "postgresql", all: true, socket: server.socket, port: server.port };
  if (Deno.uid() === 0) {
    const refused = await ask(await databaseEntry({ ...peer, user: "postgres" }));
    assert.match(
      refused,
      /Peer authentication failed for user "postgres"; Set run_as = "postgres"/,
    );
  }
  const nobody = { ...keys, port: 1 };
  assert.match(await ask(await databaseEntry(nobody, "x")), /Connection refused; Start the server/);
  assert.match(
    await ask(await databaseEntry(keys, "two\nlines")),
    /^Cannot use the password of the databases "db": it has a line break/,
  );
  assert.deepEqual(place.left, []);
});

postgresTest("a dump of PostgreSQL fails when its database or server goes away", async (server) => {
  await using place = await new DumpPlace();
  await server.query("CREATE DATABASE app; ");
  await server.query("CREATE DATABASE big");
  await server.query(
    "CREATE TABLE t AS SELECT n, repeat(md5(n::text), 30) FROM generate_series(1, 60000) n",
    "big",
  );
  const entry = await databaseEntry({
    ...server.connection,
    databases: ["app", "big"],
    globals: false,
  });
  const { sources: [app, big] } = await listDatabases(entry, place.context);
  assert.ok(app !== undefined && big !== undefined);
  await server.query("DROP DATABASE app");
  const dropped = await place.dumpOne(app);
  assert.ok(dropped.end.kind === "failed");
  assert.match(dropped.end.message, /database "app" does not exist$/);

  await using dump = await big.open(place.context);
  const reader = dump.bytes.getReader();
  assert.equal((await reader.read()).done, false);
  // The dump program waits for its reader; what it has not asked for yet is in the server.
  await server.kill();
  while (!(await reader.read()).done);
  const end = await dump.end;
  assert.ok(end.kind === "failed");
  assert.match(
    end.message,
    /^Cannot dump the database "big" of "db": pg_dump ended with exit code 1/,
  );
});

postgresTest(
  "a dump of PostgreSQL that waits for a lock is stopped with the run",
  async (server) => {
    await using place = await new DumpPlace();
    await server.query("CREATE DATABASE app");
    await server.query("CREATE TABLE t (n int)", "app");
    const keys = { ...server.connection, databases: ["app"], globals: false };
    // pg_dump waits for a table that somebody else has locked.
    const locked = server.query("BEGIN; LOCK TABLE t; SELECT pg_sleep(20)", "app").catch(() => {});
    const isLocked = "SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock'";
    while (await server.query(isLocked, "app") === "0");
    const { sources: [source] } = await listDatabases(await databaseEntry(keys), place.context);
    assert.ok(source !== undefined);
    const running = place.dumpOne(source);
    place.stop.abort();
    const stopped = await running.catch((error) => error);
    assert.ok(stopped instanceof Error || stopped.end.kind === "failed");
    await server.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep%' AND pid <> pg_backend_pid()",
    );
    await locked;
  },
);

postgresTest("a dump of PostgreSQL without its end mark is none", async (server) => {
  await using place = await new DumpPlace();
  await server.query("CREATE DATABASE app");
  await server.query("CREATE TABLE t AS SELECT n FROM generate_series(1, 1000) n", "app");
  // The fault that the real one can't give: it succeeds without having written all.
  place.program(
    "pg_dump",
    '[ "$1" = --version ] && exec /usr/bin/pg_dump --version\n/usr/bin/pg_dump "$@" | head -n 500',
  );
  const entry = await databaseEntry({
    ...server.connection,
    databases: ["app"],
    globals: false,
  });
  const [cut] = (await place.dump(entry)).dumps;
  assert.ok(cut?.end.kind === "failed");
  assert.match(
    cut.end.message,
    /pg_dump ended with exit code 0, but without "-- PostgreSQL database dump complete": the dump is cut off$/,
  );
});

postgresTest("listDatabases() refuses a pg_dump that is older than the server", async (server) => {
  await using place = await new DumpPlace();
  place.program("pg_dump", "echo 'pg_dump (PostgreSQL) 9.6.24'");
  const entry = await databaseEntry({ ...server.connection, all: true });
  const { dumps, problems } = await place.dump(entry);
  assert.deepEqual(dumps, []);
  assert.match(
    problems.join(),
    /^Cannot dump a PostgreSQL \d+\.\d+.* with pg_dump 9\.6, which is older$/,
  );
});

postgresTest(
  "a dump of PostgreSQL gets nothing of our environment, and no password in it",
  async (server) => {
    await using place = await new DumpPlace();
    await server.query("CREATE ROLE low LOGIN PASSWORD 'geheim'; CREATE DATABASE app");
    const seen = `${place.directory}/seen`;
    place.program(
      "pg_dump",
      `[ "$1" = --version ] && exec /usr/bin/pg_dump --version\n{ env; tr "\\0" " " </proc/$$/cmdline; ` +
        `stat -c "%a %u %n" "$PGPASSFILE" "$(dirname "$PGPASSFILE")"; } >${seen}\nexec /usr/bin/pg_dump "$@"`,
    );
    const keys = { kind: "postgresql", host: "127.0.0.1", port: server.port, user: "low" };
    const before = Deno.env.get("BORG_PASSPHRASE");
    Deno.env.set("BORG_PASSPHRASE", "of Borg");
    try {
      const entry = await databaseEntry({ ...keys, databases: ["app"], globals: false }, "geheim");
      const [dump] = (await place.dump(entry)).dumps;
      assert.equal(dump?.end.kind, "whole");
    } finally {
      if (before === undefined) Deno.env.delete("BORG_PASSPHRASE");
      else Deno.env.set("BORG_PASSPHRASE", before);
    }
    const text = await Deno.readTextFile(seen);
    assert.doesNotMatch(text, /geheim|BORG_|of Borg/);
    const names = [...text.matchAll(/^([A-Z_]+)=/gm)].map(([, name]) => name).sort();
    // The shell adds PWD.
    assert.deepEqual(names, ["HOME", "LC_ALL", "PATH", "PGCONNECT_TIMEOUT", "PGPASSFILE", "PWD"]);
    assert.match(text, new RegExp(` 600 ${Deno.uid()} .*/pgpass$`, "m"));
    assert.match(text, new RegExp(`^700 ${Deno.uid()} .*/autoborg-login-[^/]*$`, "m"));
    assert.ok(!place.left.some((name) => name.startsWith("autoborg-login-")));
  },
);

Deno.test({
  name: nameOfTest(
    "a dump of PostgreSQL as another user has its password in a file of that user",
    NO_POSTGRESQL,
    NOT_ROOT,
  ),
  ignore: ignore || Deno.uid() !== 0,
  async fn() {
    await using server = await PostgreSqlServer.start();
    await using place = await new DumpPlace();
    await server.query("CREATE ROLE low LOGIN PASSWORD 'geheim'; CREATE DATABASE app");
    const entry = await databaseEntry(
      { ...server.connection, user: "low", databases: ["app"], globals: false },
      "geheim",
    );
    const before = [...Deno.readDirSync("/run")].map(({ name }) => name);
    const [dump] = (await place.dump(entry)).dumps;
    assert.deepEqual(dump?.end, { kind: "whole", warnings: [] });
    assert.deepEqual(place.left, []);
    const left = [...Deno.readDirSync("/run")].map(({ name }) => name)
      .filter((name) => name.startsWith("autoborg-login-") && !before.includes(name));
    assert.deepEqual(left, []);
  },
});

Deno.test({
  name: "listDatabases() names the package of a program that is missing",
  async fn() {
    await using place = await new DumpPlace();
    place.path = place.directory;
    for (
      const [kind, package_] of [
        ["postgresql", "postgresql-client"],
        ["mariadb", "mariadb-client"],
        ["mysql", "default-mysql-client"],
      ]
    ) {
      const entry = await databaseEntry({ kind: kind ?? "", all: true });
      const { problems } = await listDatabases(entry, place.context);
      assert.match(problems[0]?.message ?? "", /^Cannot start "\w+": it is not installed$/);
      assert.match(problems[0]?.hint ?? "", new RegExp(`apt-get install ${package_}`));
    }
  },
});
