import assert from "node:assert/strict";
import fc from "fast-check";
import { UsageError } from "../../lib/errors.ts";
import {
  localDay,
  localSecond,
  localTime,
  logTime,
  parseMoment,
} from "../../lib/text/local_time.ts";

Deno.test("parseMoment() reads local time when no zone is given", () => {
  assert.deepEqual(parseMoment("2026-11-20 08:00"), new Date(2026, 10, 20, 8, 0));
  assert.deepEqual(parseMoment("2026-11-20T08:00:30"), new Date(2026, 10, 20, 8, 0, 30));
});

Deno.test("parseMoment() takes a day for its end", () => {
  assert.deepEqual(parseMoment("2026-11-20"), new Date(2026, 10, 20, 23, 59, 59, 999));
});

Deno.test("parseMoment() minds a zone", () => {
  assert.equal(parseMoment("2026-11-20T08:00:00Z").toISOString(), "2026-11-20T08:00:00.000Z");
  assert.equal(parseMoment("2026-11-20 08:00+01:00").toISOString(), "2026-11-20T07:00:00.000Z");
  assert.equal(parseMoment("2026-11-20 08:00-0130").toISOString(), "2026-11-20T09:30:00.000Z");
});

for (const text of ["", "now", "2026-13-01", "2026-02-30", "2026-11-20 24:00", "20.11.2026"]) {
  Deno.test(`parseMoment() refuses ${JSON.stringify(text)}`, () => {
    assert.throws(() => parseMoment(text), UsageError);
  });
}

Deno.test("localTime() writes the clock on the wall with its zone", () => {
  const time = new Date(2026, 10, 20, 8, 5, 9, 42);
  const minutes = -time.getTimezoneOffset();
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  const two = (value: number) => String(value).padStart(2, "0");
  const zone = `${minutes < 0 ? "-" : "+"}${two(hours)}:${two(rest)}`;
  assert.equal(localTime(time), `2026-11-20 08:05 ${zone}`);
  assert.equal(localTime(time.toISOString()), `2026-11-20 08:05 ${zone}`);
  assert.equal(localSecond(time.getTime()), `2026-11-20 08:05:09 ${zone}`);
  assert.equal(logTime(time), `2026-11-20T08:05:09.042${zone}`);
  assert.equal(localDay(time), "2026-11-20");
});

Deno.test("localTime() follows the zone of the machine", async () => {
  const module = new URL("../../lib/text/local_time.ts", import.meta.url);
  const code = `import { localTime } from ${JSON.stringify(module.href)};` +
    'console.log(localTime("2026-07-01T12:00:00Z"), localTime("2026-11-22T04:00:00Z"));';
  for (
    const [TZ, expected] of [
      ["Europe/Berlin", "2026-07-01 14:00 +02:00 2026-11-22 05:00 +01:00"],
      ["America/St_Johns", "2026-07-01 09:30 -02:30 2026-11-22 00:30 -03:30"],
      ["UTC", "2026-07-01 12:00 +00:00 2026-11-22 04:00 +00:00"],
    ] as const
  ) {
    const deno = new Deno.Command(Deno.execPath(), { args: ["eval", code], env: { TZ } });
    assert.equal(new TextDecoder().decode((await deno.output()).stdout).trim(), expected);
  }
});

Deno.test("localTime() leaves what is no time as it is", () => {
  assert.equal(localTime("once"), "once");
});

Deno.test("parseMoment() reads what localTime() writes", () => {
  const min = new Date(1971, 0, 1);
  fc.assert(
    fc.property(fc.date({ min, max: new Date(2100, 0, 1), noInvalidDate: true }), (time) => {
      assert.equal(localTime(parseMoment(localTime(time))), localTime(time));
    }),
  );
});
