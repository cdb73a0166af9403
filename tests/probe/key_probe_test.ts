import assert from "node:assert/strict";
import { join } from "node:path";
import { keyFingerprint, parseKeyCopy } from "../../lib/borg/key_copy.ts";
import { loadConfig } from "../../lib/config/load.ts";
import { probeKey } from "../../lib/probe/key_probe.ts";
import { History } from "../../lib/state/history.ts";
import { historyPath } from "../../lib/state/history_opening.ts";
import type { BorgDouble } from "../borg/double.ts";
import { KEY_FILE } from "../borg/sample_key.ts";
import { repositoryTable, Scene } from "../cli/scene.ts";

const parsed = parseKeyCopy(KEY_FILE);
assert.ok(parsed.kind === "copy");
const FINGERPRINT = keyFingerprint(parsed.copy.blob);

/** A machine on which Borg prints the sample key. */
function sceneWith(keys: Readonly<Record<string, unknown>> = {}): Scene {
  const scene = new Scene({ repositories: [repositoryTable("disk", keys)] });
  scene.borg.set("borg key", { stdout: KEY_FILE });
  return scene;
}

/** Notes what was exported once. */
function noteExport(scene: Scene, fingerprint: string): void {
  Deno.mkdirSync(scene.at("state"), { recursive: true, mode: 0o700 });
  using history = History.open(historyPath(scene.at("state")));
  history.keys("web", "disk").noteExport(fingerprint, Date.UTC(2026, 10, 1));
}

async function probe(scene: Scene, borg: BorgDouble = scene.borg, limit = 60_000) {
  const { config, path, warnings } = await loadConfig(join(scene.directory, "config.toml"), {});
  const [repository] = config.repositories;
  assert.ok(repository !== undefined);
  return await probeKey({
    ...{ config, path, warnings, inherited: {}, start: borg.start, hostname: "web1" },
    ...{ now: new Date(), mask: (text) => text, signal: new AbortController().signal },
    limits: { repository: limit, command: limit },
  }, repository);
}

Deno.test("probeKey() warns of a key that was never exported", async () => {
  using scene = sceneWith();
  const { topic, name, state, message } = await probe(scene);
  assert.deepEqual([topic, name, state], ["key", "disk", "warning"]);
  assert.match(message, /^its key was never exported: the only one is in the repository/);
  assert.match(message, /autoborg key export/);
});

Deno.test("probeKey() says when the key was exported that the repository still has", async () => {
  using scene = sceneWith();
  noteExport(scene, FINGERPRINT);
  const { state, message } = await probe(scene);
  assert.equal(state, "ok");
  assert.match(message, /^exported at 2026-\d\d-\d\d .*, and the same since$/);
});

Deno.test("probeKey() warns of a key that has changed since it was exported", async () => {
  using scene = sceneWith();
  noteExport(scene, FINGERPRINT.replace(/^./, (digit) => digit === "0" ? "1" : "0"));
  const { state, message } = await probe(scene);
  assert.equal(state, "warning");
  assert.match(message, /^its key has changed since it was exported at 2026-/);
});

Deno.test("probeKey() compares nothing when the repository has no key", async () => {
  using scene = sceneWith({ encryption: "none", passphrase: undefined });
  const { state, message } = await probe(scene);
  assert.deepEqual([state, message], ["skipped", "the repository has no key"]);
  assert.deepEqual(scene.borg.started, []);
});

Deno.test("probeKey() compares nothing when the key can't be exported", async () => {
  using scene = sceneWith();
  scene.borg.set("borg key", { stdout: KEY_FILE.slice(0, 300) });
  const torn = await probe(scene);
  scene.borg.fails("key", "Repository does not exist", "Repository.DoesNotExist");
  for (const { state, message } of [torn, await probe(scene)]) {
    assert.deepEqual([state, message], ["skipped", "not compared: it could not be exported"]);
  }
});

Deno.test("probeKey() compares nothing when the repository does not answer in time", async () => {
  using scene = sceneWith();
  scene.borg.set("borg key", ({ signal }) => {
    const { promise, resolve } = Promise.withResolvers<{ readonly code: number }>();
    signal?.addEventListener("abort", () => resolve({ code: 2 }));
    return promise;
  });
  const { state, message } = await probe(scene, scene.borg, 1);
  assert.deepEqual([state, message], ["skipped", "not compared: the repository did not answer"]);
});

Deno.test("probeKey() compares nothing when the history can't be read", async () => {
  using scene = sceneWith();
  scene.write("state/history.db", "this is no database, and it is long enough to be read");
  const { state, message } = await probe(scene);
  assert.equal(state, "skipped");
  assert.match(message, /^not compared: /);
});
