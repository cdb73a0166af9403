import assert from "node:assert/strict";
import { lookWithoutMemory } from "../../lib/borg/look_advice.ts";
import { DEFAULT_CONFIG, nameConfig } from "../../lib/text/own_command.ts";
import { TARGET } from "../backup/plans.ts";

Deno.test("lookWithoutMemory() looks as the user whose Borg refused the repository", () => {
  const forgetful = "BORG_SECURITY_DIR=$(mktemp -d) BORG_CACHE_DIR=$(mktemp -d)";
  assert.equal(lookWithoutMemory(TARGET), `"${forgetful} autoborg borg disk -- list"`);
  try {
    nameConfig(DEFAULT_CONFIG, true);
    assert.equal(lookWithoutMemory(TARGET), `"${forgetful} autoborg borg disk -- list"`);
  } finally {
    nameConfig(DEFAULT_CONFIG);
  }
});
