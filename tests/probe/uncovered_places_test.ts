import assert from "node:assert/strict";
import { join } from "node:path";
import { loadConfig } from "../../lib/config/load.ts";
import { probeCoverage } from "../../lib/probe/uncovered_places.ts";
import { Scene } from "../cli/scene.ts";

/** What is found on a machine whose files lie below a directory of the scene. */
async function probe(scene: Scene) {
  const { config, path, warnings } = await loadConfig(join(scene.directory, "config.toml"), {});
  return await probeCoverage({
    ...{ config, path, warnings, inherited: {}, start: scene.borg.start, hostname: "web1" },
    ...{ now: new Date(), mask: (text) => text, signal: new AbortController().signal },
    limits: { repository: 60_000, command: 60_000 },
  }, scene.at("machine"));
}

Deno.test("probeCoverage() wants a dump of databases that nobody configured", async () => {
  using scene = new Scene();
  scene.write("machine/var/lib/mysql/ibdata1", "data");
  const found = await probe(scene);
  const said = new Map(found.map(({ name, message, hint }) => [name, `${message}; ${hint}`]));
  const database = said.get("/var/lib/mysql") ?? said.get(scene.at("machine/var/lib/mysql")) ?? "";
  assert.match(
    database,
    /^this database directory is in no source; Dump it in each run: .*databases/,
  );
  assert.doesNotMatch(database, /sources\.directories/);
});
