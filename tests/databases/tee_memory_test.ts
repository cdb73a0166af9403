import assert from "node:assert/strict";
import { join } from "node:path";
import { ROOT } from "../pages.ts";

const MOST = 32 * 1_048_576;

Deno.test("Tee.pass() needs at most 32 MiB for a gigabyte into two programs", async () => {
  const script = join(ROOT, "tests/databases/tee_memory.ts");
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "-A", script, "1000000000"],
  }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  const grown = Number(new TextDecoder().decode(stdout));
  assert.ok(grown <= MOST, `it took ${Math.round(grown / 1_048_576)} MiB`);
});
