import assert from "node:assert/strict";
import fc from "fast-check";
import {
  progressLine,
  type RepositoryProgress,
} from "../../../lib/report/terminal/progress_lines.ts";
import { ANY_CHARACTER } from "../../characters.ts";

const COUNT = fc.integer({ min: 0, max: 1e15 });
const STATE: fc.Arbitrary<RepositoryProgress> = fc.record({
  repository: fc.string({ minLength: 1, maxLength: 32 }),
  step: fc.constantFrom("create", "check", "compact"),
  elapsed: COUNT,
  progress: fc.oneof(
    fc.constant(undefined),
    fc.record({
      kind: fc.constant("create" as const),
      files: COUNT,
      originalSize: COUNT,
      newSize: COUNT,
      path: fc.string({ unit: fc.oneof(fc.constantFrom("/", "漢", "🎉", "é", "\n"), fc.string()) }),
    }),
    fc.record({
      kind: fc.constant("percent" as const),
      percent: fc.double({ min: 0, max: 100, noNaN: true }),
      message: fc.string({ unit: ANY_CHARACTER }),
    }),
    fc.record({
      kind: fc.constant("entries" as const),
      entries: COUNT,
      expected: COUNT,
      message: fc.string({ unit: ANY_CHARACTER }),
    }),
    fc.record({
      kind: fc.constant("bytes" as const),
      bytes: COUNT,
      expected: COUNT,
      message: fc.string({ unit: ANY_CHARACTER }),
    }),
  ),
  estimate: fc.record({ percent: fc.double({ min: 0, max: 99, noNaN: true }), remaining: COUNT }),
});

/** Columns on a terminal: East Asian characters and emoji take two. */
function columns(text: string): number {
  const wide =
    /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\uff60\u{1f300}-\u{1faff}]/u;
  return [...text].reduce((sum, character) => sum + (wide.test(character) ? 2 : 1), 0);
}

Deno.test("progressLine() is never wider than the terminal and stays on one line", () => {
  fc.assert(fc.property(STATE, fc.integer({ min: 0, max: 200 }), (state, width) => {
    const line = progressLine(state, width);
    assert.ok(columns(line) <= width, `${columns(line)} columns of ${width}: ${line}`);
    assert.doesNotMatch(line.slice(state.repository.length), /[\p{Cc}\u2028\u2029]/u);
  }));
});

Deno.test("progressLine() tells files, sizes, rate and the path", () => {
  const progress = {
    kind: "create",
    files: 1602,
    originalSize: 1_288_490_189,
    newSize: 3_565_158,
    path: "srv/data/file",
  } as const;
  const line = progressLine({ repository: "disk", step: "create", elapsed: 10_000, progress }, 200);
  const expected = "disk create 1,602 files, 1.2 GiB, 3.4 MiB new, 122.9 MiB/s  srv/data/file";
  assert.equal(line, expected);
});

Deno.test("progressLine() keeps the end of a path, which tells files apart", () => {
  const path = `${"very/".repeat(30)}deep/file.txt`;
  const progress = { kind: "create", files: 1, originalSize: 0, newSize: 0, path } as const;
  const line = progressLine({ repository: "disk", step: "create", elapsed: 1_000, progress }, 80);
  assert.match(line, /…[^…]*deep\/file\.txt$/);
});

Deno.test("progressLine() says a percentage, or that there is nothing to say yet", () => {
  const state = { repository: "disk", step: "check", elapsed: 1_000 };
  const progress = { kind: "percent", percent: 12.34, message: "Checking segments" } as const;
  const line = progressLine({ ...state, progress }, 80);
  assert.match(line, /^disk check 12 % +Checking segments$/);
  assert.equal(progressLine({ ...state, progress: undefined }, 80), "disk check …");
});

Deno.test("progressLine() tells how many bytes of a dump went through, and how many are left", () => {
  const progress = { kind: "bytes", bytes: 52_428_800, message: "pg/shop" } as const;
  const state = { repository: "disk", step: "restore", elapsed: 5_000 };
  assert.equal(
    progressLine({ ...state, progress }, 80),
    "disk restore 50.0 MiB, 10.0 MiB/s  pg/shop",
  );
  assert.equal(
    progressLine({ ...state, progress: { ...progress, expected: 104_857_600 } }, 80),
    "disk restore ~50 %, 50.0 MiB, 10.0 MiB/s  pg/shop",
  );
});
