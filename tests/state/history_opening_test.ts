import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { History, type RunRow } from "../../lib/state/history.ts";

/** A directory with a history of one run. */
class Place implements Disposable {
  readonly directory = Deno.makeTempDirSync({ prefix: "autoborg-history-" });
  readonly path: string = `${this.directory}/history.db`;
  readonly told: string[] = [];

  constructor() {
    using history = History.open(this.path, assert.fail);
    record(history, "00000001");
  }

  /** Opens the history as a run does, and says how many runs are in it. */
  runsOf(): number {
    using history = History.open(this.path, (message) => this.told.push(message));
    return history.runs("web", 9).length;
  }

  names(): string[] {
    return [...Deno.readDirSync(this.directory)].map(({ name }) => name).toSorted();
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.directory, { recursive: true });
  }
}

function record(history: History, id: string): void {
  const run: RunRow = {
    id,
    name: "web",
    hostname: "host",
    startedAt: 1_000,
    finishedAt: 2_000,
    state: "ok",
    interruptedBy: null,
    problems: "[]",
  };
  history.record({ run, repositories: [] });
}

/** What may be at the place of a history, and how that is called. */
const REPLACEMENTS: Readonly<Record<string, [RegExp, (path: string) => void]>> = {
  "is emptied": [/was emptied; it is moved aside/, (path) => Deno.writeTextFileSync(path, "")],
  "is another program's": [
    /was replaced by another database; it is moved aside/,
    (path) => {
      using database = new DatabaseSync(path);
      database.exec("CREATE TABLE bookmarks (x); PRAGMA user_version = 2");
    },
  ],
  "is another program's, of a high version": [
    /was replaced by another database; it is moved aside/,
    (path) => {
      using database = new DatabaseSync(path);
      database.exec("CREATE TABLE bookmarks (x); PRAGMA user_version = 75");
    },
  ],
  "is a database without tables": [
    /was replaced by another database; it is moved aside/,
    (path) => {
      using database = new DatabaseSync(path);
      database.exec("CREATE TABLE a (x); DROP TABLE a");
    },
  ],
  "is a directory": [
    /was replaced by a directory; it is moved aside/,
    (path) => Deno.mkdirSync(path),
  ],
  "is a link to nowhere": [
    /was replaced by a symbolic link that points nowhere; it is moved aside/,
    (path) => Deno.symlinkSync("/no/such/file", path),
  ],
  "is a pipe": [
    /was replaced by something that is not a file; it is moved aside/,
    (path) => void new Deno.Command("mkfifo", { args: [path] }).outputSync(),
  ],
  "is zeros": [/was damaged; it is moved aside/, (path) => {
    Deno.writeFileSync(path, new Uint8Array(8_192));
  }],
};

for (const [what, [said, replace]] of Object.entries(REPLACEMENTS)) {
  Deno.test(`History.open() sets the file aside and says so when it ${what}`, () => {
    using place = new Place();
    Deno.removeSync(place.path);
    replace(place.path);
    assert.throws(() => History.openForReading(place.path), /Cannot open the history/);
    assert.throws(() => History.open(place.path), /Cannot open the history/);
    assert.equal(place.runsOf(), 0);
    assert.match(place.told.join("\n"), said);
    assert.deepEqual(place.names(), ["history.db", "history.db.damaged", "last-run.json"]);
  });
}

Deno.test("History.open() says that the file is missing when a run is known to be in it", () => {
  using place = new Place();
  Deno.removeSync(place.path);
  assert.throws(() => History.openForReading(place.path), /is missing; the run 00000001 was/);
  assert.throws(() => History.open(place.path), /is missing/);
  assert.equal(place.runsOf(), 0);
  assert.match(
    place.told.join("\n"),
    /is missing; the run 00000001 .* at \S+ \S+ \S+; a new one is started$/,
  );
});

Deno.test("History.open() goes on with an older copy, and says so until a run is written down", () => {
  using place = new Place();
  Deno.copyFileSync(place.path, `${place.directory}/copy`);
  {
    using history = History.open(place.path, assert.fail);
    record(history, "00000002");
  }
  Deno.renameSync(`${place.directory}/copy`, place.path);
  assert.equal(place.runsOf(), 1);
  assert.equal(place.runsOf(), 1);
  assert.equal(place.told.length, 2);
  assert.match(
    place.told[0] ?? "",
    /lacks the run 00000002, .*: it was replaced by an older copy or by another history/,
  );
  {
    using history = History.open(place.path, () => {});
    record(history, "00000003");
  }
  using _history = History.open(place.path, assert.fail);
});

Deno.test("History.open() says nothing of a history that was never written to", () => {
  using place = new Place();
  Deno.removeSync(`${place.directory}/last-run.json`);
  Deno.removeSync(place.path);
  History.open(place.path, assert.fail)[Symbol.dispose]();
  History.open(place.path, assert.fail)[Symbol.dispose]();
  assert.deepEqual(place.names(), ["history.db"]);
});

Deno.test("History.open() uses a history at the end of a symbolic link", () => {
  using place = new Place();
  Deno.renameSync(place.path, `${place.directory}/elsewhere`);
  Deno.symlinkSync("elsewhere", place.path);
  using history = History.open(place.path, assert.fail);
  record(history, "00000002");
  assert.ok(Deno.lstatSync(place.path).isSymlink);
});

Deno.test("History.open() makes one history when two processes begin at once", () => {
  using place = new Place();
  Deno.removeSync(`${place.directory}/last-run.json`);
  Deno.removeSync(place.path);
  const link = Deno.linkSync;
  // The other one is faster.
  Deno.linkSync = (from, to) => {
    Deno.linkSync = link;
    using other = History.open(place.path, assert.fail);
    record(other, "00000009");
    link(from, to);
  };
  using history = History.open(place.path, assert.fail);
  record(history, "00000002");
  assert.deepEqual(history.runIds("web"), ["00000002", "00000009"]);
});
