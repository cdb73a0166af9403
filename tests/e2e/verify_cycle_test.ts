import assert from "node:assert/strict";
import { flipBit, largestSegment } from "./damage.ts";
import { Place } from "./place.ts";

/** One of the two files of each run may be the newest one, which Borg always lists as new. */
const TURNS = 5;

Deno.test("run finds damage to a file that never changes when its turn comes, and again in each run", async () => {
  await using place = await Place.quick({ verify: { files: 2, cycle: "0s" } });
  await place.write("source/data.bin", crypto.getRandomValues(new Uint8Array(65_536)));
  await place.init();
  await place.settle();
  await place.expect(0, "run");
  await flipBit(largestSegment(place.at("first.borg")), 60_000);
  let code = 0;
  for (let turn = 0; turn < TURNS && code === 0; turn += 1) {
    const ended = await place.autoborg("run");
    code = ended.code;
    if (code !== 0) assert.match(ended.stderr, /first +verify +failed/);
  }
  assert.equal(code, 2, "every file has its turn");
  const { stderr } = await place.expect(2, "run");
  assert.match(stderr, /first +verify +failed/);
});
