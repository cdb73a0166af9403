import assert from "node:assert/strict";
import fc from "fast-check";
import type { RunEvent } from "../../lib/backup/events.ts";
import { describeEvent, outcomeLine, stepResult } from "../../lib/report/describe.ts";
import { placedRemarks } from "../../lib/report/remarks.ts";
import { summaryOf } from "../../lib/report/subject.ts";
import { ANY_CHARACTER } from "../characters.ts";
import { BAD, CREATED, GOOD, runWith } from "./outcomes.ts";

const SCOPE = { repository: "disk", step: "create" } as const;

function texts(event: RunEvent): string[] {
  return describeEvent(event).map(({ level, text }) => `${level} ${text}`);
}

Deno.test("describeEvent() tells a command with its arguments and how it ended", () => {
  const command = ["borg", "create", "--", "/mnt/a b::web", "etc"];
  assert.deepEqual(texts({ type: "command-started", scope: SCOPE, command }), [
    "info $ borg create -- '/mnt/a b::web' etc",
  ]);
  const finished = {
    type: "command-finished",
    scope: SCOPE,
    program: "borg",
    duration: 1_500,
  } as const;
  assert.deepEqual(texts({ ...finished, end: "exit code 0", succeeded: true }), [
    "info borg ended: exit code 0, after 1.5 s",
  ]);
  assert.deepEqual(texts({ ...finished, end: "exit code 2", succeeded: false }), [
    "error borg ended: exit code 2, after 1.5 s",
  ]);
});

Deno.test("describeEvent() sets every step apart", () => {
  const [entry] = describeEvent({ type: "step-started", repository: "disk", step: "create" });
  assert.equal(entry?.apart, true);
  assert.deepEqual(entry?.scope, SCOPE);
});

Deno.test("describeEvent() tells what became of a step, with its problems and hints", () => {
  const [outcome] = BAD.state === "absent" ? [] : BAD.steps;
  assert.ok(outcome !== undefined);
  assert.deepEqual(texts({ type: "step-finished", repository: "offsite", outcome }), [
    "error create: failed after 0.8 s",
    "error error: wrong passphrase\nhint: Correct it",
  ]);
});

Deno.test("describeEvent() tells what several repositories have alike with the first of them", () => {
  const problem = { severity: "error", message: "no", repositories: ["disk", "nas"] } as const;
  const outcome = { step: "dump", state: "failed", problems: [problem], duration: 1 } as const;
  const entries = ["disk", "nas"].map((repository) =>
    describeEvent({ type: "step-finished", repository, outcome }).slice(1)
      .map(({ scope, text }) => [scope, text])
  );
  assert.deepEqual(entries, [[[{ step: "dump" }, "error in disk and nas: no"]], []]);
});

Deno.test("describeEvent() warns of a step that is skipped because something went wrong", () => {
  const skipped = { step: "prune", state: "skipped", reason: "create failed" } as const;
  const event = { type: "step-finished", repository: "disk" } as const;
  assert.deepEqual(texts({ ...event, outcome: { ...skipped, expected: false } }), [
    "warning prune: skipped: create failed",
  ]);
  assert.deepEqual(texts({ ...event, outcome: { ...skipped, expected: true } }), [
    "info prune: skipped: create failed",
  ]);
});

Deno.test("describeEvent() says that an optional repository is absent", () => {
  const outcome = { label: "usb", state: "absent", reason: "it is not there" } as const;
  assert.deepEqual(texts({ type: "repository-finished", outcome }), [
    "info skipped: it is optional, and it is not there",
  ]);
});

Deno.test("describeEvent() has nothing to say about progress", () => {
  const progress = { kind: "percent", percent: 1, message: "" } as const;
  assert.deepEqual(describeEvent({ type: "progress", repository: "disk", progress }), []);
});

Deno.test("describeEvent() leaves no control character of Borg's output in a text", () => {
  fc.assert(fc.property(fc.string({ unit: ANY_CHARACTER }), (text) => {
    const entries = describeEvent({ type: "output", scope: SCOPE, level: "info", text });
    for (const entry of entries) assert.doesNotMatch(entry.text, /[^\P{Cc}\n\t]/u);
  }));
});

Deno.test("stepResult() tells what a create without an archive left behind", () => {
  const stopped = { step: "create", state: "failed", problems: [], duration: 12_300 } as const;
  const text = stepResult({ ...stopped, checkpoint: { newSize: 3 * 1024 ** 2 } });
  assert.equal(text, "failed after 12 s: 3.0 MiB in a checkpoint");
});

Deno.test("outcomeLine() calls a repository incomplete whose archive lacks a source", () => {
  const problems = [{ severity: "error", message: 'Cannot back up "/srv"' }] as const;
  const repositories = [{ ...GOOD, incomplete: true }, BAD] as const;
  const outcome = runWith({ state: "failed", sourcesMissing: true, problems, repositories });
  assert.equal(
    outcomeLine(outcome),
    'FAILED after 4 min 10 s: Cannot back up "/srv", disk incomplete, ' +
      "offsite failed (create: wrong passphrase)",
  );
  assert.equal(
    summaryOf(outcome),
    'Cannot back up "/srv", offsite failed (wrong passphrase), disk incomplete',
  );
  const [entry] = describeEvent({ type: "repository-finished", outcome: repositories[0] });
  assert.equal(entry?.level, "error");
  assert.equal(entry?.text, "repository: incomplete, a source is missing");
});

Deno.test("stepResult() tells the figures of a new archive", () => {
  assert.equal(
    stepResult(CREATED),
    "ok after 12 s: 1,602 files, 1.2 GiB, 3.4 MiB new (2 added, 1 modified)",
  );
});

Deno.test("outcomeLine() tells a whole run in one line", () => {
  assert.equal(outcomeLine(runWith()), "ok after 4 min 10 s: disk ok");
  assert.equal(
    outcomeLine(runWith({ state: "failed", repositories: [BAD, GOOD] })),
    "FAILED after 4 min 10 s: offsite failed (create: wrong passphrase), disk ok",
  );
  assert.equal(
    outcomeLine(runWith({ state: "failed", interruptedBy: "SIGTERM", repositories: [] })),
    "FAILED after 4 min 10 s: interrupted by SIGTERM",
  );
  assert.equal(
    outcomeLine(runWith({
      state: "failed",
      problems: [
        { severity: "warning", message: "a trifle" },
        { severity: "error", message: 'Cannot back up "/srv\n"' },
      ],
    })),
    'FAILED after 4 min 10 s: Cannot back up "/srv\\n", disk ok',
  );
  const absent = { label: "usb", state: "absent", reason: "gone" } as const;
  const line = outcomeLine(runWith({ repositories: [absent, GOOD] }));
  assert.equal(line, "ok after 4 min 10 s: usb absent, disk ok");
});

Deno.test("describeEvent() and placedRemarks() tell what is worth knowing, of a step and of the run", () => {
  const outcome = { ...CREATED, remarks: ["the key was never exported"] };
  assert.deepEqual(texts({ type: "step-finished", repository: "disk", outcome }).slice(1), [
    "info note: the key was never exported",
  ]);
  const run = runWith({
    remarks: ["a disk is new"],
    repositories: [{ ...GOOD, steps: [outcome] }],
  });
  assert.deepEqual(texts({ type: "outcome-recorded", outcome: run, added: [] }).slice(0, 1), [
    "info note: a disk is new",
  ]);
  assert.deepEqual(placedRemarks(run), ["a disk is new", "disk: the key was never exported"]);
});
