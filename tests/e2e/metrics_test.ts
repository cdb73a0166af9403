import assert from "node:assert/strict";
import { Holder } from "./holder.ts";
import { Place } from "./place.ts";
import { runToEnd, which } from "./program.ts";

const METRICS = { metrics: { textfile: "autoborg.prom" } };
const PROMTOOL = which("promtool");

/** The value of a metric without further labels. */
function valueOf(place: Place, name: string): number {
  const text = Deno.readTextFileSync(place.at("autoborg.prom"));
  const value = new RegExp(`^autoborg_${name}\\{name="web"\\} (.*)$`, "m").exec(text)?.[1];
  assert.ok(value, `${name} in\n${text}`);
  return Number(value);
}

Deno.test("run that is killed has its start in the metrics until the next one counts it", async () => {
  await using place = await Place.quick(METRICS);
  await place.expect(0, "init");
  assert.equal(valueOf(place, "run_started_timestamp_seconds"), 0);
  const before = Date.now() / 1_000;
  {
    await using _holder = await Holder.start(place);
    const running = place.start("run", "--progress=none");
    await running.prints(/run [0-9a-f]{8}/);
    running.kill("SIGKILL");
    await running.end();
  }
  assert.ok(valueOf(place, "run_started_timestamp_seconds") >= Math.floor(before));
  await place.expect(1, "run");
  assert.equal(valueOf(place, "run_started_timestamp_seconds"), 0);
  assert.equal(valueOf(place, "runs_died_before_last"), 1);
  await place.expect(0, "run");
  assert.equal(valueOf(place, "runs_died_before_last"), 0);
  assert.equal(valueOf(place, "runs_without_report"), 1);
});

Deno.test("recover counts the run that was killed", async () => {
  await using place = await Place.quick(METRICS);
  await place.init();
  {
    await using _holder = await Holder.start(place);
    const running = place.start("run", "--progress=none");
    await running.prints(/run [0-9a-f]{8}/);
    running.kill("SIGKILL");
    await running.end();
  }
  await place.expect(0, "recover");
  assert.equal(valueOf(place, "run_started_timestamp_seconds"), 0);
  assert.equal(valueOf(place, "runs_died_before_last"), 1);
});

Deno.test({
  name: `promtool finds nothing wrong with the metrics of a run${
    PROMTOOL === undefined ? " (not run: promtool is not installed)" : ""
  }`,
  ignore: PROMTOOL === undefined,
  fn: async () => {
    await using place = await Place.quick(METRICS);
    await place.init();
    await place.expect(0, "run");
    const stdin = Deno.readTextFileSync(place.at("autoborg.prom"));
    const ended = await runToEnd([PROMTOOL ?? "", "check", "metrics"], { env: {}, stdin });
    assert.deepEqual([ended.code, ended.stdout + ended.stderr], [0, ""]);
  },
});
