import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { AppError } from "../../lib/errors.ts";
import { databaseEntry, DumpPlace } from "./dumping.ts";
import { sqliteDump } from "../../lib/databases/sqlite.ts";

/** A database with some rows. */
function makeDatabase(path: string, rows: number, mode = "wal"): void {
  using database = new DatabaseSync(path);
  database.exec(`PRAGMA journal_mode = ${mode}; CREATE TABLE t (n INTEGER, pair INTEGER, x TEXT);
WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < ${rows})
INSERT INTO t SELECT n, n, hex(randomblob(200)) FROM c`);
}

/** What a program does that uses a database: transactions that keep a rule, until it is ended. */
const WRITER = `
import { DatabaseSync } from "node:sqlite";
const database = new DatabaseSync(Deno.args[0], { timeout: 30000 });
for (let n = 0; ; n++) {
  database.exec("BEGIN IMMEDIATE");
  database.prepare("INSERT INTO t VALUES (?, ?, 'new')").run(-n, -n);
  database.prepare("UPDATE t SET pair = pair + 1, n = n + 1 WHERE rowid % 1000 = ?").run(n % 1000);
  database.exec("COMMIT");
  if (n === 5) console.log("at work");
}`;

async function withWriter(path: string, fn: () => Promise<void>): Promise<void> {
  const script = `${path}.writer.js`;
  await Deno.writeTextFile(script, WRITER);
  const args = ["run", "--quiet", "--no-config", "--allow-read", "--allow-write", script, path];
  const child = new Deno.Command(Deno.execPath(), { args, stdout: "piped", stderr: "null" })
    .spawn();
  const reader = child.stdout.getReader();
  try {
    const { value } = await reader.read();
    assert.match(new TextDecoder().decode(value), /at work/);
    await fn();
  } finally {
    child.kill("SIGKILL");
    await child.status;
    await reader.cancel();
  }
}

async function saved(place: DumpPlace, path: string, name: string): Promise<DatabaseSync> {
  const entry = await databaseEntry({ kind: "sqlite", databases: [path] });
  await using dump = await sqliteDump(entry, path).open(place.context);
  const copy = join(place.directory, name);
  await Deno.writeFile(copy, dump.bytes);
  assert.deepEqual(await dump.end, { kind: "whole", warnings: [] });
  return new DatabaseSync(copy);
}

for (const mode of ["wal", "delete"]) {
  Deno.test(`a dump of SQLite is of one moment while a program writes, journal_mode ${mode}`, async () => {
    await using place = await new DumpPlace();
    const path = join(place.directory, "it's a \u00e4 database.db");
    makeDatabase(path, 20_000, mode);
    await withWriter(path, async () => {
      using database = await saved(place, path, "saved.db");
      const { broken, rows, fresh } = database.prepare(
        "SELECT sum(n <> pair) broken, count(*) rows, sum(x = 'new') fresh FROM t",
      ).get() ?? {};
      assert.equal(broken, 0);
      assert.ok(Number(rows) > 20_000, "what is in the write-ahead log is in the dump, too");
      assert.ok(Number(fresh) > 5);
      assert.equal(database.prepare("PRAGMA integrity_check").get()?.integrity_check, "ok");
    });
    assert.deepEqual(place.left.filter((name) => name.startsWith("autoborg-")), []);
  });
}

Deno.test("a dump of SQLite leaves the database alone, with its owner", async () => {
  await using place = await new DumpPlace();
  const path = join(place.directory, "app.db");
  makeDatabase(path, 10);
  const before = await Deno.readFile(path);
  (await saved(place, path, "saved.db")).close();
  assert.deepEqual(await Deno.readFile(path), before);
  const owners = new Set(
    [...Deno.readDirSync(place.directory)].map(({ name }) =>
      Deno.statSync(join(place.directory, name)).uid
    ),
  );
  assert.equal(owners.size, 1);
});

Deno.test("a dump of SQLite fails with the reason, and makes no file", async () => {
  await using place = await new DumpPlace();
  const at = (name: string) => join(place.directory, name);
  const ask = async (path: string, keys = {}) => {
    const entry = await databaseEntry({ kind: "sqlite", databases: [path], ...keys });
    const { dumps: [dump] } = await place.dump(entry);
    assert.ok(dump?.end.kind === "failed");
    return `${dump.end.message}; ${dump.end.hint}`;
  };
  assert.match(
    await ask(at("gone.db")),
    /^Cannot dump the database ".*gone\.db" of "db": .*unable to open/,
  );
  await Deno.writeTextFile(at("text.db"), "no database ".repeat(100));
  assert.match(await ask(at("text.db")), /file is not a database; Check the path/);
  makeDatabase(at("damaged.db"), 2_000, "delete");
  const bytes = await Deno.readFile(at("damaged.db"));
  bytes.fill(0x55, 40_000, 60_000);
  await Deno.writeFile(at("damaged.db"), bytes);
  assert.match(await ask(at("damaged.db")), /: it is damaged: [^;]+.*; Look at it: sqlite3 "/);
  const names = ["damaged.db", "text.db"];
  assert.deepEqual(place.left.filter((name) => !/-(?:wal|shm)$/.test(name)).sort(), names);
});

Deno.test("a dump of SQLite waits for a lock, until it is stopped", async () => {
  await using place = await new DumpPlace();
  await using stopped = await new DumpPlace();
  const path = join(place.directory, "app.db");
  makeDatabase(path, 10, "delete");
  using holder = new DatabaseSync(path);
  holder.exec("BEGIN EXCLUSIVE");
  const entry = await databaseEntry({ kind: "sqlite", databases: [path] });
  const late = stopped.dump(entry);
  stopped.stop.abort(new AppError("it took too long"));
  const [{ end } = {}] = (await late).dumps;
  assert.deepEqual(end, { kind: "failed", message: "it took too long" });
  const waiting = saved(place, path, "saved.db");
  holder.exec("COMMIT");
  (await waiting).close();
});

Deno.test("a dump of SQLite needs space for its copy", async () => {
  await using place = await new DumpPlace();
  const path = join(place.directory, "app.db");
  makeDatabase(path, 10, "delete");
  // 4 TiB of nothing: its header says that it has that many pages.
  const pages = 2 ** 30;
  using file = await Deno.open(path, { read: true, write: true });
  await file.truncate(pages * 4_096);
  await file.seek(28, Deno.SeekMode.Start);
  await file.write(new Uint8Array(new Uint32Array([pages]).buffer).reverse());
  const entry = await databaseEntry({ kind: "sqlite", databases: [path] });
  const { dumps: [dump] } = await place.dump(entry);
  assert.ok(dump?.end.kind === "failed");
  assert.match(
    dump.end.message,
    /: its copy needs 4\.0 TiB in ".*", where .* free, 100\.0 MiB of which/,
  );
  assert.match(dump.end.hint ?? "", /paths\.state_dir/);
});

Deno.test("a dump of SQLite ends with the run", async () => {
  await using place = await new DumpPlace();
  const path = join(place.directory, "app.db");
  makeDatabase(path, 100_000);
  const entry = await databaseEntry({ kind: "sqlite", databases: [path] });
  const opening = sqliteDump(entry, path).open(place.context);
  place.stop.abort(new DOMException("stopped", "AbortError"));
  await assert.rejects(opening, { name: "AbortError" });
  assert.deepEqual(place.left.filter((name) => name.startsWith("autoborg-")), []);
});
