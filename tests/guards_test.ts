import assert from "node:assert/strict";
import { kinds } from "./faults/kinds.ts";
import { ROOT } from "./pages.ts";

Deno.test("every fault names guards that stand once in the code", () => {
  for (const { name, guard } of Object.values(kinds).flat()) {
    for (const { file, find } of [guard].flat()) {
      const parts = Deno.readTextFileSync(`${ROOT}/${file}`).split(find);
      assert.equal(parts.length, 2, `${name}: ${file} has ${JSON.stringify(find)} once`);
    }
  }
});
