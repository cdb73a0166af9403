import assert from "node:assert/strict";
import fc from "fast-check";
import { parseCreateResult } from "../../lib/borg/create_result.ts";

const STATS = { nfiles: 3, original_size: 50_000, compressed_size: 40_000, deduplicated_size: 900 };
const WHOLE = {
  archive: { name: "web", stats: STATS },
  cache: { stats: { unique_csize: 70_000 } },
};

Deno.test("parseCreateResult() reads what borg create --json prints", () => {
  assert.deepEqual(parseCreateResult(JSON.stringify(WHOLE)), {
    files: 3,
    originalSize: 50_000,
    compressedSize: 40_000,
    deduplicatedSize: 900,
    repositorySize: 70_000,
  });
});

Deno.test("parseCreateResult() gives nothing when a figure is missing or is no whole number it can hold", () => {
  for (const key of Object.keys(STATS)) {
    for (const value of [undefined, "3", null, 2 ** 53, 9_007_199_254_740_993_000, -1, 1.5]) {
      const stats = { ...STATS, [key]: value };
      const text = JSON.stringify({ ...WHOLE, archive: { stats } });
      assert.equal(parseCreateResult(text), undefined);
    }
  }
  assert.equal(parseCreateResult(JSON.stringify({ ...WHOLE, cache: undefined })), undefined);
});

Deno.test("parseCreateResult() never throws, whatever Borg printed", () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
    assert.equal(parseCreateResult(text), undefined);
  }));
});
