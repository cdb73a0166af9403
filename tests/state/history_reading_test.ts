import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { History, type RunRow, type StepRow } from "../../lib/state/history.ts";
import { SCHEMA_VERSION } from "../../lib/state/history_schema.ts";

/** A directory with room for a history. */
class Place implements Disposable {
  readonly directory = Deno.makeTempDirSync({ prefix: "autoborg-history-" });
  readonly path = `${this.directory}/history.db`;

  [Symbol.dispose](): void {
    Deno.removeSync(this.directory, { recursive: true });
  }
}

const RUN: RunRow = {
  id: "0123abcd",
  name: "web",
  hostname: "host",
  startedAt: 1_000,
  finishedAt: 2_000,
  state: "ok",
  interruptedBy: null,
  problems: "[]",
};

const STEP: StepRow = {
  label: "disk",
  step: "create",
  state: "ok",
  reason: null,
  duration: 5,
  problems: "[]",
  archive: "web-x",
  files: 3,
  originalSize: 10,
  compressedSize: 9,
  newSize: 8,
  repositorySize: 7,
};

function record(history: History, id: string, different: Partial<StepRow & RunRow> = {}): void {
  const { sourcesMissing = false, startedAt = 1_000 } = different;
  const run = { ...RUN, id, sourcesMissing, startedAt };
  const repository = { label: different.label ?? "disk", state: "ok", reason: null };
  history.record(run, [repository], [{ ...STEP, ...different }]);
}

/** A file as the first version wrote it. */
function makeFirstVersion(path: string): void {
  using database = new DatabaseSync(path);
  database.exec(`
    CREATE TABLE runs (id TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL, hostname TEXT NOT NULL,
      started_at INTEGER NOT NULL, finished_at INTEGER NOT NULL, state TEXT NOT NULL,
      interrupted_by TEXT, problems TEXT NOT NULL) STRICT;
    CREATE INDEX runs_by_name ON runs (name, started_at);
    CREATE TABLE repositories (run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
      label TEXT NOT NULL, state TEXT NOT NULL, reason TEXT, PRIMARY KEY (run, label)) STRICT;
    CREATE TABLE steps (run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
      label TEXT NOT NULL, step TEXT NOT NULL, state TEXT NOT NULL, reason TEXT, duration INTEGER,
      problems TEXT NOT NULL, archive TEXT, files INTEGER, original_size INTEGER,
      compressed_size INTEGER, new_size INTEGER, repository_size INTEGER,
      PRIMARY KEY (run, label, step)) STRICT;
    INSERT INTO runs VALUES ('0000aaaa', 'web', 'host', 500, 600, 'ok', NULL, '[]');
    INSERT INTO repositories VALUES ('0000aaaa', 'disk', 'ok', NULL);
    INSERT INTO steps VALUES ('0000aaaa', 'disk', 'create', 'ok', NULL, 5, '[]', 'web-a', 1, 2, 3,
      4, 5);
    PRAGMA user_version = 1;`);
}

function versionOf(path: string): unknown {
  using database = new DatabaseSync(path, { readOnly: true });
  return database.prepare("PRAGMA user_version").get()?.user_version;
}

Deno.test("History.open() brings a file of the first version up to date and keeps its runs", () => {
  using place = new Place();
  makeFirstVersion(place.path);
  {
    using history = History.open(place.path);
    record(history, "0000bbbb", { added: 4 });
    const [later, earlier] = history.goodBackups("web", "disk", 9);
    assert.equal(later?.step.added, 4);
    assert.equal(earlier?.run.id, "0000aaaa");
    assert.equal(earlier?.run.version, null);
    assert.equal(earlier?.step.added, null);
    assert.equal(earlier?.step.newSize, 4);
  }
  assert.equal(versionOf(place.path), SCHEMA_VERSION);
});

Deno.test("History.openForReading() reads a file of the first version as well", () => {
  using place = new Place();
  makeFirstVersion(place.path);
  using history = History.openForReading(place.path);
  assert.equal(history?.runs("web", 9).length, 1);
});

Deno.test("History.openForReading() gives nothing when there is no file, and makes none", () => {
  using place = new Place();
  assert.equal(History.openForReading(place.path), undefined);
  assert.deepEqual([...Deno.readDirSync(place.directory)], []);
});

Deno.test("History.openForReading() neither changes a damaged file nor sets it aside", () => {
  using place = new Place();
  Deno.writeTextFileSync(place.path, "no database".repeat(1_000));
  assert.throws(() => History.openForReading(place.path), /Cannot open the history/);
  assert.throws(() => History.open(place.path), /Cannot open the history/);
  assert.equal([...Deno.readDirSync(place.directory)].length, 1);
});

Deno.test("History.open() finds damage in the middle of a file", () => {
  using place = new Place();
  {
    using history = History.open(place.path);
    for (let id = 0; id < 100; id++) record(history, String(id).padStart(8, "0"));
  }
  {
    using file = Deno.openSync(place.path, { write: true });
    for (let page = 3; page < 9; page++) {
      file.seekSync(page * 4_096, Deno.SeekMode.Start);
      file.writeSync(new Uint8Array(4_096).fill(0xa5));
    }
  }
  const messages: string[] = [];
  using history = History.open(place.path, (message) => messages.push(message));
  assert.match(messages[0] ?? "", /was damaged; it is set aside as ".*history\.db\.damaged"/);
  assert.deepEqual(history.runs("web", 1), []);
});

Deno.test("goodBackups() leaves out what failed, lacks a source or is suspiciously small", () => {
  using history = History.inMemory();
  record(history, "00000001");
  record(history, "00000002", { state: "warning" });
  record(history, "00000003", { state: "failed" });
  record(history, "00000004", { sourcesMissing: true });
  record(history, "00000005", { shrunk: true });
  record(history, "00000006", { label: "other" });
  const found = history.goodBackups("web", "disk", 9).map(({ run }) => run.id);
  assert.deepEqual(found, ["00000002", "00000001"]);
  assert.equal(history.goodBackups("web", "disk", 1).length, 1);
  assert.deepEqual(history.goodBackups("other", "disk", 9), []);
});

Deno.test("runs() gives the last ones first, with their repositories and steps", () => {
  using history = History.inMemory();
  for (const id of ["00000001", "00000002"]) record(history, id);
  record(history, "00000003", { label: "other" });
  assert.deepEqual(history.runs("web", 2).map(({ run }) => run.id), ["00000003", "00000002"]);
  const [last] = history.runs("web", 1, "disk");
  assert.equal(last?.run.id, "00000002");
  assert.equal(last?.repositories[0]?.steps[0]?.archive, "web-x");
});

Deno.test("History takes the run made last for the newest, whatever its clock said", () => {
  using history = History.inMemory();
  const starts = [2_100_000_000_000, 1_000, 1_700_000_000_000, 0];
  for (const [index, startedAt] of starts.entries()) {
    record(history, `0000000${index}`, { startedAt, files: index, newSize: index });
  }
  const ids = ["00000003", "00000002", "00000001", "00000000"];
  assert.deepEqual(history.runIds("web"), ids);
  assert.deepEqual(history.runs("web", 9).map(({ run }) => run.id), ids);
  assert.deepEqual(history.goodBackups("web", "disk", 9).map(({ run }) => run.id), ids);
  assert.equal(history.baseline("web", "disk")?.files, 3);
  assert.deepEqual(history.lastSuccess("web", "disk", "create"), new Date(0));
  assert.deepEqual(history.recentCreates("web", "disk", 2).map(({ newSize }) => newSize), [2, 3]);
});

Deno.test("History reads on when it holds numbers that JavaScript can't hold", () => {
  using place = new Place();
  using history = History.open(place.path);
  record(history, "00000001", { newSize: 9_007_199_254_740_993_000, files: 3 });
  {
    using database = new DatabaseSync(place.path);
    database.exec(
      "UPDATE runs SET started_at = 9223372036854775807, finished_at = 9000000000000000",
    );
    database.exec("UPDATE steps SET original_size = 9223372036854775807");
  }
  const [found] = history.runs("web", 5);
  const [step] = found?.repositories[0]?.steps ?? [];
  assert.deepEqual([found?.run.startedAt, found?.run.finishedAt], [0, 0]);
  assert.deepEqual([step?.newSize, step?.originalSize, step?.files], [null, null, 3]);
  assert.equal(history.goodBackups("web", "disk", 1).length, 1);
  assert.equal(history.baseline("web", "disk"), undefined);
  assert.equal(history.recentCreates("web", "disk", 1).length, 0);
  assert.equal(history.lastSuccess("web", "disk", "create"), undefined);
  {
    using database = new DatabaseSync(place.path);
    database.exec("UPDATE runs SET started_at = 9000000000000000");
  }
  assert.equal(history.recentCreates("web", "disk", 1).length, 0);
  assert.equal(history.lastSuccess("web", "disk", "create"), undefined);
  assert.deepEqual(history.runIds("web"), ["00000001"]);
  assert.equal(history.countDead("web", "00000001"), 0);
});
