import assert from "node:assert/strict";
import { ALARM_KINDS } from "../../../lib/alarm.ts";
import { formatSources } from "../../../lib/inspect/remembered_sources.ts";
import type { StandingAlarm } from "../../../lib/state/ledger.ts";
import { runWith } from "../outcomes.ts";
import { alarm, day, Place, sourceOf, valueOf } from "./place.ts";

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

Deno.test("writeMetrics() tells how large each source is, as far as that is known", () => {
  using place = new Place();
  const text = metricsWith(place, []);
  assert.equal(valueOf(text, "source_files", `${DISK},source="/home"`), 10);
  assert.equal(valueOf(text, "source_bytes", `${DISK},source="/home"`), 300);
  assert.equal(valueOf(text, "source_files", `${DISK},source="tank/a"`), 5);
  assert.equal(valueOf(text, "source_bytes", `${DISK},source="tank/a"`), undefined);
});

Deno.test("writeMetrics() has the largest hundred of many sources, and none twice", () => {
  using place = new Place();
  const figures = Array.from({ length: 150 }, (_, at) => sourceOf(`/srv/${at}`, 1, at));
  const twice = [...figures, sourceOf("/srv/149", 1, 149)];
  const seen = formatSources({ runId: "00000002", originalSize: 1, figures: twice });
  place.inspect();
  const ledger = place.history.ledger("web", "disk");
  const { archives, alarms, repository } = ledger.read();
  assert.ok(repository !== undefined);
  ledger.write({ seen: repository, trusted: true, archives, alarms, sources: { known: "", seen } });
  const lines = place.finish(runWith(day(1))).split("\n")
    .filter((line) => line.startsWith("autoborg_source_bytes{"));
  assert.equal(lines.length, 100);
  assert.ok(lines.at(-1)?.includes('source="/srv/50"'));
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
