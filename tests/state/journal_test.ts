import assert from "node:assert/strict";
import { join } from "node:path";
import {
  type Journal,
  journalPath,
  parseJournal,
  readAllJournals,
  readJournal,
  setJournalAside,
  writeJournal,
} from "../../lib/state/journal.ts";

const JOURNAL: Journal = {
  version: 1,
  name: "web",
  hostname: "host",
  runs: [{
    runId: "0123abcd",
    startedAt: "2026-11-22T04:00:00.000Z",
    trees: ["/run/autoborg/web"],
    mounts: [{ kind: "snapshot", target: "/run/autoborg/web/srv" }],
    snapshots: [{ source: "zfs", name: "tank/a@s", guid: "18446744073709551615" }, {
      source: "zfs",
      name: "tank/b@s",
      guid: null,
    }],
  }],
};

async function inDirectory(test: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await test(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("writeJournal() writes what readJournal() reads, readable by its owner alone", async () => {
  await inDirectory(async (directory) => {
    const state = join(directory, "new", "state");
    await writeJournal(state, JOURNAL);
    assert.deepEqual(await readJournal(state, "web"), JOURNAL);
    assert.equal(((await Deno.stat(journalPath(state, "web"))).mode ?? 0) & 0o777, 0o600);
    assert.deepEqual((await Array.fromAsync(Deno.readDir(state))).map(({ name }) => name), [
      "journal-web.json",
    ]);
  });
});

Deno.test("writeJournal() removes a journal without runs, also one that is not there", async () => {
  await inDirectory(async (state) => {
    await writeJournal(state, JOURNAL);
    for (let times = 0; times < 2; times++) {
      await writeJournal(state, { ...JOURNAL, runs: [] });
      assert.equal(await readJournal(state, "web"), undefined);
    }
  });
});

Deno.test("readJournal() refuses a damaged journal, which can be set aside", async () => {
  await inDirectory(async (state) => {
    await Deno.writeTextFile(journalPath(state, "web"), '{"version": 1, "name": "we');
    await assert.rejects(readJournal(state, "web"), /it is damaged$/);
    setJournalAside(state, "web");
    assert.equal(await readJournal(state, "web"), undefined);
  });
});

Deno.test("readAllJournals() reads the journals of all configurations", async () => {
  await inDirectory(async (state) => {
    await writeJournal(state, JOURNAL);
    await writeJournal(state, { ...JOURNAL, name: "db" });
    await Deno.writeTextFile(join(state, "journal-bad.json"), "");
    const names = (await readAllJournals(state)).map(({ name }) => name);
    assert.deepEqual(names.toSorted(), ["db", "web"]);
    assert.deepEqual(await readAllJournals(join(state, "missing")), []);
  });
});

Deno.test("parseJournal() takes nothing that is not exactly a journal", () => {
  assert.deepEqual(parseJournal(JSON.stringify(JOURNAL)), JOURNAL);
  const [run] = JOURNAL.runs;
  for (
    const wrong of [
      null,
      [],
      { ...JOURNAL, version: 2 },
      { ...JOURNAL, runs: [{}] },
      { ...JOURNAL, runs: [{ ...run, snapshots: [{ name: "tank@s", guid: 5 }] }] },
      { ...JOURNAL, runs: [{ ...run, mounts: [{ kind: "other", target: "/" }] }] },
    ]
  ) assert.equal(parseJournal(JSON.stringify(wrong)), undefined);
});
