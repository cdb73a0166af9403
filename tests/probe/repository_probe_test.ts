import assert from "node:assert/strict";
import type { Finding } from "../../lib/probe/finding.ts";
import { probeAll } from "../../lib/probe/probe_all.ts";
import { createMasker } from "../../lib/text/secret.ts";
import { loadConfig } from "../../lib/config/load.ts";
import { runProgram } from "../../lib/process/program.ts";
import { passphraseOf, Place, repository, type Table } from "../e2e/place.ts";

/** Probes within this process, so that the time limits can be short. */
async function look(
  place: Place,
  signal: AbortSignal,
  limit: number,
  whenWaiting: (names: readonly string[]) => void = () => {},
) {
  const { config, path, warnings, secrets } = await loadConfig(place.at("config.toml"), {});
  const waiting: (readonly string[])[] = [];
  const findings = await probeAll({
    config,
    path,
    warnings,
    inherited: place.env,
    start: runProgram,
    hostname: "web1",
    now: new Date(),
    mask: createMasker(secrets),
    signal,
    limits: { repository: limit, command: 20_000 },
  }, (names) => {
    waiting.push(names);
    whenWaiting(names);
  });
  return { findings, waiting };
}

function repositories(findings: readonly Finding[]): readonly string[] {
  return findings.filter(({ topic }) => topic === "repository")
    .map(({ name, state, message }) => `${name} ${state}: ${message}`);
}

/** "slow" needs a passphrase from a command that never prints one. */
async function makePlace(tables: Table): Promise<Place> {
  const place = await Place.make({ repositories: [repository("slow"), repository("good")] });
  await place.init();
  const command = { passphrase: undefined, passphrase_command: "sleep 1000" };
  await place.configure({
    ...tables,
    repositories: [repository("slow", command), repository("good")],
  });
  return place;
}

Deno.test("probeAll() gives a repository that hangs its time, and the others theirs", async () => {
  await using place = await makePlace({ run: { parallel: 1 } });
  const { findings, waiting } = await look(place, new AbortController().signal, 8_000);
  const [slow, good, ...others] = repositories(findings);
  assert.equal(slow, "slow failed: no answer within 8 s");
  assert.match(good ?? "", /^good ok: /);
  assert.deepEqual(others, []);
  assert.ok(waiting.some((names) => names.includes("slow") && !names.includes("lock")));
  assert.deepEqual(waiting.at(-1), []);
});

Deno.test("probeAll() ends with what it has when its signal aborts", async () => {
  await using place = await makePlace({});
  const controller = new AbortController();
  const { findings } = await look(place, controller.signal, 60_000, (names) => {
    if (names.join() === "slow") controller.abort();
  });
  assert.deepEqual(repositories(findings).map((row) => row.split(":")[0]), ["good ok"]);
});

Deno.test("probeAll() masks secrets, wherever they are", async () => {
  await using place = await Place.make();
  const secret = passphraseOf("first");
  await place.configure({
    repositories: [repository("first", { url: `${secret}.borg` })],
    sources: { directories: [`nowhere/${secret}`] },
  });
  const { findings } = await look(place, new AbortController().signal, 20_000);
  assert.ok(findings.some(({ state }) => state === "failed"));
  assert.ok(!JSON.stringify(findings).includes(secret));
});
