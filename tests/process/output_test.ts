import assert from "node:assert/strict";
import fc from "fast-check";
import { Tail } from "../../lib/process/output.ts";

Deno.test("Tail keeps every line as long as there is room", () => {
  const tail = new Tail(20);
  for (const line of ["one", "", "three"]) tail.push(line);
  assert.deepEqual(tail.lines, ["one", "", "three"]);
  assert.equal(tail.text, "one\n\nthree");
});

Deno.test("Tail forgets the oldest lines when there is no more room", () => {
  const tail = new Tail(10);
  for (const line of ["first", "second", "third"]) tail.push(line);
  assert.deepEqual(tail.lines, ["third"]);
});

Deno.test("Tail cuts a line that does not fit at all", () => {
  const tail = new Tail(5);
  tail.push("123456789");
  assert.ok("123456789".startsWith(tail.text));
  assert.ok(tail.text.length >= 4);
});

Deno.test("Tail stays within its limit and holds the newest lines, whatever comes", () => {
  fc.assert(fc.property(fc.array(fc.string()), fc.integer({ min: 1, max: 50 }), (lines, limit) => {
    const tail = new Tail(limit);
    for (const line of lines) tail.push(line);
    assert.ok(tail.text.length <= limit);
    assert.ok(tail.lines.length <= limit);
    const newest = lines.slice(lines.length - tail.lines.length);
    assert.deepEqual(tail.lines, newest.map((line) => line.slice(0, limit - 1)));
  }));
});

Deno.test("Tail stays within its limit when a program prints nothing but line breaks", () => {
  const tail = new Tail(100);
  for (let line = 0; line < 10_000; line++) tail.push("");
  assert.ok(tail.lines.length <= 100);
});
