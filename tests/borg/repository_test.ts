import assert from "node:assert/strict";
import { localPath } from "../../lib/borg/repository.ts";
import { isWarning } from "../../lib/borg/run_borg.ts";

Deno.test("localPath() gives the path of a repository on this machine alone", () => {
  assert.equal(localPath("/mnt/disk/borg"), "/mnt/disk/borg");
  assert.equal(localPath("file:///mnt/disk/borg"), "/mnt/disk/borg");
  assert.equal(localPath("ssh://backup@server:22/./borg"), undefined);
  assert.equal(localPath("backup@server:borg"), undefined);
});

Deno.test("isWarning() knows the exit codes of Borg 1.2 and 1.4", () => {
  const warnings = Array.from({ length: 256 }, (_, code) => code).filter(isWarning);
  assert.deepEqual(warnings, [1, ...Array.from({ length: 28 }, (_, index) => 100 + index)]);
});
