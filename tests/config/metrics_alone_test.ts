import assert from "node:assert/strict";
import { loadMetricsAlone, type MetricsAlone } from "../../lib/config/metrics_alone.ts";
import { Place, SHORTEST } from "./files.ts";

const METRICS = '[metrics]\ntextfile = "/m/x.prom"\n';

/** Reads the metrics table of a file that is invalid as a whole. */
async function load(content: string): Promise<MetricsAlone | undefined> {
  using place = new Place();
  await place.refuse(content);
  return await loadMetricsAlone(place.file);
}

Deno.test("loadMetricsAlone() reads [metrics] of a file that is invalid elsewhere", async () => {
  const alone = await load(`nonsense = 1\n${SHORTEST}${METRICS}`);
  assert.deepEqual(alone, { textfile: "/m/x.prom", name: "host" });
  assert.deepEqual(await load(`name = 7\n${METRICS}`), { textfile: "/m/x.prom", name: undefined });
});

Deno.test("loadMetricsAlone() reads [metrics] when the file is no TOML elsewhere", async () => {
  const broken =
    `name = "web"\n[sources]\ndirectories = [\n${METRICS}[[repositories]]\nlabel = x\n`;
  assert.deepEqual(await load(broken), { textfile: "/m/x.prom", name: "web" });
  assert.deepEqual(await load(`name = web\n${METRICS}`), {
    textfile: "/m/x.prom",
    name: undefined,
  });
});

Deno.test("loadMetricsAlone() gives nothing when the path can't be used", async () => {
  assert.equal(await load("name = 7\n"), undefined, "there is no table");
  assert.equal(await load('name = 7\n[metrics]\ntextfile = ""\n'), undefined, "it is empty");
  assert.equal(await load("name = 7\n[metrics]\ntextfile = /m/x.prom\n"), undefined, "no TOML");
  assert.equal(await load('[metrics]\ntextfile = "FILL IN: where"\n'), undefined, "a note");
  assert.equal(await loadMetricsAlone("/nonexistent"), undefined, "there is no file");
});
