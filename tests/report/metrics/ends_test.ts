import assert from "node:assert/strict";
import {
  writeDeaths,
  writeMetrics,
  writeRefusal,
} from "../../../lib/report/metrics/metrics_file.ts";
import { recordedRun } from "../../../lib/report/history/recorded_run.ts";
import { BAD, runWith } from "../outcomes.ts";
import { day, Place, valueOf } from "./place.ts";

Deno.test("writeMetrics() tells of a run that has begun until it ends", () => {
  using place = new Place();
  place.finish(runWith(day(1)));
  const began = place.begin(runWith(day(2)));
  const second = Date.UTC(2026, 10, 2, 4) / 1_000;
  assert.equal(valueOf(began, "run_started_timestamp_seconds", 'name="web"'), second);
  assert.equal(valueOf(began, "last_run_timestamp_seconds", 'name="web"'), second - 86_400 + 250);
  assert.equal(valueOf(began, "last_run_state", 'name="web",state="ok"'), 1);
  const ended = place.finish(runWith(day(2)));
  assert.equal(valueOf(ended, "run_started_timestamp_seconds", 'name="web"'), 0);
});

Deno.test("writeMetrics() counts the runs that crashed just before, until the next run", () => {
  using place = new Place();
  place.finish(runWith(day(1)));
  for (const died of [2, 3]) place.begin(runWith(day(died)));
  for (const text of [place.begin(runWith(day(4))), place.finish(runWith(day(4)))]) {
    assert.equal(valueOf(text, "runs_died_before_last", 'name="web"'), 2);
    assert.equal(valueOf(text, "runs_without_report", 'name="web"'), 2);
  }
  const next = place.finish(runWith(day(5)));
  assert.equal(valueOf(next, "runs_died_before_last", 'name="web"'), 0);
  assert.equal(valueOf(next, "runs_without_report", 'name="web"'), 2);
});

Deno.test("writeMetrics() knows since when there is a repository", () => {
  using place = new Place();
  place.finish(runWith({ ...day(1), repositories: [{ ...BAD, label: "disk" }] }));
  const text = place.finish(runWith({ ...day(2), repositories: [{ ...BAD, label: "disk" }] }));
  const series = (label: string) => `name="web",repository="${label}"`;
  const name = "repository_known_since_timestamp_seconds";
  assert.equal(valueOf(text, name, series("disk")), Date.UTC(2026, 10, 1, 4) / 1_000);
  const now = Date.UTC(2026, 10, 2, 4) / 1_000 + 250;
  assert.equal(valueOf(text, name, series("offsite")), now, "never in a run: only now");
  assert.equal(valueOf(text, "check_limit_seconds", series("disk")), 604_800);
  assert.equal(valueOf(text, "check_limit_seconds", series("offsite")), undefined);
});

Deno.test("writeMetrics() names the first error of the run and of each step that failed", () => {
  using place = new Place();
  const long = "x".repeat(300);
  const problems = [
    { severity: "warning", message: "not this" },
    { severity: "error", message: `the hook "a" failed` },
    { severity: "error", message: "not this either" },
  ] as const;
  const errors = [{ severity: "error", message: long }] as const;
  const create = { step: "create", state: "failed", problems: errors, duration: 1 } as const;
  const bad = { label: "offsite", state: "failed", steps: [create] } as const;
  const outcome = runWith({ ...day(1), state: "failed", problems, repositories: [bad] });
  const text = place.finish(outcome);
  const found = [...text.matchAll(/^autoborg_failure_info\{(.*)\} 1$/gm)].map(([, labels]) =>
    labels
  );
  assert.deepEqual(found, [
    String.raw`name="web",message="the hook \"a\" failed"`,
    `name="web",repository="offsite",step="create",message="${"x".repeat(199)}…"`,
  ]);
});

Deno.test("writeMetrics() warns of the metrics of another configuration and replaces them", () => {
  using place = new Place();
  const other = String.raw`w\"x`;
  writeRefusal(place.options.path, 'w"x', { kind: "lock-held", version: "1", now: new Date() });
  assert.ok(place.read().includes(`autoborg_info{name="${other}",version="1"} 1`));
  const record = recordedRun(runWith(day(1)), { version: "1", mask: (text) => text });
  place.history.record(record);
  const { runId: own, finishedAt: now } = day(1);
  const write = () => writeMetrics(place.history, place.options, { own, now });
  assert.match(write()[0]?.message ?? "", /those of another configuration, "w"x"$/);
  assert.ok(!place.read().includes(other));
  assert.deepEqual(write(), []);
});

Deno.test("writeMetrics() throws when the history does not know the run", () => {
  using place = new Place();
  const { runId: own, finishedAt: now } = day(1);
  const write = () => writeMetrics(place.history, place.options, { own, now });
  assert.throws(write, /not in the history/);
});

Deno.test("writeRefusal() changes nothing but the reason and the time", () => {
  using place = new Place();
  const before = place.finish(runWith(day(1)));
  const now = new Date(Date.UTC(2026, 10, 3));
  writeRefusal(place.options.path, undefined, { kind: "lock-held", version: "1.2.3", now });
  const lines = (text: string) => text.split("\n").toSorted();
  const expected = before
    .replace(/^(autoborg_metrics_timestamp_seconds\{name="web"\}) .*$/m, `$1 ${+now / 1_000}`)
    .replace('reason="lock-held"} 0', 'reason="lock-held"} 1');
  assert.deepEqual(lines(place.read()), lines(expected));
  const after = place.finish(runWith(day(3)));
  assert.equal(valueOf(after, "start_refused", 'name="web",reason="lock-held"'), 0);
});

Deno.test("writeRefusal() keeps nothing that is not ours, or of another configuration", () => {
  using place = new Place();
  const refused = { kind: "configuration-invalid", version: "2", now: new Date(0) } as const;
  const alone = (name: string) =>
    `autoborg_info{name="${name}",version="2"} 1\n` +
    `autoborg_metrics_timestamp_seconds{name="${name}"} 0\n` +
    `autoborg_start_refused{name="${name}",reason="lock-held"} 0\n` +
    `autoborg_start_refused{name="${name}",reason="configuration-invalid"} 1\n` +
    `autoborg_start_refused{name="${name}",reason="cannot-begin"} 0\n`;
  const values = () => place.read().replaceAll(/^#.*\n/gm, "");
  for (const foreign of ["", "x{} 1\n", "# HELP autoborg_x y\n# TYPE autoborg_x gauge\nz 1\n"]) {
    Deno.writeTextFileSync(place.options.path, foreign);
    writeRefusal(place.options.path, undefined, refused);
    assert.equal(values(), alone("autoborg"));
  }
  writeRefusal(place.options.path, "web", refused);
  assert.equal(values(), alone("web"));
});

Deno.test("writeDeaths() tells of the runs that crashed, and that none is in progress", () => {
  using place = new Place();
  place.finish(runWith(day(1)));
  place.begin(runWith(day(2)));
  const written = { name: "web", version: "1", now: new Date(0) };
  writeDeaths(place.history, place.options.path, written);
  const text = place.read();
  assert.equal(valueOf(text, "run_started_timestamp_seconds", 'name="web"'), 0);
  assert.equal(valueOf(text, "runs_died_before_last", 'name="web"'), 1);
  assert.equal(valueOf(text, "runs_without_report", 'name="web"'), 1);
  assert.equal(valueOf(text, "last_run_state", 'name="web",state="ok"'), 1);
});
