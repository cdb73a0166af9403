import assert from "node:assert/strict";
import { ChangedFiles } from "../../../lib/verify/changed_files.ts";
import { create } from "../../../lib/backup/steps/create.ts";
import type { Plan } from "../../../lib/backup/plan.ts";
import { CreateAttempts } from "../../../lib/backup/steps/create_attempts.ts";
import { BorgDouble } from "../../borg/double.ts";
import { emptyMemory, planWith, TARGET } from "../plans.ts";

const RESULT = JSON.stringify({
  archive: {
    stats: { nfiles: 10, original_size: 90, compressed_size: 50, deduplicated_size: 40 },
  },
  cache: { stats: { unique_csize: 80 } },
});

function listed(status: string, path: string): string {
  return JSON.stringify({ type: "file_status", status, path });
}

/** A create whose Borg lists these files; gives the option that says which ones, and the counts. */
async function createWith(lines: readonly string[], hasCreated: boolean, plan: Partial<Plan> = {}) {
  const borg = new BorgDouble();
  borg.set("borg create", { stdout: RESULT, stderr: lines });
  const context = {
    plan: planWith(plan),
    target: TARGET,
    inherited: {},
    start: borg.start,
    signal: new AbortController().signal,
    emit: () => {},
  };
  const memory = emptyMemory({ hasCreated: () => hasCreated });
  const attempts = new CreateAttempts([], ["etc"], new ChangedFiles(0, ""));
  const { outcome } = await create(context, { root: "/", paths: ["etc"] }, memory, attempts);
  assert.ok(outcome.state !== "skipped");
  const filter = borg.requests[0]?.args.find((word) => word.startsWith("--filter="));
  return { filter, changes: outcome.stats?.changes };
}

Deno.test("create() has new files listed when there is an archive to compare with", async () => {
  const { filter, changes } = await createWith([listed("A", "etc/a"), listed("M", "etc/b")], true);
  assert.equal(filter, "--filter=AMCE");
  assert.deepEqual(changes, { added: 1, modified: 1, changedWhileRead: 0, unreadable: 0 });
});

Deno.test("create() counts every file as new when it makes the first archive", async () => {
  const { filter, changes } = await createWith([listed("M", "etc/b"), listed("E", "etc/c")], false);
  assert.equal(filter, "--filter=MCE");
  assert.deepEqual(changes, { added: 9, modified: 1, changedWhileRead: 0, unreadable: 1 });
});

Deno.test("create() has new files listed in the first archive when the log names them", async () => {
  const { filter } = await createWith([], false, { logsAdded: true });
  assert.equal(filter, "--filter=AMCE");
});
