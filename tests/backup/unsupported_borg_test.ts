import assert from "node:assert/strict";
import type { RepositoryOutcome } from "../../lib/backup/outcome.ts";
import { unsupportedBorgProblems } from "../../lib/backup/unsupported_borg.ts";
import { ProgramsDouble } from "../process/double.ts";

const FAILED: RepositoryOutcome = { label: "disk", state: "failed", steps: [] };
const OK: RepositoryOutcome = { label: "disk", state: "ok", steps: [] };

async function problemsWith(said: string | undefined, repository: RepositoryOutcome) {
  const programs = new ProgramsDouble(
    said === undefined ? {} : { "borg --version": { stdout: said } },
  );
  const { signal } = new AbortController();
  const context = { start: programs.start, inherited: {} };
  return await unsupportedBorgProblems(context, [OK, repository], signal);
}

Deno.test("unsupportedBorgProblems() names a Borg that is not supported when something failed", async () => {
  const [problem, ...others] = await problemsWith("borg 2.0.0b14\n", FAILED);
  assert.equal(problem?.severity, "error");
  assert.equal(problem?.message, "Borg 2.0.0b14 is not supported: expected 1.2 or 1.4");
  assert.match(problem?.hint ?? "", /^Install Borg 1\.4 beside it/);
  assert.deepEqual(others, []);
  assert.equal((await problemsWith("borg 1.1.16\n", FAILED)).length, 1);
});

Deno.test("unsupportedBorgProblems() asks nothing after a good run, and keeps silent otherwise", async () => {
  assert.deepEqual(await problemsWith("borg 2.0.0b14\n", OK), []);
  assert.deepEqual(await problemsWith("borg 1.4.0\n", FAILED), []);
  assert.deepEqual(await problemsWith("nonsense", FAILED), []);
  assert.deepEqual(await problemsWith(undefined, FAILED), []);
});
