import assert from "node:assert/strict";
import fc from "fast-check";
import { sizeProblem } from "../../lib/backup/size_guard.ts";

const LIMITS = { files: 50, size: 50 };
const extent = fc.record({ files: fc.nat(), originalSize: fc.nat() });

Deno.test("sizeProblem() warns when more than half of the files are gone", () => {
  const problem = sizeProblem(
    { files: 40, originalSize: 5_000 },
    { files: 100, originalSize: 5_000 },
    LIMITS,
  );
  assert.equal(problem?.severity, "warning");
  assert.match(problem.message, /40 files instead of 100/);
  assert.match(problem.hint ?? "", /--accept-size/);
});

Deno.test("sizeProblem() warns when more than half of the bytes are gone", () => {
  const before = { files: 100, originalSize: 10_000_000 };
  const problem = sizeProblem({ files: 100, originalSize: 4_000_000 }, before, LIMITS);
  assert.match(problem?.message ?? "", /4000000 bytes instead of 10000000/);
});

Deno.test("sizeProblem() is silent when there is nothing to compare with", () => {
  assert.equal(sizeProblem({ files: 0, originalSize: 0 }, undefined, LIMITS), undefined);
});

Deno.test("sizeProblem() is silent about a handful of files", () => {
  const before = { files: 9, originalSize: 900 };
  assert.equal(sizeProblem({ files: 1, originalSize: 1 }, before, LIMITS), undefined);
});

Deno.test("sizeProblem() is silent when an archive grows, and when the limits are 100", () => {
  fc.assert(fc.property(extent, extent, (now, before) => {
    assert.equal(sizeProblem(now, before, { files: 100, size: 100 }), undefined);
    const grown = {
      files: before.files + now.files,
      originalSize: before.originalSize + now.originalSize,
    };
    assert.equal(sizeProblem(grown, before, { files: 1, size: 1 }), undefined);
  }));
});
