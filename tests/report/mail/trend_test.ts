import assert from "node:assert/strict";
import { sparkline, type Trend, trendOf } from "../../../lib/report/mail/trend.ts";

const MIB = 1024 ** 2;

/** Runs on days in a row; `undefined` is a run that failed. */
function trend(...sizes: readonly (number | undefined)[]): Trend {
  const past = sizes.map((size, index) => ({
    startedAt: new Date(Date.UTC(2026, 9, 1 + index, 4)),
    state: size === undefined ? "failed" : "ok",
    newSize: size,
  }));
  const found = trendOf("disk", past);
  assert.ok(found);
  return found;
}

Deno.test("trendOf() gives each run a bar in proportion to its new data", () => {
  const { bars, caption } = trend(10 * MIB, 0, 5 * MIB, 10 * MIB);
  assert.deepEqual(bars.map(({ height }) => height), [1, 0, 0.5, 1]);
  assert.equal(bars[2]?.title, "2026-10-03: 5.0 MiB");
  assert.equal(
    caption,
    "4 runs from 2026-10-01 to 2026-10-04, the largest 10.0 MiB, the last 10.0 MiB",
  );
});

Deno.test("trendOf() cuts a first backup off, so that the others can be told apart", () => {
  const { bars, caption } = trend(500_000 * MIB, ...Array(29).fill(10 * MIB));
  assert.deepEqual(bars[0], { title: "2026-10-01: 488.3 GiB", height: 1, kind: "cut" });
  assert.equal(bars[1]?.height, 0.8);
  assert.match(caption, /the largest 488\.3 GiB, the last 10\.0 MiB, 1 cut off$/);
});

Deno.test("trendOf() marks a run that made no archive", () => {
  const { bars, caption } = trend(MIB, undefined);
  assert.equal(bars[1]?.kind, "failed");
  assert.match(caption, /the last failed, 1 failed$/);
});

Deno.test("trendOf() says what a run that made no archive has left", () => {
  const startedAt = new Date("2026-10-01T04:00:00Z");
  const past = { startedAt, state: "failed", newSize: undefined, checkpointSize: 3 * MIB };
  const bar = { title: "2026-10-01: failed, 3.0 MiB new", height: 1, kind: "failed" };
  assert.deepEqual(trendOf("disk", [past])?.bars, [bar]);
});

Deno.test("trendOf() knows nothing without runs, and draws nothing but zeros flat", () => {
  assert.equal(trendOf("disk", []), undefined);
  assert.deepEqual(trend(0, 0).bars.map(({ height }) => height), [0, 0]);
  assert.match(trend(MIB).caption, /^one run on 2026-10-01, the largest 1\.0 MiB/);
  assert.equal(trend(-5).bars[0]?.height, 0, "a repository may have undersized");
});

Deno.test("sparkline() draws one character for each run", () => {
  assert.equal(sparkline(trend(0, 5, 10, undefined).bars), "▁▅█x");
  assert.equal(sparkline(trend(9_000, ...Array(20).fill(10)).bars).slice(0, 2), "^▇");
});
