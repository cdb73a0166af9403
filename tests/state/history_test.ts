import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { History, type RunRow, type StepRow } from "../../lib/state/history.ts";

const DAY = 24 * 3_600_000;

class Directory implements Disposable {
  readonly path = Deno.makeTempDirSync();
  readonly file: string = `${this.path}/history.db`;

  /** Opens the history; a damaged one is a mistake of the test unless it is expected. */
  open(onDamage: (message: string) => void = assert.fail): History {
    return History.open(this.file, onDamage);
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}

function run(id: string, different: Partial<RunRow> = {}): RunRow {
  return {
    id,
    name: "web",
    hostname: "host",
    startedAt: 10 * DAY,
    finishedAt: 10 * DAY + 60_000,
    state: "ok",
    interruptedBy: null,
    problems: "[]",
    ...different,
  };
}

function step(name: string, state: string, different: Partial<StepRow> = {}): StepRow {
  return {
    label: "disk",
    step: name,
    state,
    reason: null,
    duration: 1_000,
    problems: "[]",
    archive: null,
    files: null,
    originalSize: null,
    compressedSize: null,
    newSize: null,
    repositorySize: null,
    ...different,
  };
}

const DISK = { label: "disk", state: "ok", reason: null };

Deno.test("History keeps what was recorded until the next process asks", () => {
  using directory = new Directory();
  {
    using history = directory.open();
    history.record({
      run: run("a"),
      repositories: [{ repository: DISK, steps: [step("create", "ok"), step("check", "ok")] }],
    });
  }
  using history = directory.open();
  assert.deepEqual(history.lastSuccess("web", "disk", "check"), new Date(10 * DAY));
});

Deno.test("lastSuccess() finds the last run in which the step ended well", () => {
  using directory = new Directory();
  using history = directory.open();
  assert.equal(history.lastSuccess("web", "disk", "check"), undefined);
  history.record({
    run: run("a", { startedAt: 1 * DAY }),
    repositories: [{ repository: DISK, steps: [step("check", "ok")] }],
  });
  history.record({
    run: run("b", { startedAt: 2 * DAY }),
    repositories: [{ repository: DISK, steps: [step("check", "warning")] }],
  });
  history.record({
    run: run("c", { startedAt: 3 * DAY }),
    repositories: [{ repository: DISK, steps: [step("check", "failed")] }],
  });
  history.record({
    run: run("d", { startedAt: 4 * DAY }),
    repositories: [{ repository: DISK, steps: [step("check", "skipped")] }],
  });
  assert.deepEqual(history.lastSuccess("web", "disk", "check"), new Date(2 * DAY));
});

Deno.test("lastSuccess() tells series, repositories and steps apart", () => {
  using directory = new Directory();
  using history = directory.open();
  history.record({
    run: run("a"),
    repositories: [{ repository: DISK, steps: [step("check", "ok")] }],
  });
  assert.equal(history.lastSuccess("web-db", "disk", "check"), undefined);
  assert.equal(history.lastSuccess("web", "offsite", "check"), undefined);
  assert.equal(history.lastSuccess("web", "disk", "prune"), undefined);
});

Deno.test("record() writes all of a run or nothing", () => {
  using directory = new Directory();
  using history = directory.open();
  const twice = [step("check", "ok"), step("check", "ok")];
  assert.throws(() =>
    history.record({ run: run("a"), repositories: [{ repository: DISK, steps: twice }] })
  );
  assert.equal(history.lastSuccess("web", "disk", "check"), undefined);
  history.record({
    run: run("a"),
    repositories: [{ repository: DISK, steps: [step("check", "ok")] }],
  });
  assert.deepEqual(history.lastSuccess("web", "disk", "check"), new Date(10 * DAY));
});

Deno.test("History.open() moves a damaged file aside, says so and starts a new one", async () => {
  using directory = new Directory();
  const rubbish = "this is no database ".repeat(100);
  await Deno.writeTextFile(directory.file, rubbish);
  const told: string[] = [];
  {
    using history = directory.open((message) => told.push(message));
    history.record({
      run: run("a"),
      repositories: [{ repository: DISK, steps: [step("check", "ok")] }],
    });
  }
  assert.equal(told.length, 1);
  assert.match(told[0] ?? "", /was damaged; it is moved aside to ".*history\.db\.damaged"/);
  assert.equal(await Deno.readTextFile(`${directory.file}.damaged`), rubbish);
  using history = directory.open();
  assert.deepEqual(history.lastSuccess("web", "disk", "check"), new Date(10 * DAY));
});

Deno.test("History.open() loses no damaged file that it set aside before", async () => {
  using directory = new Directory();
  for (const text of ["first rubbish ".repeat(99), "second rubbish ".repeat(99)]) {
    await Deno.writeTextFile(directory.file, text);
    directory.open(() => {})[Symbol.dispose]();
  }
  const kept = [...Deno.readDirSync(directory.path)]
    .filter(({ name }) => name.includes("damaged"))
    .map(({ name }) => Deno.readTextFileSync(`${directory.path}/${name}`).slice(0, 6));
  assert.deepEqual(kept.toSorted(), ["first ", "second"]);
});

Deno.test("History.open() refuses the file of a newer version and leaves it alone", async () => {
  using directory = new Directory();
  const database = new DatabaseSync(directory.file);
  database.exec(
    "CREATE TABLE future (x); PRAGMA application_id = 0x61626f67; PRAGMA user_version = 999",
  );
  database.close();
  const before = await Deno.readFile(directory.file);
  assert.throws(() => directory.open(), /Cannot use the history ".*": its version is 999/);
  assert.deepEqual(await Deno.readFile(directory.file), before);
});

Deno.test("History.open() throws when there is no such directory", () => {
  assert.throws(
    () => History.open("/no/such/directory/history.db", assert.fail),
    /Cannot open the history/,
  );
});

Deno.test("a history can be read while a run writes to it", () => {
  using directory = new Directory();
  using writer = directory.open();
  writer.record({
    run: run("a"),
    repositories: [{ repository: DISK, steps: [step("check", "ok")] }],
  });
  using reader = directory.open();
  assert.deepEqual(reader.lastSuccess("web", "disk", "check"), new Date(10 * DAY));
});
