import assert from "node:assert/strict";
import type { RunEvent } from "../../lib/backup/events.ts";
import type { Interruption, InterruptionWatch } from "../../lib/backup/interruption.ts";
import type { RunOutcome } from "../../lib/backup/outcome.ts";
import type { Plan } from "../../lib/backup/plan.ts";
import { run } from "../../lib/backup/run_backup.ts";
import { describeEvent, repositoryWord } from "../../lib/report/describe.ts";
import { BorgDouble, logLine } from "../borg/double.ts";
import type { Faults, Process } from "../staging/double/machine.ts";
import { plainServer } from "../staging/double/server.ts";
import { emptyMemory, NO_WAITING, planWith, TARGET } from "./plans.ts";

/** A run on a server in memory, into a Borg in memory. */
class Scene {
  readonly server = plainServer();
  readonly borg = new BorgDouble(
    Object.fromEntries(this.server.expected.map(({ path }) => [path, "live"])),
  );
  readonly events: RunEvent[] = [];
  /** Milliseconds by which the clock on the wall is ahead of the other one. */
  wall = 0;
  #aborting = new AbortController();
  readonly #memory = emptyMemory();
  #interruption: Interruption | undefined;

  interrupt(reason: Interruption): void {
    this.#interruption ??= reason;
    this.#aborting.abort(reason);
  }

  async run(different: Partial<Plan> = {}, faults: Faults = {}): Promise<
    { readonly outcome: RunOutcome; readonly system: Process }
  > {
    const system = this.server.machine.process(faults);
    const { directories, zfs } = this.server.wishes;
    const sources = { ...planWith().sources, directories };
    const interruption = () => this.#interruption;
    const watch: InterruptionWatch = {
      signal: this.#aborting.signal,
      get interruption() {
        return interruption();
      },
      interrupt: (reason) => this.interrupt(reason),
      [Symbol.dispose]() {},
    };
    const outcome = await run({
      plan: planWith({ tempDir: "/run/autoborg", sources, zfs, ...different }),
      version: "1.0.0",
      inherited: {},
      start: this.borg.start,
      system,
      clocks: { wall: () => this.wall, monotonic: () => 0 },
      waiting: NO_WAITING,
      emit: (event) => void this.events.push(event),
      problems: [],
      memory: () => this.#memory,
      dumping: {
        list: () => assert.fail("nothing is to be dumped"),
        startStream: () => assert.fail("nothing is to be dumped"),
      },
    }, watch);
    return { outcome, system };
  }
}

const two: readonly Plan["repositories"][number][] = ["disk", "away"].map((label) => ({
  ...TARGET,
  label,
  url: `/mnt/${label}`,
}));

Deno.test("run() archives the snapshots, releases them and maintains the repository", async () => {
  const scene = new Scene();
  const { outcome, system } = await scene.run();
  assert.deepEqual(outcome.problems.filter(({ severity }) => severity === "error"), []);
  const [create, inspect, count, check, compact] = scene.borg.requests;
  assert.equal(create?.args[0], "create");

  assert.ok(create.args.includes("srv/data"), create.args.join(" "));
  const later = [inspect, count, check, compact].map((request) => request?.args[0]);
  assert.deepEqual(later, ["list", "list", "check", "compact"]);
  assert.ok(system.commands.some((command) => command.startsWith("zfs snapshot ")));
  assert.ok(system.commands.some((command) => command.startsWith("zfs destroy ")));
  assert.equal(scene.events.at(0)?.type, "run-started");
});

Deno.test("run() makes every archive before it checks any repository", async () => {
  const scene = new Scene();
  await scene.run({ repositories: two, parallel: 2 });
  const started = scene.borg.started.map((name) => name.slice(5));
  assert.deepEqual(started.slice(0, 2), ["create", "create"]);
  // One repository may be compacted while the other one is still being checked.
  assert.deepEqual(started.filter((name) => name !== "list").slice(2).toSorted(), [
    ...["check", "check", "compact", "compact"],
  ]);
});

Deno.test("run() fails for one repository, and finishes the other", async () => {
  const scene = new Scene();
  scene.borg.set(
    "borg create",
    ({ args }) => {
      if (args.includes("/mnt/away::web-2026-11-22T04:00:00Z-0123abcd")) {
        return {
          code: 2,
          stderr: [logLine("ERROR", "Repository is gone", "Repository.DoesNotExist")],
        };
      }
      scene.borg.archivesOf("/mnt/disk").set("web-2026-11-22T04:00:00Z-0123abcd", scene.borg.files);
      return {
        stdout: JSON.stringify({
          archive: {
            stats: { nfiles: 2, original_size: 8, compressed_size: 8, deduplicated_size: 8 },
          },
          cache: { stats: { unique_csize: 80 } },
        }),
      };
    },
  );
  const { outcome } = await scene.run({ repositories: two });
  assert.equal(outcome.state, "failed");
  assert.deepEqual(outcome.repositories.map(({ label, state }) => `${label} ${state}`), [
    "disk ok",
    "away failed",
  ]);
});

Deno.test("run() stops when a signal comes while Borg is at work, and releases everything", async () => {
  const scene = new Scene();
  scene.borg.set("borg create", () => {
    scene.interrupt({ kind: "signal", signal: "SIGTERM" });
    return { end: { kind: "stopped", code: 130 } };
  });
  const { outcome, system } = await scene.run({ repositories: two });
  assert.equal(outcome.state, "failed");
  assert.equal(outcome.interruptedBy, "SIGTERM");
  assert.ok(!scene.borg.started.includes("borg check"));
  assert.ok(system.commands.some((command) => command.startsWith("zfs destroy ")));
});

Deno.test("run() does nothing when it is stopped before it begins", async () => {
  const scene = new Scene();
  scene.interrupt({ kind: "timeout", limit: 1_000 });
  const { outcome, system } = await scene.run();
  assert.equal(outcome.state, "failed");
  assert.match(outcome.problems[0]?.message ?? "", /stopped after .*, the limit of run\.timeout/);
  assert.deepEqual(system.commands, []);
  assert.deepEqual(scene.borg.started, []);
});

Deno.test("run() fails when staging is stopped, and says what was not released", async () => {
  const scene = new Scene();
  const { outcome } = await scene.run({}, {
    command: (number) => (command, work) => {
      if (number === 5) scene.interrupt({ kind: "signal", signal: "SIGINT" });
      return command.args[0] === "destroy" ? undefined : work();
    },
  });
  assert.equal(outcome.interruptedBy, "SIGINT");
  assert.deepEqual(outcome.repositories, []);
});

Deno.test("run() says that a source is missing, and prunes nothing then", async () => {
  const scene = new Scene();
  const sources = { ...planWith().sources, directories: ["/etc", "/nowhere"] };
  const target = { ...TARGET, retention: { keepDaily: 7 } };
  const { outcome } = await scene.run({ sources, repositories: [target] });
  assert.equal(outcome.state, "failed");
  assert.equal(outcome.sourcesMissing, true);
  assert.deepEqual(outcome.repositories.map(repositoryWord), ["incomplete"]);
  assert.match(outcome.problems.map(({ message }) => message).join("\n"), /\/nowhere/);
  assert.ok(!scene.borg.started.includes("borg prune"));
});

Deno.test("run() says that an optional source is absent, and prunes", async () => {
  const scene = new Scene();
  const sources = { ...planWith().sources, optional: ["/nowhere"] };
  const target = { ...TARGET, retention: { keepDaily: 7 } };
  const { outcome } = await scene.run({ sources, repositories: [target] });
  assert.equal(outcome.state, "ok");
  assert.equal(outcome.sourcesMissing, undefined);
  assert.deepEqual(outcome.absentSources, [{ path: "/nowhere", reason: "it does not exist" }]);
  assert.ok(scene.borg.started.includes("borg prune"));
});

Deno.test("run() archives nothing when no source is left", async () => {
  const scene = new Scene();
  const sources = { ...planWith().sources, directories: ["/nowhere"] };
  const { outcome } = await scene.run({ sources, zfs: planWith().zfs });
  assert.equal(outcome.state, "failed");
  assert.ok(!scene.borg.started.includes("borg create"));
});

Deno.test("run() fails before anything when temp_dir is not empty", async () => {
  const scene = new Scene();
  const system = scene.server.machine.process();
  await system.files.mkdir("/run/autoborg/foreign", { recursive: true });
  const { outcome } = await scene.run();
  assert.match(outcome.problems[0]?.message ?? "", /it must be empty/);
  assert.deepEqual(scene.borg.started, []);
});

Deno.test("run() says that the clock was set back, and notes that it went forward", async () => {
  const back = new Scene();
  back.borg.set("borg check", () => {
    back.wall = -3_600_000;
    return {};
  });
  const { outcome } = await back.run();
  assert.match(outcome.problems.at(-1)?.message ?? "", /^The clock was set back by 1 h/);
  const forward = new Scene();
  forward.borg.set("borg check", () => {
    forward.wall = 3_600_000;
    return {};
  });
  await forward.run();
  assert.ok(forward.events.some((event) => {
    return event.type === "note" && event.text.startsWith("The clock jumped forward by 1 h");
  }));
});

Deno.test("run() says of a step's mistake where it is, and goes on", async () => {
  const scene = new Scene();
  scene.borg.set("borg check", () => {
    throw new TypeError("undefined is no function");
  });
  const { outcome } = await scene.run({ repositories: two });
  const [disk] = outcome.repositories;
  assert.ok(disk !== undefined && disk.state !== "absent");
  const check = disk.steps.find(({ step }) => step === "check");
  assert.ok(check?.state === "failed");
  assert.equal(check.problems[0]?.internal, true);
});

Deno.test("run() calls an optional repository absent when it is not there", async () => {
  const scene = new Scene();
  scene.borg.fails("create", "…", "Repository.DoesNotExist");
  const { outcome } = await scene.run({ repositories: [{ ...TARGET, optional: true }] });
  assert.deepEqual(outcome.repositories.map(({ state }) => state), ["absent"]);
  assert.ok(scene.events.some(({ type }) => type === "command-finished"));
  const errors = scene.events.flatMap(describeEvent).filter(({ level }) => level === "error");
  assert.deepEqual(errors, [], "nothing in its log looks like an error");
});

Deno.test("run() says how Borg was stopped when it took long", async () => {
  for (
    const [signal, said] of [
      ["SIGINT", /Borg was asked to stop and took .* to write its checkpoint/],
      ["SIGKILL", /Borg did not stop when asked to and was killed with SIGKILL/],
    ] as const
  ) {
    const scene = new Scene();
    scene.borg.set("borg create", () => {
      scene.interrupt({ kind: "internal-error" });
      return { end: { kind: "stopped", code: 130 }, stopping: { signal, took: 45_000 } };
    });
    const { outcome } = await scene.run();
    const [disk] = outcome.repositories;
    assert.ok(disk !== undefined && disk.state !== "absent");
    const [create] = disk.steps;
    assert.ok(create?.state === "failed");
    assert.match(create.problems[0]?.message ?? "", said);
  }
});
