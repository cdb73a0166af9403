import assert from "node:assert/strict";
import {
  forecast,
  isFullSoon,
  parseForecast,
  type SizePoint,
  weeklyGrowth,
} from "../../lib/state/repository_space.ts";

const DAY = 86_400_000;
const GB = 1_000_000_000;

/** Nights at four in the morning, give or take a quarter of an hour, with what each one adds. */
function nights(
  count: number,
  added: (night: number) => number,
  pruned: (night: number) => number = () => 0,
): readonly SizePoint[] {
  let size = 500 * GB;
  return Array.from({ length: count }, (_, night) => {
    const at = (20_000 + night) * DAY + 4 * 3_600_000 + (night % 3) * 900_000;
    size += added(night);
    const point = { at, size, added: added(night) };
    size -= pruned(night);
    return point;
  });
}

function isAbout(found: number | undefined, expected: number): void {
  assert.ok(found !== undefined && Math.abs(found - expected) < 0.05 * GB, `${found}`);
}

const WEEKS: readonly (readonly [what: string, points: readonly SizePoint[], growth: number])[] = [
  ["every night adds the same", nights(60, () => GB), 7 * GB],
  ["work days add, weekends do not", nights(60, (night) => night % 7 < 5 ? GB : 0), 5 * GB],
  ["one night a move of 300 GB", nights(60, (night) => night === 40 ? 300 * GB : GB), 7 * GB],
  [
    "one night a large directory went",
    nights(60, () => GB, (n) => n === 30 ? 200 * GB : 0),
    7 * GB,
  ],
  ["retention removes each night what came", nights(60, () => GB, () => GB), 0],
  [
    "retention removes on Sundays",
    nights(60, () => GB, (night) => night % 7 === 6 ? 7 * GB : 0),
    0,
  ],
  ["it shrinks", nights(60, () => GB, () => 2 * GB), -7 * GB],
  ["a backup each week", nights(60, () => GB).filter((_, night) => night % 7 === 0), 7 * GB],
  ["nights without a backup", nights(60, () => GB).filter((_, n) => n % 5 !== 0), 7 * GB],
  [
    "several backups a day",
    nights(60, () => GB).flatMap((one) => [one, { ...one, at: one.at + 9e6 }]),
    7 * GB,
  ],
];

for (const [what, points, growth] of WEEKS) {
  Deno.test(`weeklyGrowth() tells how much a repository grows when ${what}`, () => {
    isAbout(weeklyGrowth(points), growth);
    isAbout(weeklyGrowth(points.toReversed()), growth);
  });
}

Deno.test("weeklyGrowth() says nothing when there are too few nights", () => {
  assert.equal(weeklyGrowth([]), undefined);
  assert.equal(weeklyGrowth(nights(9, () => GB)), undefined);
  isAbout(weeklyGrowth(nights(10, () => GB)), 7 * GB);
});

Deno.test("forecast() counts down the weeks of a disk that fills", () => {
  const disk = 600 * GB;
  const past = nights(100, () => GB);
  const weeks = [50, 64, 78, 92].map((night) => {
    const points = past.slice(0, night);
    const free = disk - (points.at(-1)?.size ?? 0);
    return forecast({ free }, points);
  });
  assert.deepEqual(weeks.map(({ fullIn }) => Math.round(fullIn ?? 0)), [7, 5, 3, 1]);
  assert.deepEqual(weeks.map(isFullSoon), [false, false, true, true]);
});

Deno.test("forecast() takes the limit that comes first", () => {
  const points = nights(30, () => GB);
  const size = points.at(-1)?.size ?? 0;
  const roomOf = (space: Parameters<typeof forecast>[0]) => forecast(space, points).room;
  assert.equal(roomOf({}), undefined);
  assert.equal(roomOf({ free: 90 * GB }), 90 * GB);
  assert.equal(roomOf({ free: 90 * GB, reserved: 100 * GB }), 0);
  assert.equal(roomOf({ free: 90 * GB, reserved: 5 * GB, working: GB }), 84 * GB);
  assert.equal(roomOf({ free: 90 * GB, working: GB, appendOnly: true }), 90 * GB);
  assert.equal(roomOf({ free: 90 * GB, quota: size + 10 * GB }), 10 * GB);
  assert.equal(roomOf({ quota: 20 * GB, quotaUsed: 5 * GB }), 15 * GB);
  assert.equal(forecast({ quota: 20 * GB }, []).room, undefined);
  assert.equal(forecast({ free: 0 }, points).fullIn, 0);
});

Deno.test("forecast() never says that a repository is full that does not grow", () => {
  const { growth, fullIn } = forecast({ free: 1 }, nights(30, () => GB, () => GB));
  assert.equal(growth, 0);
  assert.equal(fullIn, undefined);
});

Deno.test("forecast() counts what was pruned when the repository is append-only", () => {
  const points = nights(30, () => GB, () => GB);
  isAbout(forecast({ free: 1, appendOnly: true }, points).growth, 7 * GB);
});

Deno.test("parseForecast() reads what was written, and nothing of what is damaged", () => {
  const space = forecast({ free: 5, total: 10, appendOnly: true }, nights(30, () => GB));
  assert.deepEqual(parseForecast(JSON.stringify(space)), space);
  for (const text of ["", "null", "7", "[]", '{"free":"much","appendOnly":1}']) {
    assert.deepEqual(parseForecast(text), {});
  }
});
