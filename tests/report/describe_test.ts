import assert from "node:assert/strict";
import fc from "fast-check";
import type { RunEvent } from "../../lib/backup/events.ts";
import { describeEvent, outcomeLine, stepResult } from "../../lib/report/describe.ts";
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
    "info borg ended: exit code 0, after 1.5s",
  ]);
  assert.deepEqual(texts({ ...finished, end: "exit code 2", succeeded: false }), [
    "error borg ended: exit code 2, after 1.5s",
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
    "error create: failed after 0.8s",
    "error error: wrong passphrase\nhint: Correct it",
  ]);
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
  assert.equal(text, "failed after 12s: 3.0 MiB in a checkpoint");
});

Deno.test("stepResult() tells the figures of a new archive", () => {
  assert.equal(
    stepResult(CREATED),
    "ok after 12s: 1,602 files, 1.2 GiB, 3.4 MiB new (2 added, 1 modified)",
  );
});

Deno.test("outcomeLine() tells a whole run in one line", () => {
  assert.equal(outcomeLine(runWith()), "ok after 4m10s: disk ok");
  assert.equal(
    outcomeLine(runWith({ state: "failed", repositories: [BAD, GOOD] })),
    "FAILED after 4m10s: offsite failed (create: wrong passphrase), disk ok",
  );
  assert.equal(
    outcomeLine(runWith({ state: "failed", interruptedBy: "SIGTERM", repositories: [] })),
    "FAILED after 4m10s: interrupted by SIGTERM",
  );
  assert.equal(
    outcomeLine(runWith({
      state: "failed",
      problems: [
        { severity: "warning", message: "a trifle" },
        { severity: "error", message: 'Cannot back up "/srv\n"' },
      ],
    })),
    'FAILED after 4m10s: Cannot back up "/srv\\n", disk ok',
  );
  const absent = { label: "usb", state: "absent", reason: "gone" } as const;
  const line = outcomeLine(runWith({ repositories: [absent, GOOD] }));
  assert.equal(line, "ok after 4m10s: usb absent, disk ok");
});
