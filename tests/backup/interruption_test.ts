import assert from "node:assert/strict";
import { describeInterruption, watchForInterruption } from "../../lib/backup/interruption.ts";

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
}

Deno.test("watchForInterruption() aborts when a signal comes; the first one counts", async () => {
  using watch = watchForInterruption(60_000);
  assert.equal(watch.interruption, undefined);
  Deno.kill(Deno.pid, "SIGTERM");
  await aborted(watch.signal);
  watch.interrupt({ kind: "timeout", limit: 60_000 });
  assert.deepEqual(watch.interruption, { kind: "signal", signal: "SIGTERM" });
  assert.deepEqual(watch.signal.reason, { kind: "signal", signal: "SIGTERM" });
});

Deno.test("watchForInterruption() aborts when the time limit is over", async () => {
  using watch = watchForInterruption(20);
  await aborted(watch.signal);
  assert.deepEqual(watch.interruption, { kind: "timeout", limit: 20 });
});

Deno.test("watchForInterruption() can wait longer than one timer of JavaScript", async () => {
  using watch = watchForInterruption(60 * 24 * 3_600_000);
  // Deno lets a timer of more than 2^31 milliseconds end at once: ours would have, too, by then.
  await new Promise((resolve) => setTimeout(resolve, 2 ** 31));
  assert.equal(watch.signal.aborted, false);
});

Deno.test("describeInterruption() says what stopped the run", () => {
  assert.equal(
    describeInterruption({ kind: "signal", signal: "SIGINT" }),
    "interrupted by SIGINT",
  );
  assert.equal(
    describeInterruption({ kind: "timeout", limit: 12 * 3_600_000 }),
    "stopped after 12 h, the limit of run.timeout",
  );
});
