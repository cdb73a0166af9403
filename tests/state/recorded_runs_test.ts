import assert from "node:assert/strict";
import { History, type RecordedRun } from "../../lib/state/history.ts";
import { runOf } from "../restore/pasts.ts";

/** Runs of "web", the oldest first; the text of every third is hard to store. */
function runs(count: number): readonly RecordedRun[] {
  return Array.from({ length: count }, (_, night) => {
    const archive = `web-2026-01-01T00:00:00Z-${night.toString(16).padStart(8, "0")}`;
    const reason = night % 3 === 0 ? 'a "quoted"\n\u0001 \\ und ü' : null;
    return runOf(archive, ["usb", "disk"], {
      create: {
        files: night,
        newSize: Number.MAX_SAFE_INTEGER,
        suspicious: night % 5 === 0,
        reason,
      },
      steps: [
        { step: "verify", state: night % 2 === 0 ? "failed" : "ok" },
        { step: "inspect", problems: '[{"message":"small"}]' },
        { step: "check" },
      ],
    });
  });
}

/** What a run says with these steps alone, as far as the test wrote it. */
function parts({ run: { id }, repositories }: RecordedRun, only: (step: string) => boolean) {
  const kept = repositories.map(({ repository, steps }) => ({
    label: repository.label,
    reason: repository.reason,
    steps: steps.filter(({ step }) => only(step))
      .map(({ label, step, archive, files, newSize, reason }) => (
        { label, step, archive, files, newSize, reason }
      )),
  }));
  return { id, kept };
}

for (const count of [3, 250]) {
  Deno.test(`runs() reads each run with its steps in their order when there are ${count}`, () => {
    using history = History.inMemory();
    const written = runs(count);
    for (const one of written) history.record(one);
    const all = (one: RecordedRun) => parts(one, () => true);
    const read = history.runs("web", count - 1);
    assert.deepEqual(read.map(all), written.slice(1).toReversed().map(all));
    assert.deepEqual(history.runs("web", count, "disk").map(all), written.toReversed().map(all));
    assert.deepEqual(history.runs("other", count), []);
  });
}

Deno.test("runsOfArchives() leaves out the steps that say nothing of an archive", () => {
  using history = History.inMemory();
  for (const one of runs(10)) history.record(one);
  const read = history.runsOfArchives("web").toReversed();
  assert.equal(read.length, 10);
  for (const [night, { repositories }] of read.entries()) {
    const wanted = [
      "create",
      ...(night % 2 === 0 ? ["verify"] : []),
      ...(night % 5 === 0 ? ["inspect"] : []),
    ];
    for (const { steps } of repositories) assert.deepEqual(steps.map(({ step }) => step), wanted);
  }
});
