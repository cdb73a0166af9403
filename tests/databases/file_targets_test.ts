import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { FileTarget } from "../../lib/databases/file_target.ts";
import { SqliteTarget } from "../../lib/databases/sqlite_target.ts";

/** A directory that goes with the test. */
function place(): Disposable & { readonly at: (name: string) => string } {
  const directory = Deno.makeTempDirSync();
  return {
    at: (name) => `${directory}/${name}`,
    [Symbol.dispose]: () => Deno.removeSync(directory, { recursive: true }),
  };
}

async function* pieces(...texts: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) {
    yield await Promise.resolve(typeof text === "string" ? new TextEncoder().encode(text) : text);
  }
}

async function* cutOff(...texts: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  yield* pieces(...texts);
  throw new Error("the repository is gone");
}

const arriving = (bytes: AsyncIterable<Uint8Array>) => ({ head: {}, bytes });

/** The names in the directory of a file. */
function names(path: string): readonly string[] {
  return [...Deno.readDirSync(path.slice(0, path.lastIndexOf("/")))].map(({ name }) => name).sort();
}

/** A database with rows, as a file has it. */
function sample(path: string, rows: number): Uint8Array {
  {
    using database = new DatabaseSync(path);
    database.exec(
      `PRAGMA journal_mode = DELETE; CREATE TABLE "ä ""b" (n INTEGER PRIMARY KEY, t TEXT);
      CREATE TABLE c (k TEXT PRIMARY KEY) WITHOUT ROWID; INSERT INTO c VALUES ('x'), ('y');`,
    );
    const insert = database.prepare('INSERT INTO "ä ""b" (t) VALUES (?)');
    for (let n = 0; n < rows; n += 1) insert.run(`Zeile ${n} 'ß`);
  }
  const bytes = Deno.readFileSync(path);
  Deno.removeSync(path);
  return bytes;
}

Deno.test("FileTarget writes a file as a whole or not at all", async () => {
  using here = place();
  const path = here.at("dump of 'ä'.sql");
  const target = new FileTarget(path);
  assert.equal(await target.existing(), undefined);
  await assert.rejects(target.take(arriving(cutOff("half"))), /the repository is gone/);
  assert.deepEqual(names(path), []);
  assert.deepEqual(await target.take(arriving(pieces("one", " two"))), []);
  assert.equal(Deno.readTextFileSync(path), "one two");
  assert.equal((Deno.statSync(path).mode ?? 0) & 0o777, 0o600);
  assert.deepEqual(await target.existing(), { bytes: 7 });
  await assert.rejects(target.take(arriving(cutOff("half"))));
  assert.equal(Deno.readTextFileSync(path), "one two");
  assert.deepEqual(names(path), ["dump of 'ä'.sql"]);
  await assert.rejects(new FileTarget(here.at("no/where")).existing(), {
    message: `Cannot restore to "${here.at("no/where")}": its directory does not exist`,
  });
  Deno.mkdirSync(here.at("directory"));
  await assert.rejects(new FileTarget(here.at("directory")).existing(), {
    message: `Cannot restore to "${
      here.at("directory")
    }": it is not a file, expected the name of one`,
  });
});

Deno.test("SqliteTarget writes a sound database, and nothing of the old one is taken for it", async () => {
  using here = place();
  const path = here.at("wiki.sqlite");
  const dump = sample(path, 100);
  const target = new SqliteTarget(path);
  assert.equal(await target.existing(), undefined);
  await target.take(arriving(pieces(dump.subarray(0, 5_000), dump.subarray(5_000))));
  assert.deepEqual(Deno.readFileSync(path), dump);
  Deno.chmodSync(path, 0o640);
  assert.deepEqual(await target.existing(), { bytes: dump.length, tables: 2, rows: 102 });
  {
    // What a program left that was killed.
    using old = new DatabaseSync(path);
    old.exec("PRAGMA journal_mode = WAL; INSERT INTO c VALUES ('newer')");
    Deno.copyFileSync(`${path}-wal`, here.at("saved"));
  }
  Deno.renameSync(here.at("saved"), `${path}-wal`);
  await target.take(arriving(pieces(dump)));
  assert.deepEqual(names(path), ["wiki.sqlite"]);
  assert.deepEqual(Deno.readFileSync(path), dump);
  assert.equal((Deno.statSync(path).mode ?? 0) & 0o777, 0o640);
});

Deno.test("SqliteTarget refuses damage, a database in use, and what others left", async () => {
  using here = place();
  const path = here.at("wiki.sqlite");
  const dump = sample(path, 2_000);
  const target = new SqliteTarget(path);
  const damaged = dump.slice();
  damaged.fill(0xaa, 12_288, 20_480);
  await assert.rejects(
    target.take(arriving(pieces(damaged))),
    /^AppError: Cannot restore ".*": SQLite says that the database is damaged: /,
  );
  await assert.rejects(target.take(arriving(pieces(dump.subarray(0, 8_192)))), /is damaged/);
  await assert.rejects(target.take(arriving(pieces("no database at all"))), /is damaged/);
  assert.deepEqual(names(path), []);
  Deno.writeTextFileSync(`${path}-wal`, "of another");
  await assert.rejects(
    async () => await target.existing(),
    /-wal" exists, and SQLite would take/,
  );
  Deno.removeSync(`${path}-wal`);
  await target.take(arriving(pieces(dump)));
  for (const mode of ["WAL", "DELETE"]) {
    using busy = new DatabaseSync(path);
    busy.exec(`PRAGMA journal_mode = ${mode}; BEGIN; SELECT count(*) FROM c`);
    busy.exec("INSERT INTO c VALUES ('z')");
    assert.equal(
      (await target.existing())?.bytes,
      dump.length,
      "who does not overwrite it may look",
    );
    await assert.rejects(target.requireUnused(), { message: /another program is using it$/ });
    await assert.rejects(target.take(arriving(pieces(dump))), {
      message: `Cannot overwrite "${path}": another program is using it`,
    }, mode);
    busy.exec("ROLLBACK");
  }
});
