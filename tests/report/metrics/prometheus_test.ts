import assert from "node:assert/strict";
import type { RunOutcome } from "../../../lib/backup/outcome.ts";
import { writeRefusal } from "../../../lib/report/metrics/metrics_file.ts";
import { ROOT } from "../../e2e/program.ts";
import { CREATED, FILLING, GOOD, runWith } from "../outcomes.ts";
import { alarm, Place } from "./place.ts";
import { type Alert, PROMETHEUS, Prometheus } from "./prometheus.ts";

const HOUR = 3_600_000;

/** A run that ended just now, but for some hours. */
function now(runId: string, hours = 0): Pick<RunOutcome, "runId" | "startedAt" | "finishedAt"> {
  const at = new Date(Date.now() + hours * HOUR);
  return { runId, startedAt: at, finishedAt: at };
}

const ABSENT = { label: "offsite", state: "absent", reason: "it is not there" } as const;
const MESSAGE = 'verify: 1 of 20 files differs: "/srv/a\\b"';
const UNVERIFIED = {
  label: "disk",
  state: "failed",
  steps: [CREATED, {
    step: "verify",
    state: "failed",
    problems: [{ severity: "error", message: MESSAGE }],
    duration: 1,
  }],
} as const;

function textOf(alerts: readonly Alert[], name: string): string {
  const found = alerts.find(({ labels }) => labels.alertname === name);
  return `${found?.annotations.summary} ${found?.annotations.description}`;
}

function prometheusTest(name: string, fn: (program: string) => Promise<void>): void {
  const ignore = PROMETHEUS === undefined;
  Deno.test({
    name: ignore ? `${name} (not run: prometheus is not installed)` : name,
    ignore,
    fn: () => fn(PROMETHEUS ?? ""),
  });
}

prometheusTest("Prometheus sees failures come and go, and names them", async (program) => {
  using place = new Place();
  const good = { repositories: [GOOD, ABSENT] };
  place.finish(runWith({ ...now("00000001"), ...good }));
  await using prometheus = await Prometheus.start(program, place.directory);
  await prometheus.settles();
  await prometheus.fires();

  place.finish(
    runWith({ ...now("00000002"), state: "failed", repositories: [UNVERIFIED, ABSENT] }),
  );
  const failed = textOf(
    await prometheus.fires("AutoborgRepositoryFailed"),
    "AutoborgRepositoryFailed",
  );
  assert.ok(
    failed.startsWith(`The last run of web failed in disk verify failed: ${MESSAGE}. `),
    failed,
  );

  const refusal = { kind: "configuration-invalid", version: "1", now: new Date() } as const;
  writeRefusal(place.options.path, "web", refusal);
  const both = await prometheus.fires("AutoborgRepositoryFailed", "AutoborgStartRefused");
  assert.match(
    textOf(both, "AutoborgStartRefused"),
    /"autoborg check-config" shows each mistake on host/,
  );

  place.finish(runWith({ ...now("00000003"), ...good }));
  await prometheus.fires();

  const message = "All 30 archives vanished";
  place.inspect(alarm("archives-vanished", message));
  place.finish(runWith({ ...now("00000003"), ...good }));
  const raised = textOf(
    await prometheus.fires("AutoborgAlarm", "AutoborgPruneSuspended"),
    "AutoborgAlarm",
  );
  assert.ok(raised.includes(`in disk: archives-vanished ${message}. Nothing is pruned`), raised);
  place.history.ledger("web", "disk").accept({ at: Date.now(), reason: undefined });
  place.finish(runWith({ ...now("00000003"), ...good }));
  await prometheus.fires();

  place.begin(runWith({ ...now("00000004"), ...good }));
  await prometheus.finds("autoborg_run_started_timestamp_seconds > 0");
  await prometheus.fires();
  prometheus.node.bootedAt = new Date(Date.now() + 1_000);
  await prometheus.fires("AutoborgRunDied");
  place.finish(runWith({ ...now("00000005"), ...good }));
  await prometheus.finds("autoborg_runs_died_before_last == 1");
  await prometheus.fires("AutoborgRunDied");
  place.finish(runWith({ ...now("00000006"), ...good }));
  await prometheus.fires();

  place.finish(runWith({ ...now("00000007", -30), ...good }));
  await prometheus.fires("AutoborgBackupTooOld", "AutoborgNoRun");
  place.finish(runWith({ ...now("00000008", 2), ...good }));
  await prometheus.fires("AutoborgClockJumped");
});

prometheusTest(
  "Prometheus tells a file that is gone from a machine that is off",
  async (program) => {
    using place = new Place();
    const write = () => place.finish(runWith(now("00000001")));
    write();
    await using prometheus = await Prometheus.start(program, place.directory);
    await prometheus.settles();
    await prometheus.fires();

    Deno.removeSync(place.options.path);
    await prometheus.fires("AutoborgMetricsMissing");
    prometheus.node.up = false;
    await prometheus.fires("AutoborgHostUnreachable");
    prometheus.node.up = true;
    await prometheus.fires("AutoborgMetricsMissing");
    write();
    await prometheus.fires();
    prometheus.node.scrapeError = true;
    await prometheus.fires("AutoborgMetricsUnreadable");
    prometheus.node.scrapeError = false;
    await prometheus.fires();
  },
);

prometheusTest("Prometheus finds something for each query of the dashboard", async (program) => {
  using place = new Place();
  place.inspect(alarm("source-small", "half"));
  const repositories = [{ ...GOOD, space: FILLING }];
  place.finish(runWith({ ...now("00000001"), uncovered: [], repositories }), place.dump());
  await using prometheus = await Prometheus.start(program, place.directory);
  const dashboard = Deno.readTextFileSync(`${ROOT}contrib/grafana/autoborg.json`);
  const queries = [...dashboard.matchAll(/"expr": (".*")/g)].map(([, text = ""]) =>
    JSON.parse(text)
  );
  assert.ok(queries.length > 10);
  for (const query of queries) {
    await prometheus.finds(query.replaceAll("$name", "web").replaceAll("$instance", "host"));
  }
});
