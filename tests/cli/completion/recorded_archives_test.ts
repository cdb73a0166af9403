import assert from "node:assert/strict";
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
