import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { MariaDbServer, NO_MARIADB } from "../databases/mariadb_server.ts";
import { NO_POSTGRESQL, PostgreSqlServer } from "../databases/postgresql_server.ts";
import { nameOfTest } from "../databases/server_process.ts";
import { CutOffServer } from "./cut_off.ts";
import { Place, repository } from "./place.ts";
import { NO_SSHD } from "./sshd.ts";
import { ROOT, searchPath, which } from "./program.ts";

const PASSWORD = "geheim der Datenbank";

/** The series of a repository, each with the number of its archives. */
async function series(place: Place, label: string): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = {};
  for (const archive of await place.archives(label)) {
    const name = archive.replace(/-\d{4}-\d\d-\d\dT.*$/, "");
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

/** What the newest archive of a series holds. */
async function dumpOf(place: Place, label: string, name: string): Promise<string> {
  const archive = (await place.archives(label)).findLast((one) => one.startsWith(`${name}-`));
  return await place.borg(label, "extract", "--stdout", `${place.at(`${label}.borg`)}::${archive}`);
}

/** Every file that the program has written, but for repositories and what Borg keeps. */
function written(directory: string): string {
  return [...Deno.readDirSync(directory)].map(({ name, isDirectory }) => {
    const path = `${directory}/${name}`;
    if (isDirectory) return written(path);
    return new TextDecoder("latin1").decode(Deno.readFileSync(path));
  }).join("\n");
}

/**
 * Lets nothing be found but the programs of the permission set, each of which writes down its name and the
 * names of its variables. Deno's own audit has no programs in it.
 */
async function watchPrograms(place: Place): Promise<void> {
  const { permissions } = JSON.parse(await Deno.readTextFile(`${ROOT}deno.json`));
  const names: readonly string[] = permissions.default.run;
  // Other users must find programs there, too.
  for (const path of [place.directory, place.at("home")]) await Deno.chmod(path, 0o755);
  await place.write("seen", "", 0o666);
  await Deno.chmod(place.at("seen"), 0o666);
  for (const name of names.filter((name) => !name.includes("/"))) {
    const real = which(name);
    if (real === undefined) continue;
    const script = `#!/bin/sh\nPATH='${searchPath()}'\n` +
      `echo ${name} $(env | sed -n 's/^\\([A-Z_]*\\)=.*/\\1/p') >>'${place.at("seen")}'\n` +
      `exec '${real}' "$@"\n`;
    await place.write(`programs/${name}`, script, 0o755);
  }
  await Deno.chmod(place.at("programs"), 0o755);
  place.env.PATH = place.at("programs");
}

/** The programs that were started, with the names of the variables of all their starts. */
async function programsSeen(place: Place): Promise<ReadonlyMap<string, readonly string[]>> {
  const seen = new Map<string, string[]>();
  for (const line of (await Deno.readTextFile(place.at("seen"))).trimEnd().split("\n")) {
    const [name = "", ...variables] = line.split(" ");
    seen.set(name, [...seen.get(name) ?? [], ...variables]);
  }
  return seen;
}

Deno.test({
  name: nameOfTest(
    "run dumps databases of each kind into all repositories, and tells no secret",
    NO_POSTGRESQL,
    NO_MARIADB,
  ),
  ignore: NO_POSTGRESQL !== undefined || NO_MARIADB !== undefined,
  async fn() {
    await using postgres = await PostgreSqlServer.start();
    await using maria = await MariaDbServer.start();
    await postgres.query('CREATE DATABASE "ein Test"');
    await postgres.query("CREATE TABLE t AS SELECT 4711 AS n", "ein Test");
    await maria.query(
      `CREATE DATABASE shop; CREATE TABLE shop.t (n int); INSERT INTO shop.t VALUES (4712);
GRANT ALL ON *.* TO low@'127.0.0.1' IDENTIFIED BY '${PASSWORD}'`,
    );
    await using place = await Place.quick({
      repositories: [repository("first"), repository("second")],
      databases: [
        { label: "pg", all: true, exclude: ["postgres"], ...postgres.connection },
        {
          ...{ label: "maria", kind: "mariadb", databases: ["shop"], password_file: "password" },
          ...{ host: "127.0.0.1", port: maria.port, user: "low" },
        },
        { label: "files", kind: "sqlite", databases: ["PLACE/app.db"] },
      ],
    });
    await place.write("password", `${PASSWORD}\n`);
    using database = new DatabaseSync(place.at("app.db"));
    database.exec("PRAGMA journal_mode = wal; CREATE TABLE t (n); INSERT INTO t VALUES (4713)");
    const config = await Deno.readTextFile(place.at("config.toml"));
    await place.write("config.toml", config.replace("PLACE", place.directory));
    await place.init();
    await watchPrograms(place);
    const { stdout, stderr } = await place.expect(0, "run");
    for (const label of ["first", "second"]) {
      const file = place.at("app.db").replaceAll("/", "%2F").replaceAll(".", "%2E");
      assert.deepEqual(await series(place, label), {
        "web": 1,
        "web.db.pg.%2Aglobals%2A": 1,
        "web.db.pg.ein%20Test": 1,
        "web.db.maria.shop": 1,
        [`web.db.files.${file}`]: 1,
      });
      assert.match(await dumpOf(place, label, "web.db.pg.ein%20Test"), /^4711$/m);
      assert.match(await dumpOf(place, label, "web.db.maria.shop"), /\(4712\)/);
    }
    for (const text of [stdout, stderr, written(place.at("state")), written(place.at("logs"))]) {
      assert.ok(!text.includes(PASSWORD), "the password is told");
    }
    const started = await programsSeen(place);
    for (const name of ["borg", "pg_dump", "pg_dumpall", "psql", "mariadb-dump", "mariadb"]) {
      assert.ok(started.has(name), `${name} was not started`);
    }
    for (const [name, variables] of started) {
      const foreign = name === "borg" ? /^(?:PG|MYSQL|MARIADB)/ : /^BORG_/;
      assert.deepEqual(variables.filter((variable) => foreign.test(variable)), [], name);
    }
  },
});

Deno.test({
  name: nameOfTest(
    "check-config --probe asks the servers of databases, with the permissions of the program",
    NO_POSTGRESQL,
  ),
  ignore: NO_POSTGRESQL !== undefined,
  async fn() {
    await using postgres = await PostgreSqlServer.start();
    await postgres.query("CREATE DATABASE app");
    await using place = await Place.quick({
      databases: [{ label: "pg", databases: ["app", "gone"], ...postgres.connection }],
    });
    await place.init();
    const { stdout } = await place.expect(2, "check-config", "--probe");
    assert.match(stdout, /^database pg +ok +version \d+\.\d+, 1 database of 2: "app"$/m);
    assert.match(stdout, /^database pg\/gone +failed +Cannot dump the database "gone" of "pg"/m);
  },
});

Deno.test({
  name: nameOfTest("run keeps half a dump nowhere when the server is killed in mid-dump", NO_SSHD),
  ignore: NO_SSHD !== undefined,
  async fn() {
    await using place = await Place.quick();
    await using server = await CutOffServer.start(place);
    using database = new DatabaseSync(place.at("app.db"));
    database.exec("CREATE TABLE t (n); INSERT INTO t SELECT randomblob(20000000)");
    await place.configure({
      retry: { waits: ["1s", "2s"] },
      repositories: [repository("first", server.repository("first")), repository("second")],
      databases: [{ label: "files", kind: "sqlite", databases: [place.at("app.db")] }],
    });
    await place.init();
    await server.plan({ create: ["bytes:5000000"] });
    const running = place.start("run");
    assert.equal(await server.killUntilEnd(running), 1);
    const { code, stderr } = await running.end();
    assert.equal(code, 2, stderr);
    assert.match(stderr, /first +dump +failed/);
    assert.match(stderr, /second +dump +ok/);
    const [dumped = ""] = Object.keys(await series(place, "second"))
      .filter((name) => name.startsWith("web.db."));
    assert.deepEqual(await series(place, "second"), { web: 1, [dumped]: 1 });

    await place.expect(0, "run");
    // Asked only now: Borg takes a repository at two places for two.
    assert.deepEqual(await series(place, "first"), { web: 2, [dumped]: 1 });
    const all = await place.borg("first", "list", "--consider-checkpoints", place.at("first.borg"));
    assert.doesNotMatch(all, /checkpoint/);
  },
});
