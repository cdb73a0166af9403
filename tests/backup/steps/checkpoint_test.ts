import assert from "node:assert/strict";
import { CreateAttempts } from "../../../lib/backup/steps/create_attempts.ts";
import { ChangedFiles } from "../../../lib/verify/changed_files.ts";
import { countLeftCheckpoints } from "../../../lib/backup/steps/checkpoint.ts";
import { create } from "../../../lib/backup/steps/create.ts";
import { BorgDouble, logLine } from "../../borg/double.ts";
import { emptyMemory, planWith, TARGET } from "../plans.ts";

const COMMIT = '{"type": "progress_message", "msgid": "cache.commit", "finished": true}';
const INFO = JSON.stringify({
  archives: [{ stats: { deduplicated_size: 120 } }],
  cache: { stats: { unique_csize: 500 } },
});

function progress(deduplicated_size: number): string {
  return JSON.stringify({ type: "archive_progress", deduplicated_size, path: "etc/a" });
}

function contextWith(borg: BorgDouble) {
  return {
    plan: planWith(),
    target: TARGET,
    inherited: {},
    start: borg.start,
    signal: new AbortController().signal,
    emit: () => {},
  };
}

/** A create that fails after these lines, and what Borg then says about its checkpoint. */
async function failAfter(lines: readonly string[], info: Parameters<BorgDouble["set"]>[1]) {
  const borg = new BorgDouble();
  borg.set("borg create", { code: 2, stderr: [...lines, logLine("ERROR", "No space left")] });
  borg.set("borg info", info);
  const context = contextWith(borg);
  const attempts = new CreateAttempts([], ["etc"], new ChangedFiles(0, ""));
  const { outcome } = await create(context, { root: "/", paths: ["etc"] }, emptyMemory(), attempts);
  assert.ok(outcome.state === "failed");
  return { borg, checkpoint: outcome.checkpoint };
}

Deno.test("create() asks Borg what its checkpoint holds when it fails after one", async () => {
  const { borg, checkpoint } = await failAfter([progress(90), COMMIT], { stdout: INFO });
  assert.deepEqual(checkpoint, { newSize: 120, repositorySize: 500 });
  assert.deepEqual(borg.started, ["borg create", "borg info"]);
  const { args = [] } = borg.requests[1] ?? {};
  assert.equal(args.at(-1), `${TARGET.url}::${planWith().archive}.checkpoint`);
});

Deno.test("create() takes Borg's progress when its checkpoint can't be asked for", async () => {
  const lines = [progress(90), COMMIT, progress(150)];
  for (const info of [{ code: 2 }, { stdout: "{}" }]) {
    // What came behind the checkpoint is not in the repository: Borg removes it.
    assert.deepEqual((await failAfter(lines, info)).checkpoint, { newSize: 90 });
  }
});

Deno.test("create() asks nothing when it fails without a checkpoint", async () => {
  const { borg, checkpoint } = await failAfter([progress(90)], { stdout: INFO });
  assert.equal(checkpoint, undefined);
  assert.deepEqual(borg.started, ["borg create"]);
});

Deno.test("create() counts no checkpoint that does not exist", async () => {
  const missing = logLine("ERROR", "Archive web.checkpoint does not exist", "Archive.DoesNotExist");
  const asked = await failAfter([progress(90), COMMIT], { code: 2, stderr: [missing] });
  assert.equal(asked.checkpoint, undefined);
  const early = await failAfter([COMMIT, progress(90)], { stdout: INFO });
  assert.deepEqual([early.checkpoint, early.borg.started], [undefined, ["borg create"]]);
});

Deno.test("countLeftCheckpoints() counts what a run that died has left, before the next archive", async () => {
  const borg = new BorgDouble();
  borg.set("borg info", { stdout: INFO });
  const left: unknown[] = [];
  const run = { runId: "0000000a", startedAt: new Date("2026-11-21T04:00:00Z") };
  await countLeftCheckpoints(contextWith(borg), {
    died: (own) => own === "0123abcd" ? [run] : [],
    left: (run, checkpoint) => left.push([run, checkpoint]),
  });
  assert.deepEqual(left, [[run, { newSize: 120, repositorySize: 500 }]]);
  const { args = [] } = borg.requests[0] ?? {};
  assert.match(args.at(-1) ?? "", /::web-2026-11-21T04:00:00Z-0000000a\.checkpoint$/);
});

Deno.test("countLeftCheckpoints() notes nothing when there is no checkpoint", async () => {
  const borg = new BorgDouble();
  borg.set("borg info", { code: 2, stderr: [logLine("ERROR", "Archive x does not exist")] });
  await countLeftCheckpoints(contextWith(borg), {
    died: () => [{ runId: "0000000a", startedAt: new Date(0) }],
    left: () => assert.fail("nothing was left"),
  });
});
