import assert from "node:assert/strict";
import { watchForStop } from "../../lib/cli/stop_signals.ts";

for (const [signal, code] of [["SIGHUP", 129], ["SIGQUIT", 131], ["SIGTERM", 143]] as const) {
  Deno.test(`watchForStop() aborts with exit code ${code} when ${signal} comes`, async () => {
    using watch = watchForStop();
    const aborted = new Promise((resolve) => watch.signal.addEventListener("abort", resolve));
    // Listening to signals alone does not keep the event loop going.
    const alive = setInterval(() => {}, 1_000);
    Deno.kill(Deno.pid, signal);
    await aborted;
    clearInterval(alive);
    assert.equal(watch.received, signal);
    assert.equal(watch.exitCode, code);
  });
}

Deno.test("watchForStop() stops without a signal when the verb ends with an error", () => {
  using watch = watchForStop();
  assert.ok(!watch.signal.aborted);
  watch.stop();
  assert.ok(watch.signal.aborted);
  assert.equal(watch.received, undefined);
});
