import assert from "node:assert/strict";
import type { DumpRow } from "../../lib/state/dump_ledger.ts";
import { History } from "../../lib/state/history.ts";

function rowWith(different: Partial<DumpRow> = {}): DumpRow {
  return {
    run: "0000000a",
    entry: "main",
    database: "app",
    at: 1_000,
    archive: "web.db.main.app-2026-11-22T04:00:00Z-0000000a",
    state: "made",
    leftover: false,
    size: 5,
    sha256: "ab",
    newSize: 3,
    duration: 7,
    reason: null,
    verifiedAt: null,
    verified: null,
    ...different,
  };
}

Deno.test("DumpLedger gives back what was written, the last word of each dump", () => {
  using history = History.inMemory();
  const dumps = history.dumps("web", "disk");
  const begun = rowWith({ state: "begun", leftover: true, size: null, sha256: null });
  dumps.write(begun);
  assert.deepEqual(dumps.leftovers(), [begun]);
  dumps.write(rowWith());
  assert.deepEqual(dumps.ofArchive(rowWith().archive), rowWith());
  assert.deepEqual(dumps.leftovers(), []);
  assert.equal(history.dumps("web", "other").ofArchive(rowWith().archive), undefined);
  assert.equal(history.dumps("mail", "disk").ofArchive(rowWith().archive), undefined);
});

Deno.test("DumpLedger keeps dumps when their run is recorded anew", () => {
  using history = History.inMemory();
  history.dumps("web", "disk").write(rowWith());
  const run = {
    ...{ id: "0000000a", name: "web", hostname: "h", startedAt: 1_000, finishedAt: 2_000 },
    ...{ state: "failed", interruptedBy: null, problems: "[]" },
  };
  history.record({ run, repositories: [] });
  history.record({ run, repositories: [] });
  assert.deepEqual(history.dumps("web", "disk").since(0), [rowWith()]);
});

Deno.test("DumpLedger.lastGood() gives the newest dump of each database that was made and is not damaged", () => {
  using history = History.inMemory();
  const dumps = history.dumps("web", "disk");
  const old = rowWith({ run: "1", at: 1, archive: "1" });
  const made = rowWith({ run: "2", at: 2, archive: "2" });
  const failed = rowWith({ run: "3", at: 3, archive: "3", state: "failed" });
  const other = rowWith({ run: "1", at: 1, archive: "4", database: "blog" });
  for (const row of [old, made, failed, other]) dumps.write(row);
  assert.deepEqual(dumps.lastGood(), [made, other]);
  assert.deepEqual(dumps.since(2), [failed, made]);
  assert.equal(dumps.runsAfter(1), 2);
  dumps.noteVerified("2", 2, "different");
  assert.deepEqual(dumps.lastGood(), [old, other]);
});

Deno.test("DumpLedger tells when each database was last read back and equal", () => {
  using history = History.inMemory();
  const dumps = history.dumps("web", "disk");
  for (const [run, at] of [["1", 1], ["2", 2], ["3", 3]] as const) {
    dumps.write(rowWith({ run, at, archive: run }));
  }
  dumps.noteVerified("1", 1, "equal");
  dumps.noteVerified("2", 2, "equal");
  dumps.noteVerified("3", 3, "different");
  assert.deepEqual([...dumps.verifiedTimes()], [["main/app", 2]]);
  assert.equal(dumps.ofArchive("3")?.verified, "different");
});
