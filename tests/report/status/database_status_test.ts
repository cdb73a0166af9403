import assert from "node:assert/strict";
import { databaseMetrics } from "../../../lib/report/metrics/database_metrics.ts";
import { collectStatus, type StatusQuestion } from "../../../lib/report/status/backup_status.ts";
import { statusText } from "../../../lib/report/status/status_text.ts";
import type { DumpRow } from "../../../lib/state/dump_ledger.ts";
import { History } from "../../../lib/state/history.ts";
import { databaseSeries } from "../../../lib/text/database_series.ts";

const NOW = new Date("2026-11-22T12:00:00Z");
const HOUR = 3_600_000;
const PLAIN = { width: 100, colour: false } as const;

/** What became of a dump some hours ago. */
function dump(
  database: string,
  hoursAgo: number,
  state: DumpRow["state"] = "made",
  entry = "pg",
): DumpRow {
  const run = String(hoursAgo).padStart(8, "0");
  const archive = `${
    databaseSeries("web", { label: entry, database })
  }-2026-11-22T00:00:00Z-${run}`;
  return {
    ...{ run, entry, database, archive, state, leftover: false, newSize: 1_000 },
    ...{ at: NOW.getTime() - hoursAgo * HOUR, size: 5_242_880, sha256: "ab", duration: 1 },
    reason: state === "failed" ? "it was asleep" : null,
    verifiedAt: null,
    verified: null,
  };
}

/** How the backups are when this is known of dumps in "disk", and files are well. */
function statusOf(
  rows: readonly DumpRow[],
  databases: NonNullable<StatusQuestion["databases"]>,
) {
  using history = History.inMemory();
  for (const row of rows) history.dumps("web", "disk").write(row);
  return collectStatus(history, {
    name: "web",
    repositories: [{
      label: "disk",
      optional: false,
      encryption: "none",
      check: { enabled: false, repositoryEvery: "never", archivesEvery: "never" },
      verify: { files: 0, cycle: 0 },
    }],
    databases,
    maxAge: 26 * HOUR,
    now: NOW,
    running: null,
    leftovers: null,
    problems: [],
  });
}

const ALL = { label: "pg", databases: [], all: true, repositories: ["disk"] };

Deno.test("collectStatus() judges each database by its own last good dump", () => {
  const rows = [
    dump("shop", 30),
    dump("shop", 5, "failed"),
    dump("wiki", 5),
    dump("gone", 30),
    dump("other", 1, "made", "elsewhere"),
  ];
  const [disk] = statusOf(rows, [
    ALL,
    { label: "my", databases: ["crm"], all: false, repositories: ["disk"] },
    { label: "far", databases: ["x"], all: false, repositories: ["offsite"] },
  ]).repositories;
  assert.deepEqual(
    disk?.databases.map(({ name, state, lastDump, lastRun }) => [
      name,
      state,
      lastDump?.ageSeconds ?? null,
      lastRun === null ? null : `${lastRun.state}: ${lastRun.reason}`,
    ]),
    [
      ["pg/gone", "vanished", 108_000, "ok: null"],
      ["pg/shop", "too-old", 108_000, "failed: it was asleep"],
      ["pg/wiki", "fresh", 18_000, "ok: null"],
      ["my/crm", "never", null, null],
    ],
  );
  // Nobody knows what the server has.
  const [never] = statusOf([], [ALL]).repositories;
  assert.deepEqual(never?.databases.map(({ name, state }) => [name, state]), [["pg/*", "never"]]);
});

Deno.test("collectStatus() is stale when a dump is too old, not when a database is gone", () => {
  const named = { label: "pg", databases: ["shop"], all: false, repositories: ["disk"] };
  const isStaleFor = (rows: readonly DumpRow[], tables: readonly typeof named[]) =>
    statusText(statusOf(rows, tables), PLAIN).split("\n")[0];
  const files = "web is stale: disk has no good backup";
  assert.equal(isStaleFor([dump("shop", 5)], [named]), files);
  assert.equal(
    isStaleFor([dump("shop", 50)], [named]),
    `${files}, the last good dump of pg/shop in disk is 2 d old`,
  );
  assert.equal(isStaleFor([], [named]), `${files}, disk has no good dump of pg/shop`);
  assert.equal(isStaleFor([dump("gone", 50), dump("shop", 5)], [ALL]), files);
  const many = Array.from({ length: 30 }, (_, index) => dump(`db${index}`, index < 5 ? 50 : 5));
  const tables = [{ ...named, databases: many.map(({ database }) => database) }];
  assert.match(
    isStaleFor(many, tables) ?? "",
    /pg\/db2 in disk is 2 d old, 2 more need attention$/,
  );
});

Deno.test("statusText() shows databases in a table, of many only what needs attention", () => {
  const few = statusText(
    statusOf([dump("shop", 5), dump("gone", 30), dump("ä", 30, "failed")], [ALL]),
    PLAIN,
  );
  assert.match(
    few,
    /\ndatabase {2}state {5}size {5}disk\npg\/gone {3}vanished {2}5\.0 MiB {2}30 h ago\npg\/shop {3}fresh {5}5\.0 MiB {2}5 h ago\n/,
  );
  const names = Array.from({ length: 30 }, (_, index) => `db${index}`);
  const tables = [{ label: "pg", databases: names, all: false, repositories: ["disk"] }];
  const many = statusText(
    statusOf(names.map((name, at) => dump(name, at === 3 ? 50 : 5)), tables),
    PLAIN,
  );
  assert.match(many, /\npg\/db3 {4}too old {2}5\.0 MiB {2}2 d ago\n29 other databases are fresh\n/);
  const well = statusText(statusOf(names.map((name) => dump(name, 5)), tables), PLAIN);
  assert.match(well, /\n30 databases are fresh\n/);
});

Deno.test("databaseMetrics() has no time of a database that is gone, or its alert would never end", () => {
  const metrics = databaseMetrics(statusOf([dump("shop", 5), dump("gone", 30)], [ALL]));
  const valuesOf = (name: string) =>
    metrics.find((metric) => metric.name.endsWith(name))?.series
      .map(([{ database = "" }, value]) => [database, value]);
  const at = (NOW.getTime() - 5 * HOUR) / 1_000;
  assert.deepEqual(valuesOf("database_last_success_timestamp_seconds"), [["pg/shop", at]]);
  assert.deepEqual(valuesOf("database_vanished"), [["pg/gone", 1], ["pg/shop", 0]]);
  assert.deepEqual(valuesOf("database_bytes"), [["pg/gone", 5_242_880], ["pg/shop", 5_242_880]]);
});
