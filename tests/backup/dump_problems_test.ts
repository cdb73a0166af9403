import assert from "node:assert/strict";
import type { DumpOutcome, DumpProblem } from "../../lib/backup/dump_outcome.ts";
import { dumpProblems } from "../../lib/backup/dump_problems.ts";

const REFUSED: DumpProblem = { severity: "warning", message: "its table is loose" };
const FULL: DumpProblem = { severity: "error", message: "it is full", isOfRepository: true };

function dump(database: string, ...problems: readonly DumpProblem[]): DumpOutcome {
  return { label: "pg", database, state: "ok", duration: 1, problems };
}

Deno.test("dumpProblems() gives each repository its problems, and marks what several have alike", () => {
  const found = dumpProblems(
    new Map([
      ["disk", { dumps: [dump("a", REFUSED), dump("b", REFUSED)], problems: [] }],
      ["nas", { dumps: [dump("a", REFUSED), dump("b", REFUSED), dump("c", FULL)], problems: [] }],
      ["usb", { dumps: [], problems: [] }],
    ]),
  );
  const shared = {
    severity: "warning",
    message: 'Dump of "pg/a", "pg/b": its table is loose',
    repositories: ["disk", "nas"],
  };
  assert.deepEqual([...found], [
    ["disk", [shared]],
    ["nas", [
      shared,
      { severity: "error", message: 'Cannot store the dump of "pg/c": it is full' },
    ]],
    ["usb", []],
  ]);
});
