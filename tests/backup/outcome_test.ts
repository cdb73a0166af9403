import assert from "node:assert/strict";
import type { Problem } from "../../lib/backup/outcome.ts";
import { stateOf, worst } from "../../lib/backup/outcome.ts";

const WARNING: Problem = { severity: "warning", message: "look at this" };
const ERROR: Problem = { severity: "error", message: "this was not done" };

Deno.test("stateOf() is as bad as the worst problem", () => {
  assert.equal(stateOf([]), "ok");
  assert.equal(stateOf([WARNING]), "warning");
  assert.equal(stateOf([WARNING, ERROR, WARNING]), "failed");
});

Deno.test("worst() is the worst of all states", () => {
  assert.equal(worst([]), "ok");
  assert.equal(worst(["ok", "warning", "ok"]), "warning");
  assert.equal(worst(["warning", "failed", "ok"]), "failed");
});
