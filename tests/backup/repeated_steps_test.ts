import assert from "node:assert/strict";
import type { RunEvent } from "../../lib/backup/events.ts";
import { RepositoryPipeline } from "../../lib/backup/repository_pipeline.ts";
import type { RepositoryMemory } from "../../lib/backup/repository_memory.ts";
import type { Repository } from "../../lib/config/config_schema.ts";
import { BorgDouble, logLine } from "../borg/double.ts";
import { emptyMemory, NO_WAITING, planWith, TARGET } from "./plans.ts";

const REMOTE = "ssh://backup@server/./web";
const AWAY = {
  code: 2,
  stderr: [
    logLine("WARNING", "Remote: kex_exchange_identification: read: Connection reset by peer"),
    logLine("ERROR", "Connection closed by remote host.", "ConnectionClosedWithHint"),
  ],
};
const LOST = { code: 2, stderr: [logLine("ERROR", "Connection closed", "ConnectionClosed")] };
const COMMIT = '{"type": "progress_message", "msgid": "cache.commit", "finished": true}';
const ADDED = '{"type": "file_status", "status": "A", "path": "etc/a"}';

function progress(size: number): string {
  return JSON.stringify({ type: "archive_progress", deduplicated_size: size, path: "etc/a" });
}

/** A pipeline that tries a step three times, into a Borg in memory. */
class Scene {
  readonly borg = new BorgDouble({ "etc/a": "live", "etc/b": "more" });
  readonly events: RunEvent[] = [];
  memory: RepositoryMemory = emptyMemory({
    hasCreated: () => true,
    machineId: () => "",
    isOwnRun: () => true,
  });
  /** Called while it is waited. */
  meanwhile: () => void = () => {};

  async run(different: Partial<Repository> = {}) {
    const target = {
      ...TARGET,
      url: REMOTE,
      retention: { keepLast: 1 },
      retry: { waits: [60_000, 300_000], hold: 7_200_000 },
      ...different,
    };
    const pipeline = new RepositoryPipeline({
      plan: planWith({ repositories: [target] }),
      target,
      inherited: {},
      start: this.borg.start,
      clocks: { wall: () => 0, monotonic: () => 0 },
      waiting: {
        ...NO_WAITING,
        wait: () => {
          this.meanwhile();
          return Promise.resolve();
        },
      },
      signal: new AbortController().signal,
      emit: (event) => void this.events.push(event),
      sources: { root: "/", paths: ["etc"] },
      missing: [],
      absent: [],
      look: { roots: [], facts: [], passedOver: [], mounts: undefined },
      memory: this.memory,
      verification: undefined,
    });
    await pipeline.backUp();
    const outcome = await pipeline.maintain();
    return { outcome, steps: outcome.state === "absent" ? [] : outcome.steps };
  }

  get commands(): readonly string[] {
    return this.borg.started.map((name) => name.slice("borg ".length));
  }
}

const ALL = ["create", "list", "check", "prune", "compact"];

Deno.test("RepositoryPipeline repeats the failed step alone", async () => {
  for (const step of ["create", "list", "check"]) {
    const scene = new Scene();
    scene.borg.setAt(`borg ${step}`, { 1: AWAY, 2: LOST });
    const { outcome, steps } = await scene.run();
    assert.equal(outcome.state, "ok", JSON.stringify(steps));
    const name = step === "list" ? "inspect" : step;
    const repeated = steps.filter((one) => one.state !== "skipped" && one.retried !== undefined);
    assert.deepEqual(repeated.map((one) => one.step), [name]);
    const times = scene.commands.filter((command) => command === step).length;
    // After a check that was waited for, the repository is inspected again before prune.
    assert.equal(times, 3);
  }
});

Deno.test("RepositoryPipeline inspects again before it repeats prune or compact", async () => {
  for (const step of ["prune", "compact"]) {
    const scene = new Scene();
    scene.borg.setAt(`borg ${step}`, { 1: LOST });
    const { outcome } = await scene.run();
    assert.equal(outcome.state, "ok");
    const at = ALL.indexOf(step) + 1;
    assert.deepEqual(scene.commands, [...ALL.slice(0, at), "list", ...ALL.slice(at - 1)]);
  }
});

Deno.test("RepositoryPipeline never repeats prune when the repository has changed meanwhile", async () => {
  const scene = new Scene();
  scene.borg.setAt("borg prune", { 1: LOST });
  // Another repository answers at this place.
  scene.meanwhile = () => {
    scene.borg.set("borg list", {
      stdout: JSON.stringify({
        repository: { id: "another", last_modified: "2126-11-21T04:00:00.000000" },
        encryption: { mode: "repokey" },
        archives: [],
      }),
    });
  };
  const { outcome, steps } = await scene.run();
  assert.equal(outcome.state, "failed");
  const prune = steps.find(({ step }) => step === "prune");
  assert.ok(prune?.state === "skipped");
  assert.match(prune.reason, /^suspended by an alarm: repository-replaced|^inspect failed$/);
  const inspect = steps.find(({ step }) => step === "inspect");
  assert.ok(inspect?.state === "failed");
  assert.match(inspect.problems[0]?.message ?? "", /replaced by another one/);
  assert.equal(scene.commands.filter((command) => command === "prune").length, 1);
  assert.ok(!scene.commands.includes("compact"));
});

Deno.test("RepositoryPipeline calls an optional repository absent after its last attempt alone", async () => {
  const scene = new Scene();
  scene.borg.setAt("borg create", { 1: AWAY, 2: AWAY, 3: AWAY });
  const { outcome } = await scene.run({ optional: true });
  assert.ok(outcome.state === "absent");
  assert.match(outcome.reason, /^the server is refusing connections: .*; tried 3 times$/);
  // Nothing went wrong, and nothing sounds like an error.
  const loud = scene.events.filter((event) => event.type === "output" && event.level === "error");
  assert.deepEqual(loud, []);
});

Deno.test("RepositoryPipeline repeats nothing that does not pass by itself", async () => {
  for (const msgid of ["PassphraseWrong", "Repository.StorageQuotaExceeded", "IntegrityError"]) {
    const scene = new Scene();
    scene.borg.setAt("borg create", { 1: { code: 2, stderr: [logLine("ERROR", "no", msgid)] } });
    await scene.run();
    assert.equal(scene.commands.filter((command) => command === "create").length, 1, msgid);
  }
});

Deno.test("RepositoryPipeline finds the archive that an attempt made whose connection was lost", async () => {
  const scene = new Scene();
  const exists = logLine("ERROR", "Archive x already exists", "Archive.AlreadyExists");
  scene.borg.setAt("borg create", {
    1: { code: 2, stderr: [ADDED, progress(70), logLine("ERROR", "lost", "ConnectionClosed")] },
    2: AWAY,
    3: { code: 2, stderr: [exists] },
  });
  const stats = { nfiles: 2, original_size: 8, compressed_size: 8, deduplicated_size: 71 };
  const info = { archives: [{ comment: "", stats }], cache: { stats: { unique_csize: 80 } } };
  scene.borg.set("borg info", { stdout: JSON.stringify(info) });
  const { steps: [create] } = await scene.run();
  assert.ok(create?.state === "ok", JSON.stringify(create));
  assert.deepEqual(create.retried?.attempts, 3);
  assert.equal(create.stats?.files, 2);
  assert.equal(create.stats?.newSize, 71);
  assert.equal(create.stats?.changes.added, 1);
});

Deno.test("RepositoryPipeline takes no archive of its name for its own that another machine made", async () => {
  const scene = new Scene();
  const exists = logLine("ERROR", "Archive x already exists", "Archive.AlreadyExists");
  scene.borg.setAt("borg create", { 1: LOST, 2: { code: 2, stderr: [exists] } });
  const stats = { nfiles: 2, original_size: 8, compressed_size: 8, deduplicated_size: 71 };
  const archives = [{ comment: "autoborg machine 1", stats }];
  const info = { archives, cache: { stats: { unique_csize: 80 } } };
  scene.borg.set("borg info", { stdout: JSON.stringify(info) });
  const { steps: [create] } = await scene.run();
  assert.equal(create?.state, "failed");
});

Deno.test("RepositoryPipeline counts what a lost attempt left in its checkpoint, and nothing twice", async () => {
  const scene = new Scene();
  const lost = logLine("ERROR", "lost", "ConnectionClosed");
  const stale = "Remote: Removed stale exclusive roster lock for host server@1 pid 2 thread 0.";
  scene.borg.setAt("borg create", {
    2: {
      stdout: JSON.stringify({
        archive: {
          stats: { nfiles: 2, original_size: 8, compressed_size: 8, deduplicated_size: 8 },
        },
        cache: { stats: { unique_csize: 80 } },
      }),
      // The lock is that of the attempt before, which nobody need look at.
      stderr: [logLine("WARNING", stale), ADDED],
    },
    // The second file is not in the checkpoint: the next attempt lists it again.
    1: { code: 2, stderr: [ADDED, progress(90), COMMIT, ADDED, progress(150), lost] },
  });
  scene.borg.set("borg info", {
    stdout: JSON.stringify({
      archives: [{ stats: { deduplicated_size: 100 } }],
      cache: { stats: { unique_csize: 500 } },
    }),
  });
  const { steps: [create] } = await scene.run();
  assert.ok(create?.state === "ok", JSON.stringify(create));
  assert.equal(create.stats?.changes.added, 2);
  assert.equal(create.stats?.newSize, 100 + 8);
});
