import assert from "node:assert/strict";
import { historyPage } from "../../../lib/report/page/history_page.ts";
import { historyText } from "../../../lib/report/history/history_text.ts";
import type { RunReport, StepReport } from "../../../lib/report/run_report.ts";
import type { RepositoryStatus, StatusReport } from "../../../lib/report/status/backup_status.ts";
import { columns } from "../../../lib/text/width.ts";

const NOT_READ = new Map<string, never>();
const NOTHING_NOTED = { accepted: [], pins: [] };

const NO_REASON = { reason: null, incomplete: false } as const;
const NOW = new Date("2026-11-22T12:00:00Z");
const WIDE = { width: 200, colour: false } as const;

function step(name: string, seconds: number, newBytes?: number): StepReport {
  return {
    step: name,
    state: "ok",
    reason: null,
    attempts: 1,
    retryReason: null,
    durationSeconds: seconds,
    problems: [],
    checkpoint: null,
    verify: null,
    check: null,
    dumps: null,
    archive: newBytes === undefined ? null : {
      name: "web-x",
      files: 10,
      originalBytes: 5_000_000,
      compressedBytes: 4_000_000,
      newBytes,
      repositoryBytes: 1e9 + newBytes,
      added: 1,
      modified: 0,
      changedWhileRead: 0,
      unreadable: 0,
    },
  };
}

function run(daysAgo: number, different: Partial<RunReport> = {}): RunReport {
  const startedAt = new Date(NOW.getTime() - daysAgo * 86_400_000).toISOString();
  return {
    runId: String(daysAgo).padStart(8, "0"),
    name: "web",
    hostname: "host",
    version: "1.2.3",
    startedAt,
    finishedAt: startedAt,
    durationSeconds: 250,
    state: "ok",
    refused: false,
    interruptedBy: null,
    sourcesMissing: false,
    absentSources: [],
    uncovered: null,
    pause: null,
    died: false,
    problems: [],
    repositories: [{
      label: "disk",
      state: "ok",
      reason: null,
      incomplete: false,
      space: null,
      steps: [step("create", 100, 1e6 * (daysAgo + 1)), step("check", 50)],
    }],
    ...different,
  };
}

const STATUS = statusOf();

/** The status of a repository that is fresh; `different` is what is not. */
function statusOf(
  different: Partial<StatusReport> = {},
  repository: Partial<RepositoryStatus> = {},
): StatusReport {
  const moment = { startedAt: new Date(NOW.getTime() - 5 * 3_600_000).toISOString() };
  return {
    version: 1,
    name: "web",
    at: NOW.toISOString(),
    state: "fresh",
    maxAgeSeconds: 93_600,
    running: null,
    lastRun: run(0),
    refusedSince: 0,
    uncovered: null,
    leftovers: [],
    problems: [],
    repositories: [{
      label: "disk",
      optional: false,
      state: "fresh",
      lastBackup: {
        ...moment,
        ageSeconds: 18_000,
        runId: "00000000",
        elsewhere: false,
        archive: null,
      },
      lastRun: { ...moment, ageSeconds: 18_000, ...NO_REASON, runId: "00000000", state: "ok" },
      lastCheck: null,
      checks: {
        ...{ percent: null, limitSeconds: 0, allDataAt: null, due: null, damage: [] },
        archives: {
          ...{ archives: 3, damaged: 0, unchecked: 0, overdue: 0, everySeconds: 1_209_600 },
          oldest: null,
        },
      },
      lastVerify: null,
      verified: null,
      archives: 3,
      oldestArchive: null,
      outsideRetention: null,
      alarms: [],
      suspended: null,
      key: null,
      sources: [],
      space: null,
      pins: [],
      databases: [],
      trend: [],
      ...repository,
    }],
    ...different,
  };
}

/** Reads the page as XML: every element is closed, and where it should be. */
function elementsOf(page: string): Map<string, number> {
  const counts = new Map<string, number>();
  const open: string[] = [];
  const body = page.replace("<!DOCTYPE html>", "").replace(/<style>.*?<\/style>/s, "");
  for (const [, end, name = "", rest = "", closed] of body.matchAll(TAG)) {
    if (end === "/") assert.equal(open.pop(), name);
    else {
      counts.set(name, (counts.get(name) ?? 0) + 1);
      assert.match(rest, /^(\s[\w-]+="[^"<>]*")*$/, name);
      if (closed !== "/") open.push(name);
    }
  }
  assert.deepEqual(open, []);
  assert.ok(!body.replace(TAG, "").includes("<"));
  return counts;
}

const TAG = /<(\/?)([a-z][\w-]*)((?:\s[\w-]+="[^"]*")*)(\/?)>/g;

Deno.test("historyPage() draws three charts for each repository, a calendar and a table", () => {
  const runs = [run(0), run(1), run(2, { state: "failed" }), run(4)];
  const page = historyPage({ name: "web", runs, now: NOW, status: STATUS });
  const elements = elementsOf(page);
  assert.equal(elements.get("figure"), 3);
  assert.equal(elements.get("circle"), 4, "one point for each size");
  assert.equal([...page.matchAll(/<rect class="bar"/g)].length, 4, "one bar for each run");
  assert.equal([...page.matchAll(/<rect class="step-create" x=/g)].length, 4);
  assert.equal([...page.matchAll(/<rect class="step-check" x=/g)].length, 4);
  const days = [...page.matchAll(/<rect class="day (\w+)" x=/g)].map(([, state]) => state);
  assert.deepEqual(days, ["ok", "none", "failed", "ok", "ok"]);
  assert.equal([...page.matchAll(/<tr><td>/g)].length, 4);
  assert.ok(page.includes("<title>2026-11-20: failed</title>"));
  assert.ok(!/NaN|undefined|Infinity/.test(page));
});

Deno.test("historyPage() lets the largest of a few runs stand for them when there are thousands", () => {
  const runs = Array.from({ length: 2_000 }, (_, night) => run(night));
  const page = historyPage({ name: "web", runs, now: NOW, status: STATUS });
  const elements = elementsOf(page);
  assert.equal(elements.get("circle"), 200);
  assert.equal([...page.matchAll(/<rect class="bar"/g)].length, 200);
  assert.ok(page.includes("the largest of every 10 runs"));
  // The oldest run added the most.
  assert.ok(page.includes(": 1.9 GiB new</title>"));
  assert.ok(page.length < 500_000, String(page.length));
});

Deno.test("historyPage() begins with how the backups are now", () => {
  const problems = [{ severity: "error", message: "no space", hint: "Make some" }] as const;
  const lastRun = run(0, { state: "failed", problems });
  const alarms = [{
    kind: "archive-small",
    subject: "",
    severity: "error",
    message: "it is small",
    hint: "Look",
    raisedAt: NOW.toISOString(),
    runId: "00000000",
    accepted: false,
  }] as const;
  const status = statusOf({ lastRun }, { alarms });
  const page = historyPage({ name: "web", runs: [lastRun], now: NOW, status });
  elementsOf(page);
  const text = page.slice(0, page.indexOf("Outcomes")).replaceAll(/<[^>]*>/g, " ");
  assert.match(
    text,
    /web is fresh: every repository .* from the last 26 h, but the last run failed/,
  );
  assert.match(text, /error : no space +hint: Make some/);
  assert.match(text, /error : disk: it is small +hint: Look/);
  assert.match(text, /disk +fresh +last good backup +5 h ago/);
  assert.ok(page.includes('class="now edge-warning"'));
});

Deno.test("historyPage() can do without what is now", () => {
  const page = historyPage({ name: "web", runs: [run(0)], now: NOW, status: undefined });
  elementsOf(page);
  assert.doesNotMatch(page, /class="now/);
});

Deno.test("historyPage() needs nothing from anywhere and runs nothing", () => {
  const page = historyPage({ name: "web", runs: [run(0)], now: NOW, status: STATUS });
  assert.doesNotMatch(page, /<script|<link|<img|<iframe|\bsrc=|\bhref=|url\(|@import|https?:/i);
  assert.match(page, /Content-Security-Policy" content="default-src &#39;none&#39;/);
  assert.doesNotMatch(page, /\son\w+=/);
});

Deno.test("historyPage() escapes what comes from outside", () => {
  const evil = `"><script>alert('x')</script>&\x1b[31m\n`;
  const problems = [{ severity: "error", message: evil, hint: null }] as const;
  const [disk] = run(0).repositories;
  assert.ok(disk);
  const repositories = [{ ...disk, label: evil }];
  const page = historyPage({
    name: evil,
    runs: [run(0, { problems, repositories })],
    now: NOW,
    status: STATUS,
  });
  elementsOf(page);
  assert.ok(!page.includes("<script") && !page.includes("\x1b"));
  assert.ok(page.includes("&lt;script&gt;"));
});

Deno.test("historyPage() can draw nothing, one run, and repositories without archives", () => {
  const [disk] = run(0).repositories;
  assert.ok(disk);
  const empty = { ...disk, state: "absent", steps: [] } as const;
  for (const runs of [[], [run(0)], [run(0, { repositories: [empty] })]]) {
    const page = historyPage({ name: "web", runs, now: NOW, status: STATUS });
    elementsOf(page);
    assert.ok(!/NaN|undefined|Infinity/.test(page));
  }
});

Deno.test("historyPage() and historyText() count what an interrupted run left behind", () => {
  const [disk] = run(0).repositories;
  assert.ok(disk);
  const withCheckpoint = (repositoryBytes: number | null) => {
    const checkpoint = { newBytes: 3 * 1024 ** 2, repositoryBytes };
    const create = { ...step("create", 5), state: "failed", checkpoint } as const;
    return run(0, { state: "failed", repositories: [{ ...disk, steps: [create] }] });
  };
  const page = historyPage({
    name: "web",
    runs: [withCheckpoint(5 * 1024 ** 2)],
    now: NOW,
    status: STATUS,
  });
  elementsOf(page);
  assert.ok(page.includes(": 3.0 MiB new</title>") && page.includes(": 5.0 MiB</title>"));
  const unknown = historyPage({
    name: "web",
    runs: [withCheckpoint(null)],
    now: NOW,
    status: STATUS,
  });
  elementsOf(unknown);
  assert.ok(unknown.includes(": 3.0 MiB new</title>") && !unknown.includes("Size of disk"));
  const text = historyText([withCheckpoint(null)], NOTHING_NOTED, NOT_READ, {
    width: 200,
    colour: false,
  });
  assert.match(text, /failed +3\.0 MiB +disk ok$/m);
});

Deno.test("historyPage() and historyText() say which optional source was absent", () => {
  const one = run(0, { absentSources: [{ path: "/mnt/photos", reason: "it is empty" }] });
  const page = historyPage({ name: "web", runs: [one], now: NOW, status: STATUS });
  assert.ok(page.includes("disk ok; /mnt/photos absent<"));
  const text = historyText([one], NOTHING_NOTED, NOT_READ, { width: 200, colour: false });
  assert.match(text, / disk ok, \/mnt\/photos absent$/m);
});

Deno.test("historyPage() draws many runs, the calendar no more than a year", () => {
  const runs = Array.from({ length: 800 }, (_, index) => run(index));
  const page = historyPage({ name: "web", runs, now: NOW, status: STATUS });
  elementsOf(page);
  const days = [...page.matchAll(/<rect class="day \w+" x=/g)].length;
  assert.ok(days > 360 && days <= 371, `${days}`);
});

Deno.test("historyText() tells what was accepted, when and why", () => {
  const accepted = {
    ...{ label: "disk", acceptedAt: "2026-11-22T12:00:00.000Z", kind: "archive-small" },
    ...{ message: "it is small", reason: "moved" },
  };
  const text = historyText([run(0)], { accepted: [accepted], pins: [] }, NOT_READ, {
    width: 200,
    colour: false,
  });
  assert.match(
    text,
    /^2026-11-2\d \d\d:\d\d [+-]\d\d:\d\d accepted \("moved"\): disk: archive-small: it is small$/m,
  );
});

Deno.test("historyText() says why a repository warns when that is an alarm", () => {
  const [disk] = run(0).repositories;
  assert.ok(disk);
  const warned = (name: string, message: string): StepReport => ({
    ...step(name, 5),
    state: "warning",
    problems: [{ severity: "warning", message, hint: null }],
  });
  const textOf = (...steps: readonly StepReport[]) => {
    const repositories = [{ ...disk, state: "warning", steps }] as const;
    return historyText([run(0, { state: "warning", repositories })], NOTHING_NOTED, NOT_READ, WIDE);
  };
  const busy = warned("create", "1 file changed while being read");
  const text = textOf(busy, warned("inspect", '"/srv" is empty; at the last run it had 9 files'));
  assert.match(
    text,
    / disk warning \(inspect: "\/srv" is empty; at the last run it had 9 files\)$/m,
  );
  assert.match(textOf(busy), / disk warning$/m);
});

Deno.test("historyText() lists a run a line, cut at the width", () => {
  const problems = [{ severity: "error", message: "Cannot take the lock", hint: null }] as const;
  const refused = run(1, { refused: true, state: "failed", repositories: [], problems });
  const text = historyText([run(0), refused], NOTHING_NOTED, NOT_READ, {
    width: 200,
    colour: false,
  });
  assert.match(
    text,
    /^00000000 +2026-11-2\d \d\d:\d\d [+-]\d\d:\d\d +4 min 10 s +ok +976\.6 KiB +disk ok$/m,
  );
  assert.match(text, /^00000001 .* refused +0 B +Cannot take the lock$/m);
  for (
    const line of historyText([refused], NOTHING_NOTED, NOT_READ, { width: 30, colour: false })
      .split("\n")
  ) {
    assert.ok(columns(line) <= 30);
  }
  assert.equal(
    historyText([], NOTHING_NOTED, NOT_READ, { width: 80, colour: false }),
    "there has been no run yet\n",
  );
});
