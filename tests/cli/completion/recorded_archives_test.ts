import assert from "node:assert/strict";
import {
  recordedArchives,
  recordedDatabases,
} from "../../../lib/cli/completion/recorded_archives.ts";
import { History } from "../../../lib/state/history.ts";
import { historyPath } from "../../../lib/state/history_opening.ts";
import { databaseSeries, GLOBALS } from "../../../lib/text/database_series.ts";
import { parseArchiveName } from "../../../lib/text/archive_name.ts";
import { Scene } from "../scene.ts";

Deno.test("completion proposes the archives that the history knows, and starts no Borg", async () => {
  using scene = new Scene();
  const propose = async () => {
    const words = ["restore", "--config", scene.at("config.toml"), "--archive", ""];
    const { out } = await scene.runAlone("completions", "propose", "zsh", ...words);
    return out.split("\n").slice(1, -1).map((line) => line.split("\t")[0] ?? "");
  };
  assert.deepEqual(await propose(), ["latest"]);
  assert.equal((await scene.run("run")).code, 0);
  scene.borg.requests.length = 0;
  const [latest, archive = "", ...others] = await propose();
  assert.deepEqual([latest, others], ["latest", []]);
  assert.equal(parseArchiveName(archive)?.series, "web");
  assert.deepEqual(scene.borg.requests, []);
  scene.write("state/history.db", "no database");
  assert.deepEqual(await propose(), ["latest"]);
});

Deno.test("recordedDatabases() has what commands take, and archives of files come before dumps", () => {
  const stateDir = Deno.makeTempDirSync();
  try {
    const of = (database: string) => databaseSeries("web", { label: "pg", database });
    const names = [
      "web-2026-11-20T04:00:00Z-0123abcd",
      `${of("shop 'ä'")}-2026-11-22T04:00:00Z-2123abcd`,
      `${of("shop 'ä'")}-2026-11-20T04:00:00Z-0123abcd`,
      `${of(GLOBALS)}-2026-11-22T04:00:00Z-2123abcd`,
      "web-2026-11-22T04:00:00Z-2123abcd",
    ];
    {
      using history = History.open(historyPath(stateDir));
      history.ledger("web", "disk").noteByHand([], names);
    }
    const place = { name: "web", stateDir, repositories: [{ label: "disk", url: "/mnt" }] };
    assert.deepEqual(recordedDatabases(place), ["pg/globals", "pg/shop 'ä'"]);
    assert.deepEqual(recordedArchives(place).slice(0, 2), [names[4], names[0]]);
    assert.equal(recordedArchives(place).length, 5);
    assert.deepEqual(recordedDatabases({ ...place, stateDir: `${stateDir}/no` }), []);
  } finally {
    Deno.removeSync(stateDir, { recursive: true });
  }
});
