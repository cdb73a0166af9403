import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { History, type RunRow, type StepRow } from "../../lib/state/history.ts";

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
  const { sourcesMissing = false, startedAt = 1_000, ...step } = different;
  const run = { ...RUN, id, sourcesMissing, startedAt };
  const repository = { label: step.label ?? "disk", state: "ok", reason: null };
  history.record({ run, repositories: [{ repository, steps: [{ ...STEP, ...step }] }] });
}

Deno.test("History.openForReading() gives nothing when there is no file, and makes none", () => {
  using place = new Place();
  assert.equal(History.openForReading(place.path), undefined);
  assert.deepEqual([...Deno.readDirSync(place.directory)], []);
});

Deno.test("History.openForReading() neither changes a damaged file nor moves it aside", () => {
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
  assert.match(messages[0] ?? "", /was damaged; it is moved aside to ".*history\.db\.damaged"/);
  assert.deepEqual(history.runs("web", 1), []);
});

Deno.test("goodBackups() leaves out what failed, lacks a source or is suspiciously small", () => {
  using history = History.inMemory();
  record(history, "00000001");
  record(history, "00000002", { state: "warning" });
  record(history, "00000003", { state: "failed" });
  record(history, "00000004", { sourcesMissing: true });
  record(history, "00000005", { suspicious: true });
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

Deno.test("recentCreates() tells what was left without an archive from an archive's new data", () => {
  using history = History.inMemory();
  record(history, "00000001", { state: "failed", archive: null, newSize: 7, startedAt: 1 });
  record(history, "00000002", { state: "failed", archive: null, newSize: null, startedAt: 2 });
  const failed = { state: "failed", newSize: undefined };
  assert.deepEqual(history.recentCreates("web", "disk", 9), [
    { startedAt: new Date(1), ...failed, checkpointSize: 7 },
    { startedAt: new Date(2), ...failed },
  ]);
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

Deno.test("lastCreate() gives the last run that may have begun an archive in the repository", () => {
  using history = History.inMemory();
  record(history, "00000001");
  record(history, "00000002", { state: "failed", archive: null });
  assert.equal(history.lastCreate("web", "disk", "0000000f"), "00000002");
  record(history, "00000003", { label: "other" });
  record(history, "00000004", { state: "skipped", archive: null });
  assert.equal(history.lastCreate("web", "disk", "0000000f"), "00000002");
  assert.equal(history.lastCreate("web", "disk", "00000002"), "00000001");
  // What a run has done that was killed is not known.
  history.record({ run: { ...RUN, id: "00000005", ending: "running" }, repositories: [] });
  assert.equal(history.lastCreate("web", "disk", "0000000f"), "00000005");
  assert.equal(history.hasRun("web", "00000005"), true);
  assert.equal(history.hasRun("web", "00000006"), false);
});
