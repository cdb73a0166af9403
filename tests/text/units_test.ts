import assert from "node:assert/strict";
import fc from "fast-check";
import {
  DURATION_PATTERN,
  formatDuration,
  formatSize,
  humanAge,
  humanDuration,
  humanLimit,
  humanPercent,
  humanSize,
  parseDuration,
  parseSize,
  SIZE_PATTERN,
} from "../../lib/text/units.ts";

const COUNT = fc.nat({ max: Number.MAX_SAFE_INTEGER });

Deno.test("parseDuration() reads every unit", () => {
  const durations = {
    "0s": 0,
    "250ms": 250,
    "90s": 90_000,
    "10m": 600_000,
    "26h": 93_600_000,
    "1d": 86_400_000,
    "2w": 1_209_600_000,
    "1h30m": 5_400_000,
    "1w2d3h4m5s6ms": 788_645_006,
    "1m5ms": 60_005,
  };
  for (const [text, duration] of Object.entries(durations)) {
    assert.equal(parseDuration(text), duration, text);
  }
});

Deno.test("parseDuration() throws a RangeError when the text is not a duration", () => {
  for (const text of ["", "10", "m", "10 m", "-1h", "1.5h", "10M", "30m1h", "1y", "1h1h", "١h"]) {
    assert.throws(() => parseDuration(text), {
      name: "RangeError",
      message: new RegExp(`^Cannot read "${text}": expected a duration such as `),
    });
  }
  assert.throws(() => parseDuration(`${"9".repeat(30)}w`), /it is too large$/);
});

Deno.test("formatDuration() writes one number with the largest fitting unit", () => {
  for (const text of ["0s", "1ms", "90s", "10m", "26h", "1d", "2w", "30d"]) {
    assert.equal(formatDuration(parseDuration(text)), text);
  }
  assert.equal(formatDuration(parseDuration("1h30m")), "90m");
  for (const duration of [-1, 0.5, NaN, Infinity]) {
    assert.throws(() => formatDuration(duration), /expected a whole number of at least 0$/);
  }
});

Deno.test("parseDuration() reads what formatDuration() writes", () => {
  fc.assert(fc.property(COUNT, (duration) => {
    assert.equal(parseDuration(formatDuration(duration)), duration);
  }));
});

Deno.test("parseDuration() throws a RangeError or returns a whole number, whatever the text", () => {
  const anything = fc.oneof(fc.string(), fc.stringMatching(/^(\d{1,20}(ms|[wdhms])){0,4}$/));
  fc.assert(fc.property(anything, (text) => {
    try {
      assert.ok(Number.isSafeInteger(parseDuration(text)));
      assert.match(text, DURATION_PATTERN);
    } catch (error) {
      assert.ok(error instanceof RangeError);
    }
  }));
});

Deno.test("parseSize() reads every unit", () => {
  const sizes = {
    "0B": 0,
    "100B": 100,
    "500KB": 500_000,
    "500KiB": 512_000,
    "1MB": 1_000_000,
    "2GiB": 2_147_483_648,
    "1TB": 1_000_000_000_000,
    "1PiB": 1_125_899_906_842_624,
  };
  for (const [text, size] of Object.entries(sizes)) assert.equal(parseSize(text), size, text);
});

Deno.test("parseSize() throws a RangeError when the text is not a size", () => {
  for (const text of ["", "10", "2G", "2 GiB", "-1B", "1.5MB", "2gib", "1KiB1B"]) {
    assert.throws(() => parseSize(text), {
      name: "RangeError",
      message: `Cannot read "${text}": expected a size such as "100B", "500KB" or "2MiB"`,
    });
  }
  assert.throws(() => parseSize("9999999PiB"), /it is too large$/);
});

Deno.test("parseSize() reads what formatSize() writes", () => {
  const size = fc.oneof(
    COUNT,
    fc.tuple(fc.nat({ max: 1000 }), fc.nat({ max: 4 })).map(([n, e]) => n * 1024 ** e),
    fc.tuple(fc.nat({ max: 1000 }), fc.nat({ max: 4 })).map(([n, e]) => n * 1000 ** e),
  );
  fc.assert(fc.property(size, (size) => {
    assert.match(formatSize(size), SIZE_PATTERN);
    assert.equal(parseSize(formatSize(size)), size);
  }));
  assert.equal(formatSize(500_000), "500KB");
  assert.equal(formatSize(512_000), "500KiB");
  assert.equal(formatSize(2 ** 31), "2GiB");
  assert.throws(() => formatSize(-1), /Cannot write -1 bytes/);
});

Deno.test("humanDuration() writes two units at most", () => {
  const durations: [number, string][] = [
    [-5, "0.0 s"],
    [0, "0.0 s"],
    [800, "0.8 s"],
    [9_940, "9.9 s"],
    [9_960, "10 s"],
    [59_400, "59 s"],
    [59_960, "1 min"],
    [250_000, "4 min 10 s"],
    [3_599_960, "1 h"],
    [7_380_000, "2 h 3 min"],
    [86_399_999, "1 d"],
    [273_600_000, "3 d 4 h"],
  ];
  for (const [duration, text] of durations) assert.equal(humanDuration(duration), text);
});

Deno.test("humanAge() writes one whole unit", () => {
  const ages: [number, string][] = [
    [-5, "0 s"],
    [59_900, "59 s"],
    [3_599_000, "59 min"],
    [97_000_000, "26 h"],
    [172_799_000, "47 h"],
    [172_800_000, "2 d"],
  ];
  for (const [age, text] of ages) assert.equal(humanAge(age), text);
});

Deno.test("humanLimit() writes one unit, not rounded", () => {
  const limits: [number, string][] = [
    [0, "0 s"],
    [1, "1 ms"],
    [90_000, "90 s"],
    [600_000, "10 min"],
    [93_600_000, "26 h"],
    [1_209_600_000, "14 d"],
  ];
  for (const [limit, text] of limits) assert.equal(humanLimit(limit), text);
  assert.throws(() => humanLimit(-1), /Cannot write -1 milliseconds/);
});

Deno.test("humanPercent() says 100 % only when all is done", () => {
  const shares: [number, string][] = [[0, "0 %"], [34.4, "34 %"], [99.9, "99 %"], [100, "100 %"]];
  for (const [share, text] of shares) assert.equal(humanPercent(share), text);
});

Deno.test("humanSize() writes one decimal and never 1024 of a unit", () => {
  const sizes: [number, string][] = [
    [0, "0 B"],
    [812, "812 B"],
    [1023, "1023 B"],
    [1024, "1.0 KiB"],
    [1_048_570, "1.0 MiB"],
    [1_288_490_189, "1.2 GiB"],
    [-2048, "-2.0 KiB"],
    [2 ** 60, "1024.0 PiB"],
  ];
  for (const [size, text] of sizes) assert.equal(humanSize(size), text);
  fc.assert(fc.property(fc.nat({ max: 2 ** 50 }), (size) => {
    assert.ok(parseFloat(humanSize(size)) < 1024);
  }));
});
