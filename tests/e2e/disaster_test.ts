import assert from "node:assert/strict";
import { ROOT, runToEnd, searchPath, which } from "./program.ts";

const MISSING = ["bash", "awk", "sed", "find"].find((program) => which(program) === undefined);

for (const encryption of ["keyfile-blake2", "repokey-blake2"]) {
  Deno.test({
    name: `docs/how-to/disaster.md restores everything, word by word, with ${encryption}${
      MISSING === undefined ? "" : ` (not run: ${MISSING} is not installed)`
    }`,
    ignore: MISSING !== undefined,
    fn: async () => {
      const env = { ...Deno.env.toObject(), PATH: searchPath() };
      const script = `${ROOT}scripts/disaster_test.sh`;
      const { code, stdout, stderr } = await runToEnd(["bash", script, encryption], { env });
      assert.equal(code, 0, `${stdout}${stderr}`);
      assert.match(stdout, /^The guide works$/m);
    },
  });
}
