import assert from "node:assert/strict";
import { archivedDatabases } from "../../lib/restore/archived_databases.ts";
import { databaseReports, dumpsReport } from "../../lib/restore/database_report.ts";
import { databaseTable, dumpTable } from "../../lib/restore/database_table.ts";
import { databaseSeries } from "../../lib/text/database_series.ts";
import { archiveIndexOf, archivesIn } from "./archives.ts";

const NOW = new Date("2026-11-22T03:00:00Z");

function dumpOn(day: number, database = "shop"): readonly [string, string] {
  const series = databaseSeries("web", { label: "pg", database });
  const time = `2026-11-${day}T03:00:00Z`;
  return [`${series}-${time}-0123abcd`, time];
}

const [OLD] = dumpOn(20);
const [NEW] = dumpOn(21);
const index = archiveIndexOf(
  [archivesIn("disk", dumpOn(20), dumpOn(21), dumpOn(21, "a\nb")), archivesIn("usb", dumpOn(20))],
  ["far"],
);
const around = {
  index,
  records: (archive: string) =>
    archive === NEW
      ? { size: 2_048, sha256: "ab".repeat(32), verifiedAt: Date.parse("2026-11-21T04:00:00Z") }
      : undefined,
  pinned: new Map([[OLD, [{ repository: "disk", reason: "before the move", missing: false }]]]),
};
const databases = archivedDatabases(index, "web");

Deno.test("databaseReports() describes each database by its newest dump", () => {
  const [odd, shop] = databaseReports(databases, around);
  assert.equal(odd?.database, "a\nb");
  assert.deepEqual(shop, {
    name: "pg/shop",
    label: "pg",
    database: "shop",
    archives: 2,
    newest: {
      archive: NEW,
      startedAt: "2026-11-21T03:00:00.000Z",
      bytes: 2_048,
      sha256: "ab".repeat(32),
      verifiedAt: "2026-11-21T04:00:00.000Z",
      repositories: ["disk"],
      missingFrom: ["usb"],
      pins: [],
    },
    oldestAt: "2026-11-20T03:00:00.000Z",
  });
});

Deno.test("databaseTable() says where the newest dump is, is missing, and may be", () => {
  const table = databaseTable(databaseReports(databases, around), ["disk", "usb", "far"], NOW, 80);
  assert.deepEqual(table.split("\n"), [
    "database  dumps  newest  size     oldest  disk  usb      far",
    "pg/a\\nb   1      24 h    -        24 h    yes   missing  ?",
    "pg/shop   2      24 h    2.0 KiB  2 d     yes   missing  ?",
    "",
  ]);
});

Deno.test("dumpTable() shows when each dump was read back, and which are pinned", () => {
  const shop = databases.find(({ name }) => name.database === "shop");
  assert.ok(shop !== undefined);
  const report = dumpsReport(shop, around);
  assert.deepEqual(report.repositories.map(({ label, readable }) => [label, readable]), [
    ["disk", true],
    ["usb", true],
    ["far", false],
  ]);
  const table = dumpTable(report, NOW, 200);
  assert.deepEqual(table.split("\n").map((line) => line.replaceAll(/ {2,}/g, "  ")), [
    "archive  age  size  read back  disk  usb  far  pin",
    `${NEW}  24 h  2.0 KiB  23 h ago  yes  missing  ?`,
    `${OLD}  2 d  -  -  yes  yes  ?  pinned in disk (before the move)`,
    "",
  ]);
});
