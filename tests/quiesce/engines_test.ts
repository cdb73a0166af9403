import assert from "node:assert/strict";
import {
  type Engine,
  inspectContainers,
  readContainers,
} from "../../lib/quiesce/engine_containers.ts";
import { type RunningEngine, startDocker, startPodman } from "./engines.ts";

async function check(kind: Engine, engine: RunningEngine): Promise<void> {
  const create = async (name: string, ...options: readonly string[]) => {
    const { stderr } = await engine.run(
      ...["create", `--name=${name}`, "--network=none", ...options, "empty", "/empty"],
    );
    assert.doesNotMatch(stderr, /^Error/im);
  };
  await create("plain");
  await create("patient", "--stop-timeout=33");
  const names = ["plain", "patient", "nowhere", "never"];
  const { stdout, stderr } = await engine.run(...inspectContainers(kind, names));
  const states = readContainers(stdout, stderr.split("\n"), names, "stop");
  assert.deepEqual(
    [...states ?? []].map(([name, { kind, word, stopTime }]) => [name, kind, word, stopTime]),
    [
      ["plain", "resting", "created", 10_000],
      ["patient", "resting", "created", 33_000],
      ["nowhere", "missing", "missing", 0],
      ["never", "missing", "missing", 0],
    ],
  );
}

// Whether an engine works here is known only when it was tried; what is started here ends here.
for (const [kind, start] of [["docker", startDocker], ["podman", startPodman]] as const) {
  const tried = await start();
  const absent = typeof tried === "string" ? tried : undefined;
  if (typeof tried !== "string") await tried[Symbol.asyncDispose]();
  Deno.test({
    name: `readContainers() reads what ${kind} itself answers` +
      (absent === undefined ? "" : ` (not run: ${absent})`),
    ignore: absent !== undefined,
    fn: async () => {
      const engine = await start();
      assert.ok(typeof engine !== "string", String(engine));
      await using _ = engine;
      await check(kind, engine);
    },
  });
}
