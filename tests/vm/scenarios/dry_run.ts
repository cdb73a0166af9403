/** Scenarios: a dry run says what the run does. */
import assert from "node:assert/strict";
import type { Plan } from "../../../lib/backup/plan.ts";
import { planSources } from "../../../lib/backup/planned_sources.ts";
import type { PlannedStep } from "../../../lib/staging/rehearsal.ts";
import { stageSources } from "../../../lib/staging/stage.ts";
import { assertNothingLeft } from "../leftovers.ts";
import { events, makePool, requestFor, type Scenario, SEARCH_PATH, sh } from "../machine.ts";

function commandsOf(steps: readonly PlannedStep[]): string[] {
  return steps.flatMap((step) => step.kind === "command" ? [step.command.join(" ")] : []);
}

function started(): string[] {
  return events.flatMap((event) =>
    event.type === "command-started" ? [event.command.join(" ")] : []
  );
}

/** A dry run says what the run does. */
export const dryRunScenarios: readonly Scenario[] = [
  {
    name: "a dry run of a system on ZFS lists what the run does",
    async run() {
      await using _pool = await makePool("dry");
      await sh("zfs", "set", "mountpoint=none", "dry");
      await sh("zfs", "create", "-o", "mountpoint=none", "dry/ROOT");
      for (const name of ["debian", "older"]) {
        const options = ["-o", "canmount=noauto", "-o", "mountpoint=/"];
        await sh("zfs", "create", ...options, `dry/ROOT/${name}`);
      }
      await sh("zfs", "create", "-o", "mountpoint=/srv/dry", "dry/srv");
      await sh("mkdir", "-p", "/mnt/root");
      await sh("mount", "-i", "-t", "zfs", "dry/ROOT/debian", "/mnt/root");
      await sh("mkdir", "-p", "/mnt/root/etc", "/mnt/root/srv/dry");
      await sh("umount", "/mnt/root");
      const zfs = { datasets: ["dry"], recursive: true };
      const request = requestFor({ zfs, directories: ["/etc"] });
      const plan: Plan = {
        machine: "",
        ...request,
        archive: "",
        sources: {
          directories: request.directories,
          optional: request.optional,
          exclude: [],
          excludeIfPresent: [],
          excludeCaches: false,
          oneFileSystem: request.oneFileSystem,
        },
        zfs: { ...request.zfs, datasets: [...request.zfs.datasets], exclude: [] },
        repositories: [],
        databases: [],
        ownRepositories: [],
        skip: new Set(),
        parallel: 1,
        sizeGuard: { files: 50, size: 50 },
        changeGuard: { enabled: true },
        expectations: [],
        logsAdded: false,
        timeout: undefined,
        tempDir: request.tempDir,
        stateDir: request.stateDir,
      };
      const planned = await planSources(plan, { PATH: SEARCH_PATH });
      await assertNothingLeft();
      events.length = 0;
      const staging = await stageSources(request);
      const real = started();
      await staging.release();
      // What is in the root directory, and where a mount point is missing, is seen in the snapshot.
      const unseen = (command: string) =>
        command.startsWith(
          `mount --bind --make-private -o ro,nosuid,nodev,noexec -- ${request.tempDir}/vm.root/`,
        ) ||
        command.startsWith("mount -t tmpfs");
      assert.deepEqual(
        commandsOf(planned.steps).toSorted(),
        real.filter((command) => !unseen(command)).toSorted(),
      );
      assert.deepEqual(planned.problems, staging.problems);
      assert(planned.steps.some((step) => step.kind === "remark" && /each entry/.test(step.text)));
      await assertNothingLeft();
    },
  },
];
