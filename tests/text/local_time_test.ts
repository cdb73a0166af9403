import assert from "node:assert/strict";
import fc from "fast-check";
import { UsageError } from "../../lib/errors.ts";
import { localTime, parseMoment } from "../../lib/text/local_time.ts";

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

Deno.test("parseMoment() reads what localTime() writes", () => {
  const min = new Date(1971, 0, 1);
  fc.assert(
    fc.property(fc.date({ min, max: new Date(2100, 0, 1), noInvalidDate: true }), (time) => {
      const read = parseMoment(localTime(time));
      assert.equal(localTime(read), localTime(time));
    }),
  );
});
