import assert from "node:assert/strict";
import { SourceTally } from "../../../lib/inspect/source_tally.ts";
import { create } from "../../../lib/backup/steps/create.ts";
import { BorgDouble, logLine } from "../../borg/double.ts";
import { planWith, TARGET } from "../plans.ts";

const COMMIT = '{"type": "progress_message", "msgid": "cache.commit", "finished": true}';
const INFO = JSON.stringify({
  archives: [{ stats: { deduplicated_size: 120 } }],
  cache: { stats: { unique_csize: 500 } },
});

function progress(deduplicated_size: number): string {
  return JSON.stringify({ type: "archive_progress", deduplicated_size, path: "etc/a" });
}

/** A create that fails after these lines, and what Borg then says about its checkpoint. */
async function failAfter(lines: readonly string[], info: Parameters<BorgDouble["set"]>[1]) {
  const borg = new BorgDouble();
  borg.set("borg create", { code: 2, stderr: [...lines, logLine("ERROR", "No space left")] });
  borg.set("borg info", info);
  const context = {
    plan: planWith(),
    target: TARGET,
    outer: {},
    start: borg.start,
    signal: new AbortController().signal,
    emit: () => {},
  };
  const { outcome } = await create(context, { root: "/", paths: ["etc"] }, "", new SourceTally([]));
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
