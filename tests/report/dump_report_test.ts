import assert from "node:assert/strict";
import type { DumpOutcome } from "../../lib/backup/dump_outcome.ts";
import { describeDumps, describeReadBack } from "../../lib/report/dump_report.ts";
import { dumpReports, parseDumpReports } from "../../lib/report/dump_report.ts";

const MADE: DumpOutcome = {
  ...{ label: "main", database: "app", state: "ok", archive: "web.db.main.app-x", problems: [] },
  ...{ size: 1_288_490_189, newSize: 2_048, sha256: "ab", duration: 1_500 },
};
const FAILED: DumpOutcome = {
  ...{ label: "main", database: "blog", state: "failed", duration: 10, problems: [] },
};

Deno.test("describeDumps() says how many databases were dumped, and how much that was", () => {
  assert.equal(describeDumps([MADE]), "1 database, 1.2 GiB, 2.0 KiB new");
  assert.equal(describeDumps([MADE, FAILED]), "1 of 2 databases, 1.2 GiB, 2.0 KiB new");
  assert.equal(describeDumps([FAILED]), "0 of 1 database");
});

Deno.test("describeReadBack() says what waits for another night", () => {
  assert.deepEqual(describeReadBack({ dumps: 1, size: 1_024, later: 2 }), [
    "1 dump read back and identical to what was dumped, 1.0 KiB",
    "2 of another night, by verify.max_bytes",
  ]);
});

Deno.test("parseDumpReports() reads what dumpReports() has written, without secrets", () => {
  const mask = (text: string) => text.replaceAll("app", "***");
  const written = JSON.stringify(dumpReports([MADE, FAILED], mask));
  assert.ok(!written.includes("app"));
  const [made, failed] = parseDumpReports(written) ?? [];
  assert.deepEqual([made?.database, made?.bytes, made?.sha256], ["main/***", 1_288_490_189, "ab"]);
  assert.deepEqual([failed?.archive, failed?.bytes, failed?.state], [null, null, "failed"]);
  assert.equal(parseDumpReports(null), null);
  assert.deepEqual(parseDumpReports('[{"x":1},5'), []);
});
