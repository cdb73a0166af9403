import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { RATE_WINDOW, RateWatch } from "../../lib/databases/rate_watch.ts";
import { Tee } from "../../lib/databases/tee.ts";
import type { TeeBranch } from "../../lib/databases/tee_branch.ts";

const NEVER = new AbortController().signal;

/** Takes pieces until there is an end, or as many as are wanted. */
async function take(branch: TeeBranch, most = Infinity): Promise<Uint8Array[]> {
  const pieces: Uint8Array[] = [];
  for await (const piece of branch) {
    pieces.push(piece.slice());
    if (pieces.length >= most) break;
  }
  return pieces;
}

function streamOf(...texts: readonly string[]): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return ReadableStream.from(texts.map((text) => encoder.encode(text)));
}

function joined(pieces: readonly Uint8Array[]): string {
  return pieces.map((piece) => new TextDecoder().decode(piece)).join("");
}

function pair(minRate = 0): { tee: Tee; one: TeeBranch; other: TeeBranch } {
  const tee = new Tee(2, { minRate });
  const [one, other] = tee.branches;
  assert.ok(one !== undefined && other !== undefined);
  return { tee, one, other };
}

Deno.test("Tee.pass() gives every branch all bytes, and their size and hash", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.uint8Array({ minLength: 1, maxLength: 50 }), { maxLength: 20 }),
      fc.integer({ min: 1, max: 4 }),
      async (pieces, count) => {
        const tee = new Tee(count, { minRate: 0 });
        const taken = tee.branches.map((branch) => take(branch));
        const copies = pieces.map((piece) => piece.slice());
        const result = await tee.pass(ReadableStream.from(copies), NEVER);
        tee.end();
        const all = Buffer.concat(pieces);
        const sha256 = createHash("sha256").update(all).digest("hex");
        assert.deepEqual(result, { size: all.length, sha256 });
        for (const one of taken) assert.deepEqual(Buffer.concat(await one), all);
      },
    ),
    { numRuns: 50 },
  );
});

Deno.test("Tee.pass() reads no further than the slowest branch, by one piece", async () => {
  const { tee, one, other } = pair();
  let read = 0;
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      read += 1;
      controller.enqueue(new Uint8Array([read]));
    },
  }, { highWaterMark: 0 });
  const stop = new AbortController();
  const passing = tee.pass(stream, stop.signal);
  const fast = take(one);
  const slow = other[Symbol.asyncIterator]();
  await slow.next();
  await slow.next();
  await slow.next();
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
  // Three are taken, of which the third is not written yet; one more is read ahead.
  assert.ok(read <= 4, `${read} pieces were read`);
  stop.abort();
  assert.equal(await passing, undefined);
  one.leave();
  assert.equal((await fast).length, 3);
});

Deno.test("Tee.pass() goes on with the others when a branch leaves", async () => {
  const { tee, one, other } = pair();
  const gone = take(one, 1);
  const all = take(other);
  const result = await tee.pass(streamOf("a", "b", "c"), NEVER);
  tee.end();
  assert.deepEqual([joined(await gone), joined(await all), result?.size], ["a", "abc", 3]);
  assert.ok(!one.isOpen && other.isOpen);
});

Deno.test("Tee.pass() ends when nobody is left, even if the producer says nothing", async () => {
  const { tee, one, other } = pair();
  let cancelled = false;
  const silent = new ReadableStream<Uint8Array>({ cancel: () => void (cancelled = true) });
  const passing = tee.pass(silent, NEVER);
  one.leave();
  other.leave();
  assert.equal(await passing, undefined);
  assert.ok(cancelled);
});

Deno.test("Tee lets no branch see an end before it is said that the stream was whole", async () => {
  const { tee, one, other } = pair();
  const ends: string[] = [];
  const reading = [one, other].map((branch, index) =>
    take(branch).then(() => ends.push(`${index}`))
  );
  await tee.pass(streamOf("a", "b"), NEVER);
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
  assert.deepEqual(ends, []);
  tee.cut();
  assert.ok(one.signal.aborted && other.signal.aborted);
  assert.deepEqual(ends, []);
  one.leave();
  other.leave();
  await Promise.all(reading);
});

Deno.test("Tee.pass() throws what the producer throws, and no branch sees an end", async () => {
  const { tee, one } = pair();
  let ended = false;
  void take(one).then(() => ended = true);
  const broken = ReadableStream.from((async function* () {
    yield new Uint8Array(3);
    throw new Error("the disk is gone");
  })());
  await assert.rejects(async () => {
    tee.branches[1]?.leave();
    await tee.pass(broken, NEVER);
  }, /the disk is gone/);
  assert.ok(!ended);
  one.leave();
});

Deno.test("TeeBranch serves the second reader when the first one was never given anything", async () => {
  const { tee, one, other } = pair();
  other.leave();
  const first = take(one);
  const second = take(one);
  await tee.pass(streamOf("a", "b"), NEVER);
  tee.end();
  assert.deepEqual([joined(await first), joined(await second)], ["", "ab"]);
});

Deno.test("TeeBranch is cut off when one more reader comes in the midst of the stream", async () => {
  const { tee, one, other } = pair();
  other.leave();
  const reader = one[Symbol.asyncIterator]();
  const passing = tee.pass(streamOf("a", "b", "c"), NEVER);
  await reader.next();
  one[Symbol.asyncIterator]();
  assert.ok(one.signal.aborted);
  assert.equal(await passing, undefined);
});

Deno.test("Tee.pass() cuts off a branch that stays too slow, and goes on with the others", async () => {
  let now = 0;
  const tee = new Tee(2, { minRate: 1_000, now: () => now });
  const [slow, fast] = tee.branches;
  assert.ok(slow !== undefined && fast !== undefined);
  const stuck = slow[Symbol.asyncIterator]();
  const taken = take(fast);
  const passing = tee.pass(streamOf("a", "b", "c"), NEVER);
  await stuck.next();
  now = RATE_WINDOW + 1;
  const result = await passing;
  tee.end();
  assert.deepEqual([slow.isSlow, slow.signal.aborted, fast.isSlow], [true, true, false]);
  assert.deepEqual([joined(await taken), result?.size], ["abc", 3]);
});

Deno.test("RateWatch finds a reader too slow only after the whole window, and only below the rate", () => {
  const watch = new RateWatch(1_000);
  watch.took(10, RATE_WINDOW - 2);
  assert.ok(!watch.isTooSlow(1));
  assert.ok(watch.isTooSlow(2));
  const enough = new RateWatch(1_000);
  enough.took(RATE_WINDOW, RATE_WINDOW - 2);
  assert.ok(!enough.isTooSlow(2));
});

Deno.test("RateWatch finds a reader too slow that stands still, however fast it was before", () => {
  const watch = new RateWatch(1_000);
  watch.took(1e12, RATE_WINDOW / 2);
  assert.ok(!watch.isTooSlow(RATE_WINDOW - 1));
  assert.ok(watch.isTooSlow(RATE_WINDOW));
});

Deno.test("RateWatch remembers a window in which the reader was too slow", () => {
  const watch = new RateWatch(1_000);
  watch.took(10, RATE_WINDOW);
  assert.ok(watch.isTooSlow(0));
});

Deno.test("RateWatch begins anew with each window, and when the reader was busy otherwise", () => {
  const watch = new RateWatch(1_000);
  watch.took(RATE_WINDOW * 100, RATE_WINDOW);
  // What was fast in the window before does not count in this one.
  watch.took(10, RATE_WINDOW - 1);
  watch.restart();
  assert.ok(!watch.isTooSlow(1));
  watch.took(10, RATE_WINDOW - 1);
  assert.ok(watch.isTooSlow(1));
});

Deno.test("RateWatch finds nobody too slow without a rate", () => {
  const watch = new RateWatch(0);
  watch.took(0, 10 * RATE_WINDOW);
  assert.ok(!watch.isTooSlow(10 * RATE_WINDOW));
});
