import assert from "node:assert/strict";
import { machineIdentity } from "../../lib/files/machine_identity.ts";

Deno.test("machineIdentity() is host name and machine id, and nothing where there is no id", () => {
  const file = Deno.makeTempFileSync();
  try {
    Deno.writeTextFileSync(file, "0123456789abcdef0123456789abcdef\n");
    assert.equal(machineIdentity("web1", file), "web1 0123456789abcdef0123456789abcdef");
    // As in an image that was not started yet; see machine-id(5).
    Deno.writeTextFileSync(file, "uninitialized\n");
    assert.equal(machineIdentity("web1", file), "");
  } finally {
    Deno.removeSync(file);
  }
  assert.equal(machineIdentity("web1", file), "");
});
