import assert from "node:assert/strict";
import { encryptionProblem } from "../../lib/inspect/encryption.ts";

Deno.test("encryptionProblem() is an error when a repository is protected less than configured", () => {
  for (
    const [configured, mode] of [
      ["repokey-blake2", "none"],
      ["keyfile", "none"],
      ["authenticated", "none"],
      ["repokey", "authenticated-blake2"],
    ] as const
  ) {
    const problem = encryptionProblem("disk", configured, mode);
    assert.equal(problem?.severity, "error", `${configured} ${mode}`);
    assert.match(problem?.message ?? "", new RegExp(`says encryption = "${configured}"`));
    assert.match(problem?.hint ?? "", new RegExp(`set encryption = "${mode}" in`));
  }
});

Deno.test("encryptionProblem() says nothing of another place of the key, or of more protection", () => {
  for (
    const [configured, mode] of [
      ["repokey-blake2", "keyfile"],
      ["keyfile", "repokey-blake2"],
      ["authenticated", "authenticated-blake2"],
      ["authenticated", "repokey"],
      ["none", "none"],
      ["none", "authenticated"],
    ] as const
  ) {
    assert.equal(encryptionProblem("disk", configured, mode), undefined, `${configured} ${mode}`);
  }
});
