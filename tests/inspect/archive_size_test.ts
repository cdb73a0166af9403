import assert from "node:assert/strict";
import fc from "fast-check";
import { sizeAlarms } from "../../lib/inspect/archive_size.ts";

const LIMITS = { files: 50, size: 50 };
const extent = fc.record({ files: fc.nat(), originalSize: fc.nat() });

Deno.test("sizeAlarms() warns when more than half of the files are gone", () => {
  const [alarm] = sizeAlarms(
    { files: 40, originalSize: 5_000 },
    { files: 100, originalSize: 5_000 },
    LIMITS,
  );
  assert.equal(alarm?.kind, "archive-small");
  assert.match(alarm.message, /40 files instead of 100/);
});

Deno.test("sizeAlarms() warns when more than half of the bytes are gone", () => {
  const before = { files: 100, originalSize: 10_000_000 };
  const [alarm] = sizeAlarms({ files: 100, originalSize: 4_000_000 }, before, LIMITS);
  assert.match(alarm?.message ?? "", /3\.8 MiB instead of 9\.5 MiB/);
});

Deno.test("sizeAlarms() is silent when there is nothing to compare with", () => {
  assert.deepEqual(sizeAlarms({ files: 0, originalSize: 0 }, undefined, LIMITS), []);
});

Deno.test("sizeAlarms() is silent about a handful of files", () => {
  const before = { files: 9, originalSize: 900 };
  assert.deepEqual(sizeAlarms({ files: 1, originalSize: 1 }, before, LIMITS), []);
});

Deno.test("sizeAlarms() is silent when an archive grows, and when the limits are 100", () => {
  fc.assert(fc.property(extent, extent, (now, before) => {
    assert.deepEqual(sizeAlarms(now, before, { files: 100, size: 100 }), []);
    const grown = {
      files: before.files + now.files,
      originalSize: before.originalSize + now.originalSize,
    };
    assert.deepEqual(sizeAlarms(grown, before, { files: 1, size: 1 }), []);
  }));
});
