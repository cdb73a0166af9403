import assert from "node:assert/strict";
import type { RunEvent } from "../../../lib/backup/events.ts";
import { ConsoleReporter, type Screen } from "../../../lib/report/terminal/console.ts";
import { localTime } from "../../../lib/text/local_time.ts";
import { createMasker, Secret } from "../../../lib/text/secret.ts";
import { BAD, CREATED, GOOD, runWith } from "../outcomes.ts";

const STARTED: RunEvent = {
  type: "run-started",
  at: new Date("2026-11-22T04:00:00Z"),
  name: "web",
  runId: "0123abcd",
  hostname: "host",
  version: "1.2.3",
  repositories: ["disk", "offsite"],
  sources: ["/etc"],
};

const LAST = { runId: "00000001", startedAt: new Date("2026-11-19T04:00:00Z") };

/** A screen that remembers what was written to it. */
class FakeScreen implements Screen {
  errors = "";
  output = "";
  readonly colour: boolean = false;
  readonly progress: Screen["progress"] = "none";
  readonly mask = createMasker([new Secret("geheim")]);
  readonly journal: boolean = false;
  readonly size = () => ({ columns: 60, rows: 24 });
  time = 1_000;
  readonly now = () => this.time;
  readonly lastGood: Screen["lastGood"] = (label) =>
    label === "disk" ? { runId: "0123abcd", startedAt: new Date("2026-11-22T04:00:00Z") } : LAST;
  readonly write = (text: string) => void (this.errors += text);
  readonly writeOutput = (text: string) => void (this.output += text);

  constructor(different: Partial<Pick<Screen, "colour" | "progress" | "journal">> = {}) {
    this.colour = different.colour ?? false;
    this.progress = different.progress ?? "none";
    this.journal = different.journal ?? false;
  }
}

function tell(screen: Screen, ...events: readonly RunEvent[]): void {
  const reporter = new ConsoleReporter(screen);
  for (const event of events) reporter.handle(event);
  reporter.close();
}

/** Waits until the timer of the reporter has written something. */
async function until(isWritten: () => boolean): Promise<void> {
  while (!isWritten()) await new Promise((resolve) => setTimeout(resolve, 5));
}

function finished(repository: string, ...outcomes: readonly (typeof CREATED)[]): RunEvent[] {
  return outcomes.map((outcome) => ({ type: "step-finished", repository, outcome }));
}

Deno.test("ConsoleReporter gives a short account of a run, in columns", () => {
  const screen = new FakeScreen();
  const failed = BAD.state === "absent" ? [] : BAD.steps;
  const outcome = runWith({ state: "failed", repositories: [GOOD, BAD] });
  tell(
    screen,
    STARTED,
    ...finished("disk", CREATED),
    ...finished("offsite", ...failed),
    { type: "run-finished", outcome },
  );
  assert.equal(screen.output, "");
  assert.deepEqual(screen.errors.split("\n"), [
    "autoborg 1.2.3: web on host, run 0123abcd",
    "disk     create   ok after 12 s: 1,602 files, 1.2 GiB, 3.4 MiB new (2 added, 1 modified)",
    "offsite  create   failed after 0.8 s",
    "  error: wrong passphrase",
    "offsite  prune    skipped: create failed",
    "FAILED after 4 min 10 s: disk ok, offsite failed (create)",
    "  error: offsite create: wrong passphrase",
    "    hint: Correct it",
    "",
    "repository  result  last good backup",
    "disk        ok      from this run",
    `offsite     failed  3 d ago, from ${localTime(LAST.startedAt)}`,
    "",
  ]);
});

Deno.test("ConsoleReporter writes colours only when it shall", () => {
  const plain = new FakeScreen();
  const colourful = new FakeScreen({ colour: true });
  for (const screen of [plain, colourful]) tell(screen, STARTED, ...finished("disk", CREATED));
  assert.ok(!plain.errors.includes("\x1b"));
  assert.ok(colourful.errors.includes("\x1b[32mok\x1b[39m after 12 s"));
});

Deno.test("ConsoleReporter writes no secret, and no control character of a message", () => {
  const screen = new FakeScreen();
  const problems = [{ severity: "error", message: "geheim \x1b]0;title\x07" } as const];
  tell(screen, { type: "run-finished", outcome: runWith({ state: "failed", problems }) });
  assert.ok(!screen.errors.includes("geheim"));
  assert.ok(!screen.errors.includes("\x1b"));
});

const PROGRESS: RunEvent = {
  type: "progress",
  repository: "disk",
  progress: { kind: "create", files: 3, originalSize: 2_048, newSize: 10, path: "etc/geheim" },
};

Deno.test("ConsoleReporter writes progress as JSON to standard output when it shall", async () => {
  const screen = new FakeScreen({ progress: "json" });
  const reporter = new ConsoleReporter(screen);
  reporter.handle(STARTED);
  const started = { type: "step-started", repository: "disk", step: "create" } as const;
  reporter.handle({ ...started, expectedSize: 4_096 });
  reporter.handle(PROGRESS);
  screen.time += 1_000;
  await until(() => screen.output.includes('"progress"'));
  reporter.handle({ type: "step-finished", repository: "disk", outcome: CREATED });
  reporter.handle({ type: "run-finished", outcome: runWith() });
  reporter.close();
  const objects = screen.output.trimEnd().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(objects.map(({ type }) => type), [
    "run-started",
    "step-started",
    "progress",
    "step-finished",
    "run-finished",
  ]);
  assert.deepEqual(objects[2], {
    type: "progress",
    repository: "disk",
    step: "create",
    kind: "create",
    files: 3,
    originalBytes: 2_048,
    newBytes: 10,
    bytesPerSecond: 2_048,
    estimatedPercent: 50,
    estimatedRemainingSeconds: null,
    path: "etc/***",
  });
  assert.equal(objects[4].run.version, "1.2.3");
});

Deno.test("ConsoleReporter writes a priority before each line for the journal", () => {
  const screen = new FakeScreen({ journal: true });
  const failed = BAD.state === "absent" ? [] : BAD.steps;
  const outcome = runWith({ state: "failed", repositories: [BAD] });
  const events = [STARTED, ...finished("offsite", ...failed)];
  tell(screen, ...events, { type: "run-finished", outcome });
  assert.deepEqual(screen.errors.split("\n").map((line) => line.slice(0, 12)), [
    "<6>autoborg ",
    "<3>offsite  ",
    "<3>  error: ",
    "<4>offsite  ",
    "<3>FAILED af",
    "<3>  error: ",
    "<3>    hint:",
    "<6>repositor",
    "<6>offsite  ",
    "",
  ]);
});

Deno.test("ConsoleReporter paints a line for each repository and takes it away again", async () => {
  const screen = new FakeScreen({ progress: "bar" });
  const reporter = new ConsoleReporter(screen);
  reporter.handle(STARTED);
  for (const repository of ["disk", "offsite"]) {
    reporter.handle({ type: "step-started", repository, step: "create" });
  }
  reporter.handle(PROGRESS);
  await until(() => screen.errors.includes("3 files"));
  reporter.handle({ type: "step-finished", repository: "disk", outcome: CREATED });
  reporter.close();
  const shown = screen.errors.replaceAll("\x1b[K", "");
  assert.match(shown, /disk {5}create {3}3 files, 2\.0 KiB, .*\noffsite {2}create {3}…\n/);
  const painted = screen.errors.split("\x1b[2A\x1b[0J");
  assert.ok(painted.length > 1, "both lines are taken away");
  assert.match(painted.at(-1) ?? "", /^disk +create +ok/);
});

Deno.test("ConsoleReporter no longer paints a repository that is absent", async () => {
  const screen = new FakeScreen({ progress: "bar" });
  const reporter = new ConsoleReporter(screen);
  reporter.handle(STARTED);
  for (const repository of ["disk", "offsite"]) {
    reporter.handle({ type: "step-started", repository, step: "create" });
  }
  const outcome = { label: "offsite", state: "absent", reason: "it is not there" } as const;
  reporter.handle({ type: "repository-finished", outcome });
  reporter.handle(PROGRESS);
  await until(() => screen.errors.includes("3 files"));
  reporter.close();
  assert.doesNotMatch(screen.errors.split("it is not there").at(-1) ?? "", /offsite/);
});

Deno.test("ConsoleReporter shows no progress when it shall not", () => {
  const screen = new FakeScreen({ progress: "none" });
  const reporter = new ConsoleReporter(screen);
  reporter.handle({ type: "step-started", repository: "disk", step: "create" });
  reporter.handle(PROGRESS);
  // No timer runs that could: the test would be told of one that is left.
  reporter.close();
  assert.equal(screen.errors + screen.output, "");
});

Deno.test("ConsoleReporter says that an optional repository is absent", () => {
  const screen = new FakeScreen();
  const outcome = { label: "usb", state: "absent", reason: "it is not there" } as const;
  tell(screen, STARTED, { type: "repository-finished", outcome });
  assert.match(screen.errors, /^usb {6}skipped: it is optional, and it is not there$/m);
});

Deno.test("ConsoleReporter cuts a huge message and shows no half secret", () => {
  const screen = new FakeScreen();
  const message = `${"x".repeat(16_340)}${"geheim".repeat(100_000)}`;
  const problems = [{ severity: "warning", message }] as const;
  tell(screen, { type: "run-finished", outcome: runWith({ state: "warning", problems }) });
  assert.match(screen.errors, /x\*\*\*\*+… \([\d,]+ bytes cut here\)\n/);
  assert.ok(screen.errors.length < 17_000);
});

Deno.test("ConsoleReporter tells at the end of a run what is worth knowing", () => {
  const screen = new FakeScreen();
  tell(screen, {
    type: "run-finished",
    outcome: runWith({ remarks: ["the key was never exported"] }),
  });
  assert.match(
    screen.errors,
    /^ok after 4 min 10 s: disk ok\n {2}note: the key was never exported$/m,
  );
});
