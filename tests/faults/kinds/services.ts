/**
 * A service does not stop, does not start again, or the program is killed while it is stopped. The
 * `systemctl` of the scene keeps the states of units in files; sources are read without a snapshot.
 *
 * @module
 */
import { repository } from "../../e2e/place.ts";
import type { Fault } from "../fault.ts";
import type { Scene } from "../scene.ts";
import { WAIT } from "../seams.ts";

const SYSTEMCTL = `#!/bin/sh
place=\${0%/bin/systemctl}
verb=$1
while [ "$1" != -- ]; do shift; done
shift
for name; do
  state=$place/units/$name
  if [ "$verb" = show ]; then
    [ -f "$state" ] && loaded=loaded || loaded=not-found
    printf 'Id=%s\\nLoadState=%s\\nActiveState=%s\\nCanStart=yes\\nCanStop=yes\\n\\n' \\
      "$name" "$loaded" "$(cat "$state" 2>/dev/null)"
    continue
  fi
  if [ -f "$0.d/$verb-$name" ]; then . "$0.d/$verb-$name"; fi
  [ "$verb" = stop ] && echo inactive >"$state" || echo active >"$state"
done
`;

const CONFIG = {
  repositories: [repository("first")],
  quiesce: { units: ["app.service", "db.service"], allow_long_pause: true },
};

/** Makes two units that run; what one of them does instead is lines for the shell. */
async function prepare(
  { place }: Scene,
  does: Readonly<Record<string, string>> = {},
): Promise<void> {
  await place.write("bin/systemctl", SYSTEMCTL, 0o700);
  for (const name of ["app", "db"]) await place.write(`units/${name}.service`, "active\n");
  for (const [name, lines] of Object.entries(does)) {
    await place.write(`bin/systemctl.d/${name}.service`, `${lines}\n`);
  }
}

async function repair({ place }: Scene): Promise<void> {
  await Deno.remove(place.at("bin/systemctl.d"), { recursive: true }).catch(() => {});
}

/** Whatever happened, both units run at the end. */
async function assertRunning({ place }: Scene): Promise<void> {
  for (const name of ["app", "db"]) {
    const state = await Deno.readTextFile(place.at(`units/${name}.service`));
    if (state !== "active\n") throw new Error(`${name}.service is ${state}`);
  }
}

export const faults: readonly Fault[] = [
  {
    name: "run backs up all the same when a service does not stop, and says so",
    config: CONFIG,
    prepare: (scene) => prepare(scene, { "stop-app": "echo 'Job failed.' >&2; exit 1" }),
    more: assertRunning,
    repair,
    expected: {
      state: "warning",
      code: 1,
      says: [/The unit "app.service" did not stop: exit code 1: Job failed/],
      logs: [/2 services were stopped for .*: app.service, db.service/, /\$ borg create/],
    },
    guard: {
      file: "lib/quiesce/quiet_services.ts",
      find: "} else if (!result.succeeded) {",
      replace: "} else if (result.reason === '') {",
    },
  },
  {
    name: "run backs nothing up when a service does not stop that must",
    config: { ...CONFIG, quiesce: { ...CONFIG.quiesce, required: true } },
    prepare: (scene) => prepare(scene, { "stop-db": "echo 'Job failed.' >&2; exit 1" }),
    more: assertRunning,
    repair,
    expected: {
      state: "failed",
      code: 2,
      says: [/Nothing was backed up, as quiesce.required is set: The unit "db.service" did not/],
      never: [/\$ borg create/],
    },
    guard: {
      file: "lib/quiesce/quiet_services.ts",
      find: "return this.request.required && this.problems.length > 0;",
      replace: "return false;",
    },
  },
  {
    name: "run fails when a service does not start again, and the next one starts it",
    config: CONFIG,
    prepare: (scene) => prepare(scene, { "start-app": "echo 'Job failed.' >&2; exit 1" }),
    repair,
    expected: {
      state: "failed",
      code: 2,
      says: [
        /"app.service" was stopped for the snapshot and did not start again: .*Job failed/,
        /sudo systemctl start app.service/,
      ],
      next: 1,
      nextSays: [/The unit "app.service" had been left stopped by the run/],
    },
    guard: {
      file: "lib/quiesce/start_again.ts",
      find: "return [{ service, reason: reason ?? `it is ${state.word}` }];",
      replace: "return [];",
    },
  },
  {
    name: "run starts the services that the run before it had stopped when it was killed",
    config: CONFIG,
    prepare: async (scene) => {
      await prepare(scene);
      await scene.borgDoes("create", ...WAIT);
    },
    during: async (scene, running) => {
      await scene.borgWaits();
      running.kill("SIGKILL");
      await scene.letBorgGo();
    },
    repair: async (scene) => {
      await scene.borgIsGood();
      await repair(scene);
    },
    expected: {
      without: "dead",
      state: "failed",
      code: 137,
      next: 1,
      nextSays: [/"app.service" had been left stopped by the run/, /"db.service" had been left/],
    },
    guard: {
      file: "lib/backup/run_backup.ts",
      find: "problems.push(...await startLeftServices(context));",
      replace: "",
    },
  },
  {
    name: "run starts its services again when it is stopped in the middle of stopping them",
    config: CONFIG,
    prepare: (scene) =>
      prepare(scene, {
        "stop-db": 'touch "$place/waits"; while [ ! -e "$place/go" ]; do sleep 0.02; done',
      }),
    during: async (scene, running) => {
      await scene.borgWaits();
      running.kill("SIGTERM");
      await scene.letBorgGo();
    },
    more: assertRunning,
    repair,
    expected: { state: "failed", code: 143, says: [/SIGTERM/], never: [/\$ borg create/] },
    guard: [
      {
        file: "lib/staging/stage.ts",
        find: "if (!isQuiet) await request.services?.start();",
        replace: "",
      },
      { file: "lib/backup/run_backup.ts", find: "await services?.start();", replace: "" },
    ],
  },
];
