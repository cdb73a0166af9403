import assert from "node:assert/strict";
import { ALARM_KINDS } from "../../../lib/alarm.ts";
import type { StandingAlarm } from "../../../lib/state/ledger.ts";
import { runWith } from "../outcomes.ts";
import { alarm, day, Place, valueOf } from "./place.ts";

const DISK = 'name="web",repository="disk"';

function metricsWith(place: Place, alarms: readonly StandingAlarm[]): string {
  place.inspect(...alarms);
  return place.finish(runWith(day(1)));
}

Deno.test("writeMetrics() tells how many archives there are, and how old they are", () => {
  using place = new Place();
  const text = metricsWith(place, []);
  assert.equal(valueOf(text, "repository_archives", DISK), 2);
  const oldest = Date.UTC(2026, 9, 1, 4) / 1_000;
  assert.equal(valueOf(text, "oldest_archive_timestamp_seconds", DISK), oldest);
  const offsite = 'name="web",repository="offsite"';
  assert.equal(valueOf(text, "repository_archives", offsite), undefined, "never inspected");
});

Deno.test("writeMetrics() has a series for each kind of alarm, whether or not it is open", () => {
  using place = new Place();
  const text = metricsWith(place, [
    alarm("source-empty", "accepted", true),
    alarm("source-small", 'one "quoted"'),
    alarm("source-small", "two"),
  ]);
  for (const kind of ALARM_KINDS) {
    const expected = kind === "source-small" ? 1 : 0;
    assert.equal(valueOf(text, "alarm", `${DISK},kind="${kind}"`), expected, kind);
  }
  const infos = text.split("\n").filter((line) => line.startsWith("autoborg_alarm_info{"));
  assert.deepEqual(infos, [
    String.raw`autoborg_alarm_info{${DISK},kind="source-small",message="one \"quoted\""} 1`,
  ]);
});

Deno.test("writeMetrics() tells why pruning is suspended, and that it is not", () => {
  using place = new Place();
  const suspended = metricsWith(place, [
    alarm("source-small", "one"),
    alarm("archives-vanished", "two"),
  ]);
  const reason = "source-small, archives-vanished";
  assert.equal(valueOf(suspended, "prune_suspended", `${DISK},reason="${reason}"`), 1);
  const free = metricsWith(place, [alarm("source-small", "one", true)]);
  assert.equal(valueOf(free, "prune_suspended", `${DISK},reason=""`), 0);
});
