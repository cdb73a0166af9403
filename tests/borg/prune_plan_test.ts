import assert from "node:assert/strict";
import { parsePruneVerdict } from "../../lib/borg/prune_plan.ts";

const ARCHIVE = "web-2026-11-22T03:00:00Z-0123abcd";
const id = "f45d7440639d0aa392a4238f8a6c8a4e210f7f24";
const REST = `    Sun, 2026-11-22 03:00:00 [${id}]`;

Deno.test("parsePruneVerdict() reads what Borg would keep, by which rule, and what it would remove", () => {
  const cases = [
    [`Keeping archive (rule: daily #1):        ${ARCHIVE}${REST}`, "daily #1"],
    [
      `Keeping archive (rule: daily[oldest] #2):    ${ARCHIVE}${REST}`,
      "daily #2, the oldest archive",
    ],
    [`Keeping checkpoint archive:              ${ARCHIVE}.checkpoint${REST}`, "checkpoint archive"],
    [`Would prune:                             ${ARCHIVE}${REST}`, undefined],
  ] as const;
  for (const [text, rule] of cases) {
    const archive = text.includes("checkpoint") ? `${ARCHIVE}.checkpoint` : ARCHIVE;
    const verdict = rule === undefined ? { archive, id } : { archive, id, rule };
    assert.deepEqual(parsePruneVerdict(text), verdict);
  }
  assert.equal(parsePruneVerdict("Terminating with success status, rc 0"), undefined);
});

Deno.test("parsePruneVerdict() reads names that other programs gave", () => {
  for (const archive of ["of the web", "x", "a Sun, 2026-11-22 b", "a [b]", "a  b"]) {
    assert.deepEqual(parsePruneVerdict(`Would prune:      ${archive}${REST}`), { archive, id });
  }
  const zoned = `Would prune:   a b      Sun, 2026-11-22 03:00:00 +0100 [${id}]`;
  assert.deepEqual(parsePruneVerdict(zoned), { archive: "a b", id });
  assert.deepEqual(parsePruneVerdict("Would prune: a"), { archive: "a", id: "" });
});
