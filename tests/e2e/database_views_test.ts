import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { NO_POSTGRESQL, PostgreSqlServer } from "../databases/postgresql_server.ts";
import { POSTGRESQL_SAMPLE } from "../databases/sample.ts";
import { Place, QUICK, repository } from "./place.ts";
import { eventually } from "./program.ts";

Deno.test("views know each database, and a dump that has shrunk suspends prune", async () => {
  const tables = { repositories: [repository("first")], metrics: { textfile: "metrics.prom" } };
  await using place = await Place.quick(tables);
  const path = place.at("wiki.sqlite");
  using database = new DatabaseSync(path);
  database.exec("CREATE TABLE page (n INTEGER PRIMARY KEY, text TEXT)");
  database.exec(`WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 30000)
    INSERT INTO page SELECT n, 'a page with a number and more words than one: ' || n FROM c`);
  const rules = { keep_last: 1 };
  const entry = { label: "wiki", kind: "sqlite", databases: [path], retention: rules };
  await place.configure({ ...QUICK, ...tables, databases: [entry], retention: { keep_last: 9 } });
  await place.init();
  await place.expect(1, "status");
  await place.expect(0, "run");
  await place.expect(0, "status");
  const name = `wiki/${path}`;
  const [, oldest = ""] = /^(web\.db\.\S+)/m.exec(
    (await place.expect(0, "list", "--database=wiki")).stdout,
  ) ?? [];
  database.exec("DELETE FROM page; VACUUM");
  const small = await place.expect(1, "run");
  assert.match(
    small.stderr + small.stdout,
    /the dump of "wiki\/.*" is much smaller than the last one: [\d.]+ KiB instead of [\d.]+ MiB/,
  );
  // The older dump is there, although one is kept, and the archive of files is as good as ever.
  const { stdout } = await place.expect(0, "list", "--json");
  const list = JSON.parse(stdout);
  assert.deepEqual(list.archives.map((one: { complete: boolean }) => one.complete), [true, true]);
  assert.deepEqual(
    list.databases.map((one: { name: string; archives: number }) => [one.name, one.archives]),
    [[name, 2]],
  );
  assert.equal(list.others, 0);
  const retention = (await place.expect(0, "list", "--retention")).stdout;
  assert.equal(retention.match(/keep {4}web-/g)?.length, 2);
  assert.match(retention, new RegExp(`remove +${RegExp.escape(oldest)}`));
  const status = JSON.parse((await place.autoborg("status", "--json")).stdout);
  assert.equal(status.state, "alarm");
  const [wiki] = status.repositories[0].databases;
  assert.deepEqual([wiki.name, wiki.state, wiki.lastRun.state], [name, "fresh", "ok"]);
  assert.notEqual(wiki.verifiedAt, null);
  const metrics = await Deno.readTextFile(place.at("metrics.prom"));
  assert.match(
    metrics,
    /autoborg_database_bytes\{name="web",repository="first",database="wiki\/.*"\} \d+/,
  );
  assert.match(metrics, /autoborg_alarm\{name="web",repository="first",kind="database-small"\} 1/);
  // The good one is brought back, and pinned by the name of its archive.
  await place.expect(0, "pin", oldest);
  await place.expect(0, "restore", "--database=wiki", "--archive", oldest, "--into=back.sqlite");
  using back = new DatabaseSync(place.at("back.sqlite"));
  assert.equal(back.prepare("SELECT count(*) AS n FROM page").get()?.n, 30_000);
  await place.expect(0, "accept", "first");
  await place.expect(0, "run");
  const kept = (await place.expect(0, "list", "--database=wiki")).stdout;
  assert.match(kept, new RegExp(`${RegExp.escape(oldest)} .* pinned`));
  assert.equal(kept.trim().split("\n").length, 3, kept);
});

Deno.test({
  name: "restore drops what it has made when it is stopped",
  ignore: NO_POSTGRESQL !== undefined,
  fn: async () => {
    await using server = await PostgreSqlServer.start();
    await server.query("CREATE DATABASE shop");
    await server.query(POSTGRESQL_SAMPLE, "shop");
    // It takes as long as it may when it is loaded, and cannot be over before the signal.
    await server.query(
      "CREATE FUNCTION slow(int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS " +
        "'BEGIN IF current_database() <> ''shop'' THEN PERFORM pg_sleep(60); END IF; RETURN $1; END'; " +
        "CREATE INDEX ON rental_2025 (slow(id))",
      "shop",
    );
    const tables = { repositories: [repository("first")] };
    await using place = await Place.quick(tables);
    const databases = [{ label: "pg", ...server.connection, databases: ["shop"], globals: false }];
    await place.configure({ ...QUICK, ...tables, databases });
    await place.init();
    await place.expect(0, "run");
    const running = place.start("restore", "--database=pg", "--into=halted");
    const sleeping = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'";
    await eventually(async () => await server.query(sleeping) !== "0", 60_000);
    running.kill("SIGINT");
    const { code, stderr } = await running.end();
    assert.equal(code, 130, stderr);
    const names = await server.query("SELECT datname FROM pg_database ORDER BY 1");
    assert.equal(names, "postgres\nshop\ntemplate0\ntemplate1");
    assert.equal(await server.query(sleeping), "0");
  },
});
