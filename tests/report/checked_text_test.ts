import assert from "node:assert/strict";
import { describeCheck } from "../../lib/report/checked_text.ts";

const CHECKED = {
  ...{ allData: false, percent: 100, archivesRead: 2 },
  coverage: { archives: 3, damaged: 0, unchecked: 0, every: 1_209_600_000 },
} as const;

Deno.test("describeCheck() says what was checked, and how far the archives are", () => {
  assert.deepEqual(
    describeCheck(CHECKED, "ok"),
    [
      "the whole repository, 2 archives read",
      "all 3 archives checked in the last 14 d",
    ],
  );
});

Deno.test("describeCheck() gives no all-clear when the check has failed", () => {
  assert.deepEqual(
    describeCheck(CHECKED, "failed"),
    ["the whole repository, 2 archives read"],
  );
});
