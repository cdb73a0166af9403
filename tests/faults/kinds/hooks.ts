/**
 * A hook fails, hangs, or may not be run. Hooks lie at fixed paths: the program sees another `/etc`
 * than everybody else.
 *
 * @module
 */
import { repository } from "../../e2e/place.ts";
import type { Fault } from "../fault.ts";
import { root } from "../needs.ts";
import { at, hurry } from "../seams.ts";
import type { Scene } from "../scene.ts";

const ONE = { repositories: [repository("first")] } as const;

/** Puts hooks there; each of them is lines for the shell. */
async function write(scene: Scene, hooks: Readonly<Record<string, string>>): Promise<void> {
  for (const name of ["etc", "etc/autoborg", "etc/autoborg/hooks", "work"]) {
    await Deno.mkdir(scene.place.at(name), { recursive: true });
    await Deno.chmod(scene.place.at(name), 0o755);
  }
  for (const [name, lines] of Object.entries(hooks)) {
    const text = `#!/bin/sh\nplace=${scene.place.directory}\n${lines}\n`;
    await scene.place.write(`etc/autoborg/hooks/${name}`, text, 0o755);
  }
}

const withHooks: Pick<Fault, "start" | "impossible" | "config" | "repair"> = {
  config: ONE,
  impossible: root,
  start: (scene) => {
    const { place } = scene;
    const over = `lowerdir=/etc,upperdir=${place.at("etc")},workdir=${place.at("work")}`;
    const script = `mount -t overlay overlay -o "$0" /etc && exec "$@"`;
    return scene.startCommand(["unshare", "--mount", "sh", "-c", script, over, ...scene.command()]);
  },
  repair: async ({ place }) => {
    await Deno.remove(place.at("etc"), { recursive: true });
    await Deno.remove(place.at("work"), { recursive: true });
  },
};

export const faults: readonly Fault[] = [
  {
    ...withHooks,
    name: "run backs nothing up when before-snapshot fails, and still runs after-snapshot",
    prepare: (scene) =>
      write(scene, { "before-snapshot": "exit 3", "after-snapshot": "echo unlocked" }),
    expected: {
      state: "failed",
      code: 2,
      says: [/before-snapshot" failed: exit code 3/],
      logs: [/after-snapshot: unlocked/],
      never: [/\$ borg create/],
    },
    guard: {
      file: "lib/staging/stage.ts",
      find: "// With snapshots it already has run, right behind them.\n    await after();",
      replace: "",
    },
  },
  {
    ...withHooks,
    name: "run says so when the hook finished fails",
    prepare: (scene) => write(scene, { finished: "exit 4" }),
    expected: { state: "warning", code: 1, says: [/finished" failed: exit code 4/] },
    guard: {
      file: "lib/backup/hooks.ts",
      find: "if (end === undefined) return [];",
      replace: "return [];",
    },
  },
  {
    ...withHooks,
    name: "run ends a hook that hangs together with its children",
    prepare: (scene) =>
      write(scene, {
        finished: `sh -c 'while [ -e "$0" ]; do sleep 0.05; done' $place/etc & wait`,
      }),
    // The hook hangs, nothing else does.
    inject: () => at("spawn", /\/finished *$/, () => at("spawn", /^kill /, hurry(600))),
    more: async (scene) => {
      await scene.waitFor("the children to be gone", () => scene.processes().length === 0);
    },
    expected: {
      state: "warning",
      code: 1,
      says: [/finished" failed: stopped after its time limit/],
    },
    guard: {
      file: "lib/process/process_group.ts",
      find: "`-${this.#leader}`",
      replace: "`${this.#leader}`",
    },
  },
  {
    ...withHooks,
    name: "run refuses a hook that other users may write",
    prepare: async (scene) => {
      await write(scene, { "before-snapshot": "true" });
      await Deno.chmod(scene.place.at("etc/autoborg/hooks/before-snapshot"), 0o777);
    },
    expected: {
      state: "failed",
      code: 2,
      says: [/Refusing to run the hook/],
      never: [/\$ borg create/],
    },
    guard: {
      file: "lib/files/hook_file.ts",
      find: "if (faults.length === 0) return file;",
      replace: "return file;",
    },
  },
];
