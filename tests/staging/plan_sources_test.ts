import assert from "node:assert/strict";
import { join } from "node:path";
import type { Plan } from "../../lib/backup/plan.ts";
import { planSources } from "../../lib/backup/planned_sources.ts";
import type { PlannedStep } from "../../lib/staging/rehearsal.ts";
import { stageSources } from "../../lib/staging/stage.ts";
import {
  OWN_REPOSITORIES,
  plainServer,
  requestOn,
  rootOnZfs,
  type Server,
} from "./double/server.ts";

function planOn({ wishes }: Server): Plan {
  return {
    name: "web",
    runId: "0123abcd",
    startedAt: new Date("2026-11-28T04:00:00Z"),
    hostname: "host",
    machine: "",
    archive: "web-2026-11-28T04:00:00Z-0123abcd",
    sources: {
      ...wishes,
      optional: [],
      exclude: [],
      excludeIfPresent: [],
      excludeCaches: false,
      oneFileSystem: false,
    },
    zfs: { ...wishes.zfs, datasets: [...wishes.zfs.datasets], exclude: [] },
    repositories: [],
    databases: [],
    ownRepositories: OWN_REPOSITORIES,
    skip: new Set(),
    parallel: 1,
    sizeGuard: { files: 50, size: 50 },
    changeGuard: { enabled: true },
    expectations: [],
    logsAdded: false,
    timeout: undefined,
    tempDir: "/run/autoborg",
    stateDir: "/var/lib/autoborg",
  };
}

function commandsOf(steps: readonly PlannedStep[]): string[] {
  return steps.flatMap((step) => step.kind === "command" ? [step.command.join(" ")] : []);
}

/** A tmpfs is mounted where a mount point turns out to be missing; a dry run can't see that. */
function withoutBridges(commands: readonly string[], bridges: readonly string[]): string[] {
  return commands.filter((command) => !command.startsWith("mount -t tmpfs"))
    .map((command) =>
      command.startsWith("umount")
        ? bridges.reduce((line, at) => line.replace(` ${at} ${at} `, ` ${at} `), `${command} `)
          .trim()
        : command
    ).toSorted();
}

for (const [layout, server] of Object.entries({ plainServer, rootOnZfs })) {
  Deno.test(`planSources() says what stageSources() and release() do when it is ${layout}`, async () => {
    const real = server();
    const process = real.machine.process();
    const staging = await stageSources(requestOn(real, process));
    const staged = [...process.commands];
    await staging.release();
    const released = process.commands.slice(staged.length);
    const bridges = staged.filter((command) => command.startsWith("mount -t tmpfs"))
      .map((command) => command.split(" ").at(-1) ?? "");

    const other = server();
    const looking = other.machine.process();
    const hooks = { directory: "/no/such/hooks" };
    const planned = await planSources(planOn(other), {}, { system: looking, hooks });
    assert.deepEqual(commandsOf(planned.steps).toSorted(), withoutBridges(staged, []));
    assert.deepEqual(
      commandsOf(planned.releaseSteps).toSorted(),
      withoutBridges(released, bridges),
    );
    assert.deepEqual(planned.sources, staging.sources);
    assert.deepEqual(planned.problems, staging.problems);
    assert(looking.commands.every((command) => /^(mount$|mount -t|zfs list)/.test(command)));
    assert.equal(other.machine.zfs.snapshots.size, 3);
  });
}

Deno.test("planSources() names the hooks in their places, and says which would be refused", async () => {
  const parent = Deno.makeTempDirSync({ prefix: "autoborg-hooks-" });
  const directory = join(parent, "hooks");
  try {
    Deno.mkdirSync(directory, { mode: 0o755 });
    for (const name of ["before-snapshot", "after-snapshot", "finished"]) {
      Deno.writeTextFileSync(join(directory, name), "#!/bin/sh\n", { mode: 0o755 });
    }
    Deno.chmodSync(join(directory, "finished"), 0o777);
    const server = plainServer();
    const context = {
      system: server.machine.process(),
      hooks: { directory, owner: Deno.uid() ?? 0 },
    };
    const planned = await planSources(planOn(server), {}, context);
    const commands = commandsOf(planned.steps);
    const [before, after] = [join(directory, "before-snapshot"), join(directory, "after-snapshot")];
    const around = commands.slice(commands.indexOf(before), commands.indexOf(after) + 1);
    assert.equal(around.length, 4);
    assert(around.slice(1, 3).every((command) => command.startsWith("zfs snapshot ")));
    const message = planned.problems.map((problem) => problem.message).join("\n");
    assert.match(message, /^Refusing to run the hook ".*finished"/m);
    assert.match(JSON.stringify(planned.lastSteps), /finished.*would be refused/);
  } finally {
    Deno.removeSync(parent, { recursive: true });
  }
});
