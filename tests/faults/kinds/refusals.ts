/**
 * A run can't begin, and somebody must hear of it all the same.
 *
 * @module
 */
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { type Place, repository } from "../../e2e/place.ts";
import type { Running } from "../../e2e/program.ts";
import type { Fault } from "../fault.ts";
import type { Scene } from "../scene.ts";
import { WAIT } from "../seams.ts";
import { logSays, metricsSay, reportSays } from "../traces.ts";

const ONE = { repositories: [repository("first")] } as const;

/** The runs that hold the lock. */
const holders = new WeakMap<Scene, Running>();

/** What the history says of all runs, those that were refused last. */
function runsOf(place: Place): readonly Readonly<Record<string, unknown>>[] {
  const database = new DatabaseSync(place.at("state/history.db"), { readOnly: true });
  try {
    return database.prepare("SELECT id, state, refused FROM runs ORDER BY refused")
      .all().map((row) => ({ ...row }));
  } finally {
    database.close();
  }
}

/** Lets the run that holds the lock go on to its end, and looks at its five traces. */
async function requireGoodHolder(scene: Scene): Promise<void> {
  const { place, mails } = scene;
  const received = mails.received.length;
  assert.equal(logSays(place), undefined, "its log has a state while it is at work");
  await scene.letBorgGo();
  const ended = await holders.get(scene)?.end();
  assert.equal(ended?.code, 0, `it ended with ${ended?.code}: ${ended?.stderr}`);
  const [log, report] = [logSays(place), await reportSays(scene, received)];
  for (const said of [log, report, metricsSay(place)]) {
    assert.equal(said?.state, "ok", `a trace of it says ${said?.state}: ${said?.text}`);
  }
  assert.equal(report?.runId, log?.runId);
  const [own, refused, ...more] = runsOf(place);
  assert.deepEqual(own, { id: log?.runId, state: "ok", refused: 0 });
  assert.deepEqual([refused?.refused, refused?.state, more.length], [1, "failed", 0]);
}

export const faults: readonly Fault[] = [
  {
    name: "run is refused, and leaves all traces of the other one alone, while that is at work",
    config: ONE,
    prepare: async (scene) => {
      await scene.borgDoes("create", ...WAIT);
      holders.set(scene, scene.start());
      await scene.borgWaits();
    },
    more: requireGoodHolder,
    repair: (scene) => scene.borgIsGood(),
    expected: {
      without: "refused",
      state: "failed",
      code: 75,
      says: [/another run holds the lock/, /run [0-9a-f]{8} \(process \d+\) has held it since/],
    },
    guard: {
      file: "lib/state/run_lock.ts",
      find: "return await file.tryLock(exclusive);",
      replace: "return true;",
    },
  },
  {
    name: "run mails why an invalid configuration keeps it from beginning",
    prepare: (scene) => scene.configure({ ...ONE, logs: { directory: "logs", level: "loud" } }),
    repair: (scene) => scene.configure(ONE),
    expected: {
      without: "refused",
      state: "failed",
      code: 78,
      says: [/the configuration is invalid \(1 mistake\)/, /logs\.level/],
      never: [/geheim/],
    },
    guard: {
      file: "lib/cli/verbs/run.ts",
      find: "await reportInvalidConfig(context, chosenConfig(context, flags), error);",
      replace: "",
    },
  },
];
