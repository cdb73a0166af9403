import assert from "node:assert/strict";
import { sourceStatus } from "../../../lib/report/status/source_status.ts";

Deno.test("sourceStatus() reads what is known of each source, and nothing of what is damaged", () => {
  const figures = [
    { path: "/home", files: 3, bytes: null, rules: "x" },
    { path: "/srv", files: -1, bytes: "9" },
    { path: 7 },
    null,
  ];
  assert.deepEqual(sourceStatus(JSON.stringify({ figures })), [
    { path: "/home", files: 3, bytes: null },
    { path: "/srv", files: null, bytes: null },
  ]);
  for (const damaged of [undefined, "", "{", "[]", "null", "7", '{"figures":7}']) {
    assert.deepEqual(sourceStatus(damaged), []);
  }
});
