/**
 * A dump of a database fails, or the run is stopped in the midst of one. The hook `dump` stands for every
 * server; it lies at a fixed path, so the program sees another `/etc` than everybody else.
 *
 * @module
 */
import { exists, repository } from "../../e2e/place.ts";
import { eventually } from "../../e2e/program.ts";
import type { Fault } from "../fault.ts";
import { root } from "../needs.ts";
import { type Scene, TIMEOUT } from "../scene.ts";

const ONE = { repositories: [repository("first")], check: { enabled: false } } as const;

/** Lets the hook print a dump: lines for the shell. */
async function dumpDoes({ place }: Scene, lines: string): Promise<void> {
  for (const name of ["etc", "etc/autoborg", "etc/autoborg/hooks", "work"]) {
    await Deno.mkdir(place.at(name), { recursive: true });
    await Deno.chmod(place.at(name), 0o755);
  }
  const text = `#!/bin/sh\nplace=${place.directory}\n${lines}\n`;
  await place.write("etc/autoborg/hooks/dump", text, 0o755);
}

/** Fails when anything of a dump is in the repository. */
async function nothingOfIt({ place }: Scene): Promise<void> {
  const words = ["list", "--short", "--consider-checkpoints", place.at("first.borg")];
  const names = (await place.borg("first", ...words)).trim();
  if (names.includes("web.db.")) throw new Error(`expected nothing of the dump, found "${names}"`);
}

const withDump: Pick<Fault, "borg" | "start" | "impossible" | "config" | "repair" | "more"> = {
  borg: "real",
  config: { ...ONE, databases: [{ label: "shop", kind: "command" }] },
  impossible: root,
  start: (scene) => {
    const { place } = scene;
    const over = `lowerdir=/etc,upperdir=${place.at("etc")},workdir=${place.at("work")}`;
    const script = `mount -t overlay overlay -o "$0" /etc && exec "$@"`;
    return scene.startCommand(["unshare", "--mount", "sh", "-c", script, over, ...scene.command()]);
  },
  more: nothingOfIt,
  repair: async (scene) => {
    await Deno.remove(scene.place.at("etc"), { recursive: true });
    await Deno.remove(scene.place.at("work"), { recursive: true });
    await scene.configure(ONE);
  },
};

export const faults: readonly Fault[] = [
  {
    ...withDump,
    name: "run makes no archive of a dump that fails in the middle, and backs the files up",
    prepare: (scene) => dumpDoes(scene, "head -c 3000000 /dev/urandom\necho no memory >&2\nexit 3"),
    expected: {
      state: "failed",
      code: 2,
      says: [/Cannot dump "shop": .*exit code 3.*no memory/],
      logs: [/create: ok/],
    },
    guard: [{
      file: "lib/backup/dump_database.ts",
      find: "} else tee.cut();",
      replace: "} else tee.end();",
    }, {
      file: "lib/backup/steps/dump_target.ts",
      find: "const half = found.isMade && !isWhole ? [archive] : [];",
      replace: "const half: string[] = [];",
    }],
  },
  {
    ...withDump,
    name: "run makes no archive of a dump that is empty, although its program succeeds",
    prepare: (scene) => dumpDoes(scene, "exit 0"),
    expected: { state: "failed", code: 2, says: [/Cannot dump "shop": .*wrote nothing/] },
    guard: [{
      file: "lib/databases/program_dump.ts",
      find: "if (tail.size === 0) return failed(",
      replace: "if (tail.size < 0) return failed(",
    }, {
      file: "lib/backup/dump_database.ts",
      find: "if (result.size === 0) return",
      replace: "if (result.size < 0) return",
    }],
  },
  {
    ...withDump,
    name: "run leaves neither an archive nor a checkpoint of a dump that SIGTERM stops",
    prepare: (scene) =>
      dumpDoes(scene, "head -c 3000000 /dev/urandom\n: >$place/midway\nexec sleep 1000"),
    during: async (scene, running) => {
      if (!await eventually(() => exists(scene.place.at("midway")), TIMEOUT)) {
        throw new Error("expected a dump, but the hook was not called");
      }
      running.kill("SIGTERM");
    },
    expected: { state: "failed", code: 143, says: [/interrupted by SIGTERM/] },
    guard: {
      file: "lib/backup/steps/dump_target.ts",
      find: "removeDumpArchives(context, [...found.checkpoints, ...half])",
      replace: "removeDumpArchives(context, half)",
    },
  },
];
