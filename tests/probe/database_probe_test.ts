import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { stringify } from "smol-toml";
import { loadConfig } from "../../lib/config/load.ts";
import { probeDatabases, probeRunningServers } from "../../lib/probe/database_probe.ts";
import type { ProbeContext } from "../../lib/probe/probe_context.ts";
import { runProgram } from "../../lib/process/program.ts";
import { MariaDbServer, NO_MARIADB } from "../databases/mariadb_server.ts";
import { NO_POSTGRESQL, PostgreSqlServer } from "../databases/postgresql_server.ts";
import { ENV, nameOfTest } from "../databases/server_process.ts";
import { Place } from "../config/files.ts";

type Keys = Readonly<Record<string, string | number | boolean | readonly string[]>>;

async function contextOf(
  place: Place,
  tables: readonly Keys[],
  ignore: readonly string[] = [],
): Promise<ProbeContext> {
  const text = stringify({
    name: "host",
    sources: { directories: ["/etc"] },
    coverage: { ignore },
    repositories: [{ label: "disk", url: "/mnt/disk", passphrase: "correct horse" }],
    databases: tables,
  });
  place.write("config.toml", text);
  const { config, path, warnings } = await loadConfig(place.file, {});
  return {
    ...{ config, path, warnings, inherited: { PATH: ENV.PATH ?? "" }, start: runProgram },
    ...{ hostname: "web1", now: new Date(), mask: (text) => text },
    signal: new AbortController().signal,
    limits: { repository: 60_000, command: 60_000 },
  };
}

/** What is found, a line each. */
async function probe(context: ProbeContext): Promise<readonly string[]> {
  const lines = [];
  for (const entry of context.config.databases) {
    for (const { topic, name, state, message, hint } of await probeDatabases(context, entry)) {
      lines.push(`${state} ${topic} ${name}: ${message}${hint === undefined ? "" : `; ${hint}`}`);
    }
  }
  return lines;
}

function matches(found: readonly string[], expected: readonly RegExp[]): void {
  assert.equal(found.length, expected.length, found.join("\n"));
  for (const [index, pattern] of expected.entries()) assert.match(found[index] ?? "", pattern);
}

Deno.test({
  name: nameOfTest("probeDatabases() asks PostgreSQL what a dump would not have", NO_POSTGRESQL),
  ignore: NO_POSTGRESQL !== undefined,
  async fn() {
    await using server = await PostgreSqlServer.start();
    using place = new Place();
    await server.query("CREATE ROLE low LOGIN PASSWORD 'geheim'; CREATE DATABASE app");
    await server.query("CREATE DATABASE other");
    await server.query(
      "CREATE SCHEMA s; CREATE TABLE s.closed (n int); CREATE TABLE t (n int)",
      "app",
    );
    await server.query("GRANT SELECT ON t TO low", "app");
    const low = { kind: "postgresql", host: "127.0.0.1", port: server.port, user: "low" };
    matches(
      await probe(
        await contextOf(place, [
          { label: "all", all: true, ...server.connection },
          { label: "low", databases: ["app", "gone"], password: "geheim", ...low },
          { label: "wrong", all: true, password: "wrong", ...low },
        ]),
      ),
      [
        /^ok database all: version \d+\.\d+, 3 databases of 3: "app", "other", "postgres"$/,
        /^ok database low: version \S+, 1 database of 3: "app"$/,
        /^failed database low\/gone: .* it does not exist; Create it, or take it out/,
        /^failed database low\/globals: the user may not read "pg_authid"; Set globals = false/,
        /^failed database low\/app: the user may not read "s\.closed"; Let the user read everything: psql/,
        /^failed database wrong: .*password authentication failed.*; Check user and password/,
      ],
    );
    const named = { label: "some", databases: ["app"], ...server.connection };
    matches(await probe(await contextOf(place, [named])), [
      /^ok database some: /,
      /^warning coverage some\/other: this database is in no \[\[databases\]\]; Add it to databases of/,
    ]);
    matches(await probe(await contextOf(place, [named], ["some/*"])), [/^ok database some: /]);
  },
});

Deno.test({
  name: nameOfTest("probeDatabases() asks MariaDB what a dump would not have", NO_MARIADB),
  ignore: NO_MARIADB !== undefined,
  async fn() {
    await using server = await MariaDbServer.start();
    using place = new Place();
    await server.query(
      "CREATE DATABASE app; CREATE USER low@'127.0.0.1' IDENTIFIED BY 'geheim'; " +
        "GRANT SELECT ON app.* TO low@'127.0.0.1'",
    );
    const low = { kind: "mariadb", host: "127.0.0.1", port: server.port, user: "low" };
    matches(
      await probe(
        await contextOf(place, [
          { label: "all", all: true, ...server.connection },
          { label: "low", databases: ["app"], password: "geheim", ...low },
        ]),
      ),
      [
        /^ok database all: version \d+\.\d+\.\d+, 2 databases of 2: "app", "mysql"$/,
        /^ok database low: /,
        /^warning database low\/app: the user may not read all views, triggers, events, routines,.*; Let/,
      ],
    );
  },
});

Deno.test("probeDatabases() looks at files of SQLite, and for the hook", async () => {
  using place = new Place();
  const good = join(place.directory, "good.db");
  new DatabaseSync(good).exec("CREATE TABLE t (n)");
  const text = place.write("text.db", "something else than that");
  const files = [good, text, join(place.directory, "gone.db"), place.directory];
  matches(
    await probe(
      await contextOf(place, [
        { label: "files", kind: "sqlite", databases: files },
        { label: "hook", kind: "command" },
      ]),
    ),
    [
      /^ok database files: ".*good\.db", /,
      /^failed database files\/.*text\.db: .*: it is no database of SQLite, or an encrypted one; Check/,
      /^failed database files\/.*gone\.db: .*: it does not exist; /,
      /^failed database files\/.*: it is not a regular file; /,
      /^(?:failed database hook: Cannot dump "hook": there is no hook|ok database hook: )/,
    ],
  );
});

Deno.test("probeRunningServers() warns of servers that no table dumps", async () => {
  using place = new Place();
  const postgres = { id: "postgresql", name: "PostgreSQL" };
  const running = [postgres, { id: "mongod", name: "MongoDB" }];
  const found = async (tables: readonly Keys[], ignore: readonly string[] = [], all = running) =>
    (await probeRunningServers(await contextOf(place, tables, ignore), all))
      .map(({ name, message, hint }) => `${name}: ${message}; ${hint}`);
  const pg = { label: "pg", kind: "postgresql", all: true };
  const hook = { label: "mongo", kind: "command" };
  const [first, second] = await found([]);
  assert.match(
    first ?? "",
    /^postgresql: PostgreSQL runs on this machine, and is in no \[\[databases\]\]; Add/,
  );
  assert.match(second ?? "", /^mongod: MongoDB runs .*kind = "command"/);
  assert.deepEqual(await found([pg, hook]), []);
  assert.deepEqual(await found([pg], ["mongo*"]), []);
  const two = await found([pg], ["mongod"], [postgres, postgres]);
  assert.match(
    two[0] ?? "",
    /2 servers of PostgreSQL run on this machine, and \[\[databases\]\] has 1;/,
  );
});
