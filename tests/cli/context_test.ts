import assert from "node:assert/strict";
import { isOfRoot } from "../../lib/cli/context.ts";

Deno.test("isOfRoot() tells of a configuration that does not exist who could create it", () => {
  const ofAll = Deno.makeTempDirSync();
  Deno.chmodSync(ofAll, 0o1777);
  try {
    assert.equal(isOfRoot(`${ofAll}/config.toml`), false);
    assert.equal(isOfRoot(`${ofAll}/autoborg/config.toml`), false);
    assert.equal(isOfRoot("/etc/no-such-directory/of/autoborg.toml"), true);
    assert.equal(isOfRoot("/etc/passwd"), true);
  } finally {
    Deno.removeSync(ofAll);
  }
});
