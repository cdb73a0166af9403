import assert from "node:assert/strict";
import { graceAfter, LATE, startDeadline, within } from "../../lib/async/deadline.ts";

Deno.test("startDeadline() waits for the clock it is given, not for the timer alone", async () => {
  let time = 0;
  let looks = 0;
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const clock = {
    now: () => {
      looks++;
      // The clock stood still for a while, as it does when the machine sleeps.
      if (looks > 3) time = 20;
      return time;
    },
  };
  using _deadline = startDeadline(20, resolve, clock);
  await ended;
  assert.ok(looks > 3);
});

Deno.test("startDeadline() does not ask the wall clock, which may be set to another hour", async () => {
  const { now } = Date;
  let asked = 0;
  Date.now = () => {
    asked++;
    return now() + 3_600_000;
  };
  try {
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    using _deadline = startDeadline(1, resolve);
    await ended;
  } finally {
    Date.now = now;
  }
  assert.equal(asked, 0);
});

Deno.test("startDeadline() can wait longer than one timer of JavaScript", async () => {
  let over = false;
  using _deadline = startDeadline(60 * 24 * 3_600_000, () => over = true);
  // Deno lets a timer of more than 2^31 milliseconds end at once: ours would have, too, by then.
  await new Promise((resolve) => setTimeout(resolve, 2 ** 31));
  assert.equal(over, false);
});

Deno.test("within() gives what was waited for, or says that it is late", async () => {
  assert.equal(await within(Promise.resolve(7), 10_000), 7);
  assert.equal(await within(new Promise<number>(() => {}), 10), LATE);
  await assert.rejects(within(Promise.reject(new Error("it failed")), 10_000), /it failed/);
});

Deno.test("graceAfter() aborts some time after the other signal, and never without it", async () => {
  const stop = new AbortController();
  using early = graceAfter(stop.signal, 10);
  using never = graceAfter(undefined, 10);
  // A deadline as long as theirs, begun later: they would be over, too.
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  using _deadline = startDeadline(10, resolve);
  await ended;
  assert.equal(early.signal.aborted, false);
  stop.abort();
  using late = graceAfter(stop.signal, 10);
  await Promise.all(
    [early, late].map(({ signal }) =>
      new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }))
    ),
  );
  assert.equal(never.signal.aborted, false);
});

Deno.test("within() waits no longer once its signal aborts", async () => {
  const stop = new AbortController();
  const never = new Promise<string>(() => {});
  const waiting = within(never, 60_000, stop.signal);
  stop.abort();
  assert.equal(await waiting, LATE);
  assert.equal(await within(never, 60_000, stop.signal), LATE, "aborted before");
  assert.equal(await within(Promise.resolve("done"), 60_000, new AbortController().signal), "done");
});
