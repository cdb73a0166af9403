import assert from "node:assert/strict";
import { judgeRetention } from "../../lib/probe/retention_probe.ts";

const TARGET = { label: "disk", prunedElsewhere: false };

/** What becomes of archives: each letter is one, `k` is kept. */
function verdicts(letters: string) {
  return [...letters].map((letter, index) =>
    letter === "k"
      ? { archive: `a${index}`, id: "", rule: "daily #1" }
      : { archive: `a${index}`, id: "" }
  );
}

const CASES: readonly (readonly [string, "ok" | "warning", RegExp])[] = [
  ["", "ok", /^prune would remove 0 of 0 archives$/],
  ["krr", "ok", /^prune would remove 2 of 3 archives$/],
  ["kkrr", "ok", /^prune would remove 2 of 4 archives$/],
  ["krrr", "warning", /^prune would remove 3 of 4 archives, which is more than half$/],
];

for (const [letters, state, message] of CASES) {
  Deno.test(`judgeRetention() calls it ${state} when the verdicts are "${letters}"`, () => {
    const found = judgeRetention(TARGET, verdicts(letters), ["--keep-daily=1"]);
    assert.equal(found.state, state);
    assert.match(found.message, message);
  });
}

Deno.test("judgeRetention() warns of no retention at all, unless another machine prunes", () => {
  assert.match(judgeRetention(TARGET, [], undefined).message, /^no retention is set/);
  assert.equal(judgeRetention({ ...TARGET, prunedElsewhere: true }, [], undefined).state, "ok");
});

Deno.test("judgeRetention() judges archives of other names by themselves", () => {
  const found = judgeRetention(TARGET, verdicts("krrr"), ["--keep-daily=1"], { also: "old-*" });
  assert.equal(found.state, "warning");
  assert.match(
    found.message,
    /^prune would remove 3 of 4 archives that match "old-\*", which is more/,
  );
});

Deno.test("judgeRetention() counts no archive as removed that is pinned", () => {
  const pinned = new Set(["a1", "a2", "other"]);
  const rules = ["--keep-daily=1"];
  const found = judgeRetention(TARGET, verdicts("krrr"), rules, { pinned });
  assert.equal(found.state, "ok");
  assert.equal(found.message, "prune would remove 1 of 4 archives; 2 more are pinned");
});
