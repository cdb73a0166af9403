import assert from "node:assert/strict";
import { watchForStop } from "../../lib/cli/stop_signals.ts";

/** A process of its own: a signal to this one would stop what other tests are doing. */
const WATCHER = `
import { watchForStop } from "${new URL("../../lib/cli/stop_signals.ts", import.meta.url)}";
using watch = watchForStop();
const aborted = new Promise((resolve) => watch.signal.addEventListener("abort", resolve));
// Listening to signals alone does not keep the event loop going.
setInterval(() => {}, 1_000);
console.log("ready");
await aborted;
console.log(watch.received);
Deno.exit(watch.exitCode);
`;

for (const [signal, code] of [["SIGHUP", 129], ["SIGQUIT", 131], ["SIGTERM", 143]] as const) {
  Deno.test(`watchForStop() aborts with exit code ${code} when ${signal} comes`, async () => {
    const args = ["eval", "--quiet", "--no-lock", "--ext=ts", WATCHER];
    const child = new Deno.Command(Deno.execPath(), { args, stdout: "piped", stderr: "inherit" })
      .spawn();
    const said: string[] = [];
    for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
      said.push(...text.split("\n").filter((line) => line !== ""));
      if (text.includes("ready")) child.kill(signal);
    }
    assert.deepEqual(said, ["ready", signal]);
    assert.equal((await child.status).code, code);
  });
}

Deno.test("watchForStop() stops without a signal when the verb ends with an error", () => {
  using watch = watchForStop();
  assert.ok(!watch.signal.aborted);
  watch.stop();
  assert.ok(watch.signal.aborted);
  assert.equal(watch.received, undefined);
});
