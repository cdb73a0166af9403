import assert from "node:assert/strict";
import type { RunEvent } from "../../lib/backup/events.ts";
import { recordedRun } from "../../lib/report/history/recorded_run.ts";
import { progressObject, progressReport } from "../../lib/report/terminal/progress_json.ts";
import { runReport } from "../../lib/report/run_report.ts";
import { collectStatus } from "../../lib/report/status/backup_status.ts";
import { firstChecks } from "../../lib/state/check_ledger.ts";
import { History } from "../../lib/state/history.ts";
import { alarm, inspected } from "./metrics/place.ts";
import { BAD, FILLING, GOOD, runWith } from "./outcomes.ts";

const CHECK = { enabled: true, repositoryEvery: 0, archivesEvery: 1 } as const;
const VERIFY = { files: 20, cycle: 90 * 86_400_000, maxBytes: 0 };

const same = (text: string) => text;

/** The keys of an object and of everything in it, without the values. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value !== "object" || value === null) return value === null ? null : typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shapeOf(inner)]));
}

/** The JSON below a heading of the page. */
function example(heading: string): string {
  const page = new URL("../../docs/reference/json.md", import.meta.url);
  const section = Deno.readTextFileSync(page).split(/^## /m)
    .find((text) => text.startsWith(`${heading}\n`)) ?? "";
  const [, code] = /^```json\n(.*?)^```$/ms.exec(section) ?? [];
  assert.ok(code !== undefined, `the page has no example of "${heading}"`);
  return code;
}

Deno.test("docs/reference/json.md shows the shape of status --json", () => {
  using history = History.inMemory();
  const check = { step: "check", state: "ok", problems: [], duration: 1 } as const;
  const verification = {
    ...{ next: 1, owed: 0, debt: 0, lap: 1, files: 20, bytes: 81_920, again: "[]" },
    ...{ missedFiles: 0, missedBytes: 0, differences: 0 },
  };
  const verify = { step: "verify", state: "skipped", reason: "", expected: true } as const;
  const steps = [...GOOD.steps, { ...verify, verification }, check];
  const uncovered = [{ kind: "file-system", name: "/srv/media", size: 12 }] as const;
  const repository = { label: "disk", state: "ok", steps, space: FILLING } as const;
  const outcome = runWith({ repositories: [repository], uncovered });
  history.record(recordedRun(outcome, { version: "1.2.3", mask: same }));
  inspected(history, alarm("archive-small", "half", true));
  history.pins("web", "disk").notePinned("web-2026-11-21T04:00:00Z-0123abce", "audit", 0);
  history.checks("web", "disk").write({ ...firstChecks("", 0), completedAt: 0 });
  history.dumps("web", "disk").write({
    ...{ run: "0123abcd", entry: "pg", database: "shop", at: 0, archive: "a", state: "made" },
    ...{ leftover: false, size: 1, sha256: "ab", newSize: 1, duration: 1, reason: null },
    ...{ verifiedAt: 1, verified: "equal" },
  });
  const startedAt = "2026-11-22T11:59:00.000Z";
  const status = collectStatus(history, {
    name: "web",
    repositories: [{
      label: "disk",
      optional: false,
      encryption: "repokey",
      check: CHECK,
      verify: VERIFY,
    }],
    databases: [{ label: "pg", databases: ["shop"], all: false, repositories: ["disk"] }],
    maxAge: 1,
    now: new Date("2026-11-22T12:00:00Z"),
    running: { runId: "1a2b3c4d", process: 1, startedAt },
    leftovers: [{ snapshot: "tank@x", runId: "0", startedAt }],
    problems: [{ severity: "warning", message: "x", hint: null }],
  });
  assert.deepEqual(shapeOf({ ...status, lastRun: null }), shapeOf(JSON.parse(example("Status"))));
});

Deno.test("docs/reference/json.md shows the shape of a run", () => {
  const outcome = runWith({ state: "failed", repositories: [BAD] });
  const report = runReport(recordedRun(outcome, { version: "1.2.3", mask: same }));
  assert.deepEqual(shapeOf(report), shapeOf(JSON.parse(example("A run"))));
});

Deno.test("docs/reference/json.md shows the shape of --progress json", () => {
  const shown = example("Progress").trim().split("\n").map((line) => JSON.parse(line));
  const started: RunEvent = {
    type: "run-started",
    at: new Date(),
    name: "web",
    runId: "0123abcd",
    hostname: "host",
    version: "1.2.3",
    repositories: ["disk"],
    sources: [],
  };
  const state = { repository: "disk", step: "create", elapsed: 1, rate: 1, remaining: 1 };
  const estimate = { percent: 1, remaining: 1 };
  const create = { kind: "create", files: 1, originalSize: 1, newSize: 1, path: "a" } as const;
  const percent = { kind: "percent", percent: 1, message: "a" } as const;
  const entries = { kind: "entries", entries: 1, expected: 1, message: "a" } as const;
  const bytes = { kind: "bytes", bytes: 1, expected: 1, message: "a" } as const;
  const retry = { repository: "disk", step: "create", attempt: 2 } as const;
  const objects = [
    progressObject(started, "1.2.3", same),
    progressObject({ type: "step-started", repository: "disk", step: "create" }, "1.2.3", same),
    progressReport({ ...state, estimate, progress: create }),
    progressReport({ ...state, progress: percent }),
    progressReport({ ...state, step: "restore", progress: entries }),
    progressReport({ ...state, step: "restore", progress: bytes }),
    progressObject({ type: "retry-waiting", ...retry, wait: 64_000, reason: "a" }, "1.2.3", same),
    progressReport({ ...state, progress: undefined, waiting: { attempt: 2, remaining: 1 } }),
    progressObject({ type: "retry-started", ...retry }, "1.2.3", same),
  ];
  assert.deepEqual(objects.map(shapeOf), shown.map(shapeOf));
});

Deno.test("runReport() has what `verify` read back, and the figures of an archive", () => {
  const step = { step: "verify", state: "ok", problems: [], duration: 1 } as const;
  const verified = { ...step, verified: { files: 20, size: 81_920 } };
  const steps = [...GOOD.steps, verified];
  const outcome = runWith({
    repositories: [{ label: "disk", state: "ok", steps, space: FILLING }],
  });
  const [disk] = runReport(recordedRun(outcome, { version: "1.2.3", mask: same })).repositories;
  assert.equal(disk?.steps[0]?.archive?.added, 2);
  assert.equal(disk?.steps[0]?.verify, null);
  assert.deepEqual(disk?.steps[2]?.verify, { files: 20, bytes: 81_920 });
  assert.equal(disk?.steps[1]?.archive, null);
});
