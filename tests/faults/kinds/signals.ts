/**
 * Signals come, at moments when they are least welcome.
 *
 * @module
 */
import { exists, repository } from "../../e2e/place.ts";
import type { Fault } from "../fault.ts";
import { WAIT } from "../seams.ts";
import type { Scene } from "../scene.ts";
import type { Running } from "../../e2e/program.ts";

const ONE = { repositories: [repository("first")] } as const;

/** Sends a signal as soon as Borg is at work. */
function whenBorgWaits(...signals: readonly Deno.Signal[]) {
  return async (scene: Scene, running: Running) => {
    await scene.borgWaits();
    for (const signal of signals) running.kill(signal);
  };
}

function stoppedBy(
  signal: "SIGINT" | "SIGTERM" | "SIGQUIT",
  code: number,
  guard: Fault["guard"],
): Fault {
  return {
    name: `run stops, and says so everywhere, when ${signal} comes while Borg is at work`,
    config: ONE,
    prepare: (scene) => scene.borgDoes("create", ...WAIT),
    during: whenBorgWaits(signal),
    repair: (scene) => scene.borgIsGood(),
    expected: {
      state: "failed",
      code,
      says: [new RegExp(`interrupted by ${signal}`)],
      logs: [/prune.*skipped: the run was stopped/],
    },
    guard,
  };
}

export const faults: readonly Fault[] = [
  stoppedBy("SIGTERM", 143, {
    file: "lib/backup/interruption.ts",
    find: '["SIGINT", "SIGTERM", "SIGQUIT"]',
    replace: '["SIGINT", "SIGQUIT"]',
  }),
  stoppedBy("SIGINT", 130, {
    file: "lib/cli/stop_signals.ts",
    find: "SIGINT: ExitCode.interrupted,",
    replace: "SIGINT: ExitCode.failed,",
  }),
  stoppedBy("SIGQUIT", 131, {
    file: "lib/backup/interruption.ts",
    find: '["SIGINT", "SIGTERM", "SIGQUIT"]',
    replace: '["SIGINT", "SIGTERM"]',
  }),
  {
    name: "run goes on when SIGHUP comes",
    config: ONE,
    prepare: (scene) => scene.borgDoes("create", ...WAIT),
    during: async (scene, running) => {
      await scene.borgWaits();
      running.kill("SIGHUP");
      await scene.letBorgGo();
    },
    repair: (scene) => scene.borgIsGood(),
    expected: { state: "ok", code: 0 },
    guard: { file: "lib/backup/interruption.ts", find: '["SIGHUP", ', replace: "[" },
  },
  {
    name: "run keeps to the first of two signals",
    config: ONE,
    prepare: (scene) =>
      scene.borgDoes(
        "create",
        // SIGTERM when it was not heard yet.
        `trap 'touch "$place/told"' INT TERM`,
        ...WAIT.slice(1),
        "exit 130",
      ),
    during: async (scene, running) => {
      await scene.borgWaits();
      running.kill("SIGTERM");
      await scene.waitFor("Borg to be told", () => exists(scene.place.at("told")));
      running.kill("SIGINT");
      await scene.letBorgGo();
    },
    repair: (scene) => scene.borgIsGood(),
    expected: { state: "failed", code: 143, says: [/interrupted by SIGTERM/] },
    guard: {
      file: "lib/backup/interruption.ts",
      find: "interruption ??= reason;",
      replace: "interruption = reason;",
    },
  },
  {
    name: "run stops when SIGTERM comes while mounts are looked at, before any archive",
    config: ONE,
    prepare: async (scene) => {
      const script = ["#!/bin/sh", "place=${0%/bin/mount}", ...WAIT, ""].join("\n");
      await scene.place.write("bin/mount", script, 0o700);
    },
    during: whenBorgWaits("SIGTERM"),
    repair: (scene) => Deno.remove(scene.place.at("bin/mount")),
    expected: {
      state: "failed",
      code: 143,
      says: [/interrupted by SIGTERM/],
      never: [/\$ borg create/],
    },
    guard: {
      file: "lib/staging/zfs_runner.ts",
      find: "...(signal === undefined ? {} : { signal }),\n    onStderrLine",
      replace: "onStderrLine",
    },
  },
  {
    name: "run keeps the archive, and does not prune, when SIGTERM comes during the check",
    config: { ...ONE, retention: { keep_last: 3 } },
    prepare: (scene) => scene.borgDoes("check", ...WAIT),
    during: whenBorgWaits("SIGTERM"),
    repair: (scene) => scene.borgIsGood(),
    expected: {
      state: "failed",
      code: 143,
      logs: [/create: ok after/, /prune.*skipped: the run was stopped/],
      never: [/\$ borg prune/],
    },
    guard: {
      file: "lib/backup/step_conditions.ts",
      find: 'if (state.stopped) return closed("the run was stopped");',
      replace: "",
    },
  },
];
