import assert from "node:assert/strict";
import { escapeLabel } from "../../../lib/report/metrics/exposition.ts";
import { runToEnd, which } from "../../e2e/program.ts";
import { BAD, FILLING, GOOD, runWith } from "../outcomes.ts";
import { alarm, day, Place, valueOf } from "./place.ts";

const PROMTOOL = which("promtool");

Deno.test("writeMetrics() writes the last success of each repository, 0 when there is none", () => {
  using place = new Place();
  const text = place.finish(runWith(day(1)));
  const started = Date.UTC(2026, 10, 1, 4) / 1_000;
  assert.ok(text.includes(
    `autoborg_last_success_timestamp_seconds{name="web",repository="disk"} ${started}\n`,
  ));
  assert.ok(
    text.includes(`autoborg_last_success_timestamp_seconds{name="web",repository="offsite"} 0\n`),
  );
  assert.ok(text.includes(`autoborg_last_run_timestamp_seconds{name="web"} ${started + 250}\n`));
  assert.ok(text.includes(`autoborg_last_run_state{name="web",state="ok"} 1\n`));
  assert.ok(text.includes(`autoborg_backup_files{name="web",repository="disk"} 1602\n`));
});

Deno.test("writeMetrics() takes the newest archive for the last success when this machine only prunes", () => {
  using place = new Place();
  place.history.ledger("web", "disk").write({
    seen: { id: "1", modifiedAt: 1, machine: "" },
    trusted: true,
    archives: [{ name: "web-2026-11-01T04:00:00Z-0123abcd", id: "", state: "present" }],
    alarms: [],
  });
  const inspect = { step: "inspect", state: "ok", problems: [], duration: 1 } as const;
  const repositories = [{ label: "disk", state: "ok", steps: [inspect] }] as const;
  const text = place.finish(runWith({ ...day(2), repositories }));
  const last = valueOf(text, "last_success_timestamp_seconds", 'name="web",repository="disk"');
  assert.equal(last, Date.UTC(2026, 10, 1, 4) / 1_000);
});

Deno.test("writeMetrics() keeps the last success through failed runs", () => {
  using place = new Place();
  place.finish(runWith(day(1)));
  const repositories = [{ ...BAD, label: "disk" }];
  const text = place.finish(runWith({ ...day(2), state: "failed", repositories }));
  const first = Date.UTC(2026, 10, 1, 4) / 1_000;
  const series = 'autoborg_last_success_timestamp_seconds{name="web",repository="disk"}';
  assert.ok(text.includes(`${series} ${first}\n`));
  assert.ok(text.includes(`autoborg_last_run_state{name="web",state="failed"} 1\n`));
  assert.ok(text.includes(
    `autoborg_step_state{name="web",repository="disk",step="create",state="failed"} 1\n`,
  ));
  assert.ok(text.includes(`autoborg_last_run_problems{name="web",severity="error"} 1\n`));
});

Deno.test("writeMetrics() does not call it a success when a source is missing", () => {
  using place = new Place();
  const text = place.finish(runWith({ ...day(1), state: "failed", sourcesMissing: true }));
  const series = 'autoborg_last_success_timestamp_seconds{name="web",repository="disk"}';
  assert.ok(text.includes(`${series} 0\n`));
});

Deno.test("writeMetrics() keeps what is known of a repository that takes no part", () => {
  using place = new Place();
  place.finish(runWith({ ...day(1), repositories: [GOOD, { ...GOOD, label: "offsite" }] }));
  const text = place.finish(runWith(day(2)));
  const first = Date.UTC(2026, 10, 1, 4) / 1_000;
  const series = 'autoborg_last_success_timestamp_seconds{name="web",repository="offsite"}';
  assert.ok(text.includes(`${series} ${first}\n`));
});

Deno.test("writeMetrics() replaces the file whole and lets everybody read it", () => {
  using place = new Place();
  const before = Deno.umask(0o077);
  try {
    place.finish(runWith(day(1)));
    place.finish(runWith(day(2)));
  } finally {
    Deno.umask(before);
  }
  assert.equal((Deno.statSync(place.options.path).mode ?? 0) & 0o777, 0o644);
  const names = [...Deno.readDirSync(place.directory)].map(({ name }) => name);
  assert.deepEqual(names, ["autoborg.prom"], "no temporary file is left");
});

Deno.test("writeMetrics() throws when the directory is not there", () => {
  using place = new Place();
  Deno.removeSync(place.directory, { recursive: true });
  assert.throws(() => place.finish(runWith(day(1))), /Cannot write ".*autoborg\.prom"/);
  Deno.mkdirSync(place.directory);
});

Deno.test("escapeLabel() escapes backslashes, quotes and line breaks", () => {
  assert.equal(escapeLabel('a\\b"c\nd'), 'a\\\\b\\"c\\nd');
});

promtoolTest("promtool finds nothing wrong with the metrics", async () => {
  using place = new Place();
  place.inspect(alarm("source-small", 'only "half"\\\n'));
  place.finish(runWith(day(1)));
  const absent = { label: "offsite", state: "absent", reason: "it is not there" } as const;
  const text = place.finish(runWith({ ...day(2), repositories: [GOOD, absent] }));
  const ended = await runToEnd([PROMTOOL ?? "", "check", "metrics"], {
    env: {},
    stdin: text.replaceAll('"disk"', `"${escapeLabel('a "disk"\\\n')}"`),
  });
  assert.equal(ended.code, 0, ended.stdout + ended.stderr);
  assert.equal(ended.stdout + ended.stderr, "");
});

promtoolTest("promtool finds the alert rules right, and they fire when they should", async () => {
  const cwd = new URL("../../../contrib/prometheus", import.meta.url).pathname;
  for (const args of [["check", "rules", "autoborg.rules.yml"], ["test", "rules", ...TESTS]]) {
    const ended = await runToEnd([PROMTOOL ?? "", ...args], { env: {}, cwd });
    assert.equal(ended.code, 0, ended.stdout + ended.stderr);
  }
});

const TESTS = ["autoborg.rules.test.yml", "autoborg.rules.long.test.yml"];

Deno.test("the alert rules and the dashboard name only metrics that are written", () => {
  const text = textOfAll();
  const written = new Set([...text.matchAll(/^(autoborg_\w+)\{/gm)].map(([, name]) => name));
  for (const file of ["prometheus/autoborg.rules.yml", "grafana/autoborg.json"]) {
    const there = Deno.readTextFileSync(new URL(`../../../contrib/${file}`, import.meta.url));
    const named = [...there.matchAll(/autoborg_\w+/g)].map(([name]) => name);
    assert.ok(named.length > 5);
    for (const name of named) assert.ok(written.has(name), `${file}: ${name}`);
  }
});

Deno.test("the dashboard shows how old and how large each thing is that is backed up", () => {
  const dashboard = Deno.readTextFileSync(
    new URL("../../../contrib/grafana/autoborg.json", import.meta.url),
  );
  const shown = new Set([...dashboard.matchAll(/autoborg_(\w+)/g)].map(([, name]) => name));
  const figures = [...textOfAll().matchAll(/^# TYPE autoborg_(\w+)/gm)].map(([, name = ""]) => name)
    .filter((name) => /last_success_timestamp_seconds$|^(?!backup)[a-z]+_bytes$/.test(name));
  assert.ok(figures.length > 2);
  assert.deepEqual(figures.filter((name) => !shown.has(name)), []);
});

Deno.test("docs/reference/metrics.md lists every metric", () => {
  const text = textOfAll();
  const page = Deno.readTextFileSync(
    new URL("../../../docs/reference/metrics.md", import.meta.url),
  );
  for (const [, name = ""] of text.matchAll(/^# TYPE (autoborg_\w+)/gm)) {
    assert.ok(page.includes(`\`${name}\``), name);
  }
});

/** Metrics in which no metric is missing. */
function textOfAll(): string {
  using place = new Place();
  place.inspect(alarm("source-small", "half"));
  return place.finish(
    runWith({ ...day(1), uncovered: [], repositories: [{ ...GOOD, space: FILLING }, BAD] }),
    place.dump(),
  );
}

function promtoolTest(name: string, fn: () => Promise<void>): void {
  const ignore = PROMTOOL === undefined;
  Deno.test({ name: ignore ? `${name} (not run: promtool is not installed)` : name, ignore, fn });
}
