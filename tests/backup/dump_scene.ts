/**
 * Runs that dump databases into real Borg repositories. What is dumped is what a shell script prints: a
 * server is not needed to see what becomes of a stream.
 *
 * @module
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { RunEvent } from "../../lib/backup/events.ts";
import type { SnapshotRoot } from "../../lib/backup/files_in_snapshot.ts";
import { DumpRound } from "../../lib/backup/dump_round.ts";
import type { RepositoryOutcome, StepOutcome } from "../../lib/backup/outcome.ts";
import type { Plan } from "../../lib/backup/plan.ts";
import { RepositoryPipeline } from "../../lib/backup/repository_pipeline.ts";
import type { DatabaseEntry } from "../../lib/config/database_entry.ts";
import type { Repository } from "../../lib/config/config_schema.ts";
import type { DumpEnd, DumpSource, ListProblem } from "../../lib/databases/dump_source.ts";
import { runProgram, type StartProgram } from "../../lib/process/program.ts";
import { startStreamed } from "../../lib/process/streamed_program.ts";
import { RunHistory } from "../../lib/report/history/run_history.ts";
import { History } from "../../lib/state/history.ts";
import type { DumpRow } from "../../lib/state/dump_ledger.ts";
import { formatArchiveName } from "../../lib/text/archive_name.ts";
import { searchPath } from "../e2e/program.ts";
import { NO_WAITING, planWith, TARGET } from "./plans.ts";

/** What a dump does. */
export interface TestDump {
  /** Prints the dump. */
  readonly script: string;
  /** Words that a whole dump ends with; none when left out. */
  readonly endMark?: string;
}

/** A table of the configuration. */
export function entryWith(different: Partial<DatabaseEntry> = {}): DatabaseEntry {
  return {
    label: "main",
    kind: "command",
    databases: [],
    all: true,
    exclude: [],
    globals: false,
    repositories: ["one", "two"],
    minRate: 0,
    ...different,
  };
}

/** What one run left. */
interface SceneRun {
  readonly outcomes: readonly RepositoryOutcome[];
  /** The step of that name in a repository. */
  step(label: string, step: StepOutcome["step"]): Exclude<StepOutcome, { state: "skipped" }>;
}

/** Repositories and a history, and runs that share them. */
export class DumpScene implements AsyncDisposable {
  readonly events: RunEvent[] = [];
  readonly repositories: Repository[] = [];
  entries: readonly DatabaseEntry[] = [entryWith()];
  dumps: Readonly<Record<string, TestDump>> = {};
  problems: readonly ListProblem[] = [];
  /** Where the databases are, and what the run reads. */
  files: readonly string[] = [];
  roots: readonly SnapshotRoot[] = [];
  skip: readonly ("dump" | "verify")[] = [];
  start: StartProgram = runProgram;
  /** What comes between the dumps and all that follows. */
  meanwhile: () => Promise<void> = () => Promise.resolve();
  readonly stop = new AbortController();
  /** The clock by which it is told who is too slow. */
  now: (() => number) | undefined;
  waiting = NO_WAITING;
  /** How many runs there were. */
  runs = 0;
  readonly #began = Date.now() - 86_400_000;

  private constructor(readonly directory: string) {}

  /** Makes repositories with these labels. */
  static async make(...labels: readonly string[]): Promise<DumpScene> {
    const scene = new DumpScene(await Deno.makeTempDir({ prefix: "autoborg-dumps-" }));
    await Deno.mkdir(scene.at("state"), { mode: 0o700 });
    for (const label of labels) await scene.addRepository(label, scene.at(label));
    return scene;
  }

  /** The same repositories and history in another process; whoever made them removes them. */
  static reopen(directory: string, ...labels: readonly string[]): DumpScene {
    const scene = new DumpScene(directory);
    for (const label of labels) scene.#use(label, scene.at(label));
    return scene;
  }

  /** A path in the directory of the scene. */
  at(name: string): string {
    return join(this.directory, name);
  }

  /** Makes a repository. */
  async addRepository(label: string, url: string): Promise<void> {
    await this.borg("init", "--encryption=none", url);
    this.#use(label, url);
  }

  #use(label: string, url: string): void {
    this.repositories.push({ ...TARGET, label, url, encryption: "none", key: { kind: "none" } });
  }

  /** Changes a repository's settings. */
  set(label: string, different: Partial<Repository>): void {
    const index = this.repositories.findIndex((repository) => repository.label === label);
    const before = this.repositories[index];
    assert.ok(before !== undefined);
    this.repositories[index] = { ...before, ...different };
  }

  /** Runs Borg by hand; returns its output. */
  async borg(...args: readonly string[]): Promise<Uint8Array> {
    const { code, stdout, stderr } = await new Deno.Command("borg", {
      args: [...args],
      env: {
        PATH: searchPath(),
        BORG_BASE_DIR: this.at("base"),
        BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK: "yes",
        BORG_RELOCATED_REPO_ACCESS_IS_OK: "yes",
        LC_ALL: "C.UTF-8",
      },
    }).output();
    assert.equal(code, 0, new TextDecoder().decode(stderr));
    return stdout;
  }

  /** All archives of a repository, checkpoints among them, without times and ids of runs. */
  async archives(label: string): Promise<readonly string[]> {
    const out = await this.borg("list", "--short", "--consider-checkpoints", this.at(label));
    return new TextDecoder().decode(out).split("\n").filter((name) => name !== "")
      .map((name) => name.replace(/-\d{4}-\d\d-\d\dT[\d:]+Z-[0-9a-f]{8}/, ""));
  }

  /** The whole names of the archives of a repository. */
  async names(label: string): Promise<readonly string[]> {
    const out = await this.borg("list", "--short", "--consider-checkpoints", this.at(label));
    return new TextDecoder().decode(out).split("\n").filter((name) => name !== "");
  }

  /** Writes down what a run that was killed would have written of a dump. */
  note(
    label: string,
    row: Pick<DumpRow, "database" | "archive" | "state">,
  ): void {
    using history = new RunHistory(this.at("state/history.sqlite"), "web");
    history.memory(label).dumps.write({
      ...{ run: "0000dead", entry: "main", at: this.#began, leftover: true, size: null },
      ...{ sha256: null, newSize: null, duration: null, reason: null },
      ...{ verifiedAt: null, verified: null },
      ...row,
    });
  }

  /** Which databases were read back in the last run. */
  verified(label: string): readonly string[] {
    using history = History.openForReading(this.at("state/history.sqlite"));
    return (history?.dumps("web", label).since(this.#began + 60_000 * this.runs) ?? [])
      .flatMap(({ database, verified }) => verified === "equal" ? [database] : []).toSorted();
  }

  /** What the history knows of the newest dump of each database. */
  recorded(label: string): readonly Pick<DumpRow, "run" | "database" | "state" | "reason">[] {
    using history = History.openForReading(this.at("state/history.sqlite"));
    return (history?.dumps("web", label).last() ?? [])
      .map(({ run, database, state, reason }) => ({ run, database, state, reason }));
  }

  /**
   * A night: the dumps, and what works on the repositories alone. Check and compact take long and have
   * nothing to do with dumps.
   */
  async run(different: Partial<Plan> = {}): Promise<SceneRun> {
    this.runs += 1;
    const startedAt = new Date(this.#began + 60_000 * this.runs);
    const runId = this.runs.toString(16).padStart(8, "0");
    const plan = planWith({
      ...{ runId, startedAt, archive: formatArchiveName({ series: "web", startedAt, runId }) },
      ...{ repositories: this.repositories, databases: this.entries },
      ...{
        stateDir: this.at("state"),
        skip: new Set(["create", "check", "compact", ...this.skip]),
      },
      ...different,
    });
    using history = new RunHistory(this.at("state/history.sqlite"), plan.name);
    history.begin(plan, "1", () => "");
    const pipelines = this.#pipelines(plan, history);
    await Promise.all(pipelines.map((pipeline) => pipeline.dump()));
    await this.meanwhile();
    for (const pipeline of pipelines) await pipeline.backUp();
    const outcomes: RepositoryOutcome[] = [];
    for (const pipeline of pipelines) outcomes.push(await pipeline.maintain());
    return { outcomes, step: (label, step) => stepOf(outcomes, label, step) };
  }

  #pipelines(plan: Plan, history: RunHistory): RepositoryPipeline[] {
    const { signal } = this.stop;
    const emit = (event: RunEvent) => void this.events.push(event);
    const PATH = searchPath();
    const context = { startStream: startStreamed, start: this.start, signal, path: PATH };
    const dumps = new DumpRound({
      plan,
      context,
      emit,
      now: this.now,
      roots: this.roots,
      list: ({ label }) => {
        const { problems, files } = this;
        return Promise.resolve({ sources: this.#sources(label), problems, files });
      },
    });
    return plan.repositories.map((target) =>
      new RepositoryPipeline({
        plan,
        target,
        inherited: { BORG_BASE_DIR: this.at("base"), PATH },
        start: this.start,
        clocks: { wall: () => plan.startedAt.getTime(), monotonic: () => 0 },
        waiting: this.waiting,
        signal,
        emit,
        sources: undefined,
        missing: [],
        absent: [],
        look: { roots: [], facts: [], passedOver: [], mounts: undefined },
        memory: history.memory(target.label),
        verification: undefined,
        dumps: dumps.takes(target.label) ? dumps : undefined,
      })
    );
  }

  #sources(label: string): readonly DumpSource[] {
    return Object.entries(this.dumps).map(([database, { script, endMark }]) => ({
      name: { label, database },
      fileName: "dump.sql",
      open: (context) => {
        const program = context.startStream({
          program: "/bin/sh",
          args: ["-c", script],
          env: { PATH: "/usr/bin:/bin", SCENE: this.directory },
          signal: context.signal,
        });
        let tail = "";
        const watched = program.stdout.pipeThrough(
          new TransformStream<Uint8Array, Uint8Array>({
            transform(bytes, controller) {
              tail = (tail + new TextDecoder().decode(bytes.slice(-100))).slice(-100);
              controller.enqueue(bytes);
            },
          }),
        );
        const end = program.ended.then(({ end, stderr }): DumpEnd => {
          if (end.kind !== "exited" || end.code !== 0) {
            return { kind: "failed", message: `Cannot dump ${database}: ${stderr.text}` };
          }
          const isWhole = endMark === undefined || tail.trimEnd().endsWith(endMark);
          return isWhole
            ? { kind: "whole", warnings: [] }
            : { kind: "failed", message: `Cannot dump ${database}: it has no end mark` };
        });
        return Promise.resolve({
          bytes: watched,
          end,
          [Symbol.asyncDispose]: () => program[Symbol.asyncDispose](),
        });
      },
    }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.directory, { recursive: true });
  }
}

function stepOf(
  outcomes: readonly RepositoryOutcome[],
  label: string,
  name: StepOutcome["step"],
): Exclude<StepOutcome, { state: "skipped" }> {
  const repository = outcomes.find((outcome) => outcome.label === label);
  assert.ok(repository !== undefined && repository.state !== "absent", `${label} is absent`);
  const step = repository.steps.find((step) => step.step === name);
  assert.ok(step !== undefined, `${label} has no step ${name}`);
  assert.ok(step.state !== "skipped", `${name} was skipped`);
  return step;
}
