import assert from "node:assert/strict";
import type { Problem } from "../../lib/backup/outcome.ts";
import { verdictOf, worst } from "../../lib/backup/outcome.ts";

const WARNING: Problem = { severity: "warning", message: "look at this" };
const ERROR: Problem = { severity: "error", message: "this was not done" };

Deno.test("verdictOf() is as bad as the worst problem", () => {
  assert.equal(verdictOf([]), "ok");
  assert.equal(verdictOf([WARNING]), "warning");
  assert.equal(verdictOf([WARNING, ERROR, WARNING]), "failed");
});

Deno.test("worst() is the worst of all verdicts", () => {
  assert.equal(worst([]), "ok");
  assert.equal(worst(["ok", "warning", "ok"]), "warning");
  assert.equal(worst(["warning", "failed", "ok"]), "failed");
});
