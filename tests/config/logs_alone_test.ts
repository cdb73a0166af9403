import assert from "node:assert/strict";
import { loadLogsAlone, type LogsAlone } from "../../lib/config/logs_alone.ts";
import { Place, SHORTEST } from "./files.ts";

const LOGS = '[logs]\ndirectory = "/l"\nkeep = 7\n';

/** Reads the logs table of a file that is invalid as a whole. */
async function load(content: string): Promise<LogsAlone | undefined> {
  using place = new Place();
  await place.refuse(content);
  return await loadLogsAlone(place.file);
}

Deno.test("loadLogsAlone() reads [logs] of a file that is invalid elsewhere", async () => {
  const alone = await load(`nonsense = 1\n${SHORTEST}${LOGS}`);
  assert.deepEqual(alone, { directory: "/l", keep: 7, name: "host" });
  const unnamed = { directory: "/l", keep: 30, name: undefined };
  assert.deepEqual(await load('name = 7\n[logs]\ndirectory = "/l"\nkeep = 0\n'), unnamed);
});

Deno.test("loadLogsAlone() gives the default directory when the file has no [logs]", async () => {
  const alone = await load("name = 7\n");
  assert.deepEqual(alone, { directory: "/var/log/autoborg", keep: 30, name: undefined });
});

Deno.test("loadLogsAlone() reads [logs] when the file is no TOML elsewhere", async () => {
  const alone = await load(`name = "web"\n[sources]\ndirectories = [\n${LOGS}`);
  assert.deepEqual(alone, { directory: "/l", keep: 7, name: "web" });
});

Deno.test("loadLogsAlone() gives nothing when the directory is not known", async () => {
  assert.equal(await load('name = 7\n[logs]\ndirectory = ""\n'), undefined, "it is empty");
  assert.equal(await load("name = web\n"), undefined, "no TOML, and no table is found");
  assert.equal(await load('[logs]\ndirectory = "FILL IN: where"\n'), undefined, "a note");
  assert.equal(await loadLogsAlone("/nonexistent"), undefined, "there is no file");
});
