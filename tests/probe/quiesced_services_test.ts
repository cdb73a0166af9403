import assert from "node:assert/strict";
import { join } from "node:path";
import { loadConfig } from "../../lib/config/load.ts";
import { probeServices } from "../../lib/probe/quiesced_services.ts";
import { Scene } from "../cli/scene.ts";
import { Managers } from "../quiesce/managers.ts";

const SURROUNDINGS = { hasPodmanSocket: false, isSandboxed: false, ownUnits: new Set<string>() };

/** What is found of services that the configuration names with these lines. */
async function probe(managers: Managers, lines: string, surroundings = SURROUNDINGS) {
  using scene = new Scene();
  const file = join(scene.directory, "config.toml");
  await Deno.writeTextFile(file, `${await Deno.readTextFile(file)}\n[quiesce]\n${lines}\n`);
  const { config, path, warnings } = await loadConfig(file, {});
  const found = await probeServices({
    ...{ config, path, warnings, inherited: {}, start: managers.start, hostname: "web1" },
    ...{ now: new Date(), mask: (text) => text, signal: new AbortController().signal },
    limits: { repository: 60_000, command: 60_000 },
  }, surroundings);
  return found.map(({ name, state, message }) => `${name} ${state}: ${message}`);
}

Deno.test("probeServices() says what runs, what rests, what is missing and what can't be stopped", async () => {
  const managers = new Managers();
  managers.units.set("a.service", { state: "active", properties: { RequiredBy: "web.service" } });
  managers.units.set("web.service", { state: "active" });
  managers.units.set("idle.service", { state: "inactive" });
  managers.units.set("fixed.service", { state: "active", properties: { CanStop: "no" } });
  managers.containers.set("db", { state: "running" });
  const units = 'units = ["a.service", "idle.service", "fixed.service", "typo.service"]';
  const containers = 'containers = ["db", "typo"]\nengine = "podman"\nmode = "pause"';
  assert.deepEqual(await probe(managers, `${units}\n${containers}`), [
    "db ok: runs; it is paused for the snapshot and started again",
    "typo warning: it does not exist",
    "a.service ok: runs; it is stopped for the snapshot and started again",
    "idle.service ok: does not run, so it is left alone",
    "fixed.service warning: systemd does not let it be stopped by hand",
    "typo.service warning: it does not exist",
    "web.service ok: systemd stops it along with others; it is started again as well",
  ]);
  assert.deepEqual(managers.changes, []);
  const required = await probe(managers, 'units = ["typo.service"]\nrequired = true');
  assert.deepEqual(required, ["typo.service failed: it does not exist"]);
});

Deno.test("probeServices() says when an engine can't be used, and tests the units all the same", async () => {
  const managers = new Managers();
  managers.units.set("a.service", { state: "active" });
  const lines = 'units = ["a.service"]\ncontainers = ["db"]\nengine = "podman"';
  const found = await probe(managers, lines, { ...SURROUNDINGS, isSandboxed: true });
  assert.match(found[0] ?? "", /^db warning: Cannot use Podman in a sandbox of systemd/);
  assert.match(found[1] ?? "", /^a.service ok: runs/);
});

Deno.test("probeServices() starts nothing when no service is named", async () => {
  const managers = new Managers();
  assert.deepEqual(await probe(managers, ""), []);
  assert.deepEqual(managers.commands, []);
});
