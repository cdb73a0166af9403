import assert from "node:assert/strict";
import { changeAlarms } from "../../lib/inspect/changed_data.ts";
import type { StepRow } from "../../lib/state/history_rows.ts";

const MB = 1_000_000;
const SIZE = { files: 1_000, originalSize: 1_000 * MB, compressedSize: 1_000 * MB };

/** A night in which 1 % of the files changed. */
const NIGHT: StepRow = {
  label: "disk",
  step: "create",
  state: "ok",
  reason: null,
  duration: 1,
  problems: "[]",
  archive: "web-1",
  ...SIZE,
  newSize: 10 * MB,
  repositorySize: 1_500 * MB,
  added: 0,
  modified: 10,
  changedWhileRead: 0,
  suspicious: false,
};
const INTERRUPTED = { ...NIGHT, state: "failed", archive: null, files: null, originalSize: null };
const PAST = Array.from({ length: 8 }, () => NIGHT);
const CHANGES = { added: 0, modified: 200, changedWhileRead: 10 };
const ATTACKED = { ...SIZE, newSize: 210 * MB, repositorySize: 1_500 * MB, changes: CHANGES };

Deno.test("changeAlarms() raises an alarm from what the history holds", () => {
  const [alarm, ...others] = changeAlarms(ATTACKED, PAST);
  assert.match(alarm?.message ?? "", /: 210 of 1,000 \(median 10\)/);
  assert.deepEqual(others, []);
});

Deno.test("changeAlarms() says nothing of the first archive, nor of an ordinary one", () => {
  assert.deepEqual(changeAlarms(ATTACKED, []), []);
  const changes = { added: 0, modified: 12, changedWhileRead: 0 };
  assert.deepEqual(changeAlarms({ ...ATTACKED, newSize: 12 * MB, changes }, PAST), []);
});

Deno.test("changeAlarms() does not take the first archive in another repository for usual", () => {
  const moved = { newSize: 999 * MB, repositorySize: 1_000 * MB };
  const past = [...PAST, { ...NIGHT, ...moved, added: 1_000, modified: 0 }];
  assert.equal(changeAlarms(ATTACKED, past).length, 1);
});

Deno.test("changeAlarms() counts what an interrupted run has uploaded for this one", () => {
  const rest = { ...ATTACKED, newSize: 1_000 };
  assert.deepEqual(changeAlarms(rest, PAST), []);
  const uploaded = { ...INTERRUPTED, newSize: 210 * MB };
  assert.equal(changeAlarms(rest, [...PAST, uploaded]).length, 1);
  assert.deepEqual(changeAlarms(rest, [...PAST, uploaded, NIGHT]), []);
});

Deno.test("changeAlarms() takes a suspicious night for the one before, but not for usual", () => {
  const suspicious = { ...NIGHT, modified: 300, newSize: 300 * MB, suspicious: true };
  assert.equal(changeAlarms(ATTACKED, [...PAST, suspicious]).length, 1);
  const accepted = { ...suspicious, suspicious: false };
  assert.deepEqual(changeAlarms(ATTACKED, [...PAST, accepted]), []);
  const grown = { ...suspicious, originalSize: 1_300 * MB, compressedSize: 1_300 * MB };
  const added = { ...ATTACKED, originalSize: 1_300 * MB, compressedSize: 1_300 * MB };
  assert.equal(changeAlarms(added, [...PAST, grown]).length, 1, "it did not grow tonight");
});
