/**
 * The dumps of a run: each database once, one after the other, into all repositories that take part. It
 * begins when every repository has been opened or has failed, and no repository makes an archive of files
 * before it is over: a Borg that waits for its input holds the lock of its repository.
 *
 * @module
 */
import { join } from "node:path";
import type { DatabaseEntry } from "../config/database_entry.ts";
import type {
  DatabaseList,
  DumpContext,
  DumpSource,
  ListProblem,
} from "../databases/dump_source.ts";
import { makeScratchDirectory } from "../files/scratch_directory.ts";
import type { StartStream } from "../process/streamed_program.ts";
import { filesInSnapshot, type SnapshotRoot } from "./files_in_snapshot.ts";
import { databaseLabel } from "../text/database_series.ts";
import { counted } from "../text/units.ts";
import { dumpDatabase } from "./dump_database.ts";
import type { Problem } from "../problem.ts";
import type { DumpOutcome } from "./dump_outcome.ts";
import { dumpProblems, type RepositoryDumps } from "./dump_problems.ts";
import type { Emit } from "./events.ts";
import type { Plan } from "./plan.ts";
import { problemOf } from "./problems.ts";
import { interruptionOf } from "./steps/borg_step.ts";
import type { DumpTarget } from "./steps/dump_target.ts";

/** Makes the list of what a table of the configuration dumps. */
type ListDatabases = (entry: DatabaseEntry, context: DumpContext) => Promise<DatabaseList>;

/** What dumps of databases need of the world around them. */
export interface Dumping {
  readonly list: ListDatabases;
  /** Starts programs whose output is a dump. */
  readonly startStream: StartStream;
}

/** What the dumps of a run need. */
interface RoundRequest {
  readonly plan: Pick<Plan, "databases" | "stateDir" | "repositories">;
  readonly list: ListDatabases;
  /** What the run reads. */
  readonly roots: readonly SnapshotRoot[];
  /** What a dump program gets besides. */
  readonly context: Omit<DumpContext, "scratch">;
  readonly emit: Emit;
  /** Milliseconds since some moment; another clock only in tests. */
  readonly now?: (() => number) | undefined;
}

/** What the directories of the dump programs are called; what a run that was killed left goes. */
const SCRATCH = "dump-";

/** The dumps of a run. */
export class DumpRound {
  readonly #request: RoundRequest;
  readonly #awaited: Set<string>;
  readonly #targets: DumpTarget[] = [];
  readonly #over = Promise.withResolvers<void>();
  readonly #results = new Map<string, { dumps: DumpOutcome[]; problems: Problem[] }>();
  /** Repositories that take no more dumps, and since which one. */
  readonly #away = new Map<string, string>();

  constructor(request: RoundRequest) {
    this.#request = request;
    const { repositories } = request.plan;
    this.#awaited = new Set(
      repositories.map(({ label }) => label).filter((label) => this.takes(label)),
    );
    this.#over.promise.catch(() => {});
  }

  /** Whether databases are dumped into a repository. */
  takes(label: string): boolean {
    return this.#request.plan.databases.some(({ repositories }) => repositories.includes(label));
  }

  /**
   * A repository takes part. All who may must have entered or left before the first dump begins.
   *
   * @returns what became of the dumps in it, with all their problems, when all of them are over
   * @throws what is a mistake in autoborg itself
   */
  async enter(target: DumpTarget): Promise<RepositoryDumps> {
    const result = { dumps: [], problems: [] };
    this.#targets.push(target);
    this.#results.set(target.label, result);
    this.leave(target.label);
    await this.#over.promise;
    const inOrder = this.#request.plan.repositories.flatMap(({ label }) => {
      const found = this.#of(label);
      return found === undefined ? [] : [[label, found] as const];
    });
    return { ...result, problems: dumpProblems(new Map(inOrder)).get(target.label) ?? [] };
  }

  /** A repository does not take part, or has entered already. */
  leave(label: string): void {
    if (!this.#awaited.delete(label) || this.#awaited.size > 0) return;
    const work = this.#targets.length === 0 ? Promise.resolve() : this.#run();
    work.then(() => this.#over.resolve(), (error: unknown) => this.#over.reject(error));
  }

  async #run(): Promise<void> {
    const { plan, context } = this.#request;
    removeOldScratch(plan.stateDir);
    const scratch = makeScratchDirectory(plan.stateDir, SCRATCH);
    try {
      for (const entry of plan.databases) {
        const targets = this.#targets.filter(({ label }) => entry.repositories.includes(label));
        if (targets.length > 0) await this.#dumpAll(entry, targets, { ...context, scratch });
      }
      this.#tellAway();
    } finally {
      Deno.removeSync(scratch, { recursive: true });
    }
  }

  async #dumpAll(
    entry: DatabaseEntry,
    targets: readonly DumpTarget[],
    context: DumpContext,
  ): Promise<void> {
    const { emit, now, roots } = this.#request;
    if (this.#stop(targets, context.signal)) return;
    const { sources, problems, files } = await this.#listed(entry, context);
    const text = filesInSnapshot(entry.label, files, roots);
    if (text !== undefined) emit({ type: "note", scope: {}, level: "info", text });
    for (const problem of problems) {
      const { database, message } = problem;
      for (const target of targets) {
        this.#of(target.label)?.problems.push(listProblem(entry, problem));
        if (database !== undefined) target.miss({ label: entry.label, database }, message);
      }
    }
    for (const [index, source] of sources.entries()) {
      if (this.#stop(targets, context.signal)) {
        return this.#miss(targets, sources.slice(index), interruptionOf(context.signal));
      }
      const open = targets.filter(({ label }) => !this.#away.has(label));
      const away = targets.filter((target) => !open.includes(target));
      this.#miss(away, [source], "the repository takes no more dumps in this run");
      if (open.length === 0) continue;
      const { minRate, timeout } = entry;
      const limits = { minRate, ...(timeout === undefined ? {} : { timeout }) };
      const { signal } = context;
      const dump = { source, targets: open, ...limits, context, signal, emit, now };
      for (const { target: { label }, outcome, isAway } of await dumpDatabase(dump)) {
        this.#of(label)?.dumps.push(outcome);
        if (isAway) this.#away.set(label, databaseLabel(source.name));
      }
    }
  }

  /** Databases that are there and are not dumped: else the history would take them for vanished. */
  #miss(
    targets: readonly DumpTarget[],
    sources: readonly Pick<DumpSource, "name">[],
    reason: string,
  ): void {
    for (const target of targets) {
      for (const { name } of sources) {
        target.miss(name, reason);
        const outcome = { ...name, state: "failed", duration: 0, problems: [] } as const;
        this.#of(target.label)?.dumps.push(outcome);
      }
    }
  }

  async #listed(entry: DatabaseEntry, context: DumpContext): Promise<DatabaseList> {
    try {
      return await this.#request.list(entry, context);
    } catch (error) {
      const { message, hint } = problemOf(error, this.#request.emit);
      const problem = { message, ...(hint === undefined ? {} : { hint }) };
      return { sources: [], problems: [problem], files: [] };
    }
  }

  /** Whether the run is being stopped; that is said once in each repository. */
  #stop(targets: readonly DumpTarget[], signal: AbortSignal): boolean {
    if (!signal.aborted) return false;
    const message = interruptionOf(signal);
    for (const { label } of targets) {
      const { dumps = [], problems = [] } = this.#of(label) ?? {};
      const isSaid = [...problems, ...dumps.flatMap((dump) => dump.problems)]
        .some((problem) => problem.message === message);
      if (!isSaid) problems.push({ severity: "error", message });
    }
    return true;
  }

  /** Says of each repository that dropped out what it was not given any more. */
  #tellAway(): void {
    for (const [label, since] of this.#away) {
      const missed = this.#of(label)?.dumps.filter(({ state, problems }) =>
        state === "failed" && problems.length === 0
      ) ?? [];
      if (missed.length === 0) {
        continue;
      }
      const message = `After ${JSON.stringify(since)} had failed here, ` +
        `${counted(missed.length, "database was", "databases were")} not dumped into this ` +
        `repository: ${missed.map(databaseLabel).join(", ")}`;
      this.#of(label)?.problems.push({ severity: "error", message });
    }
  }

  #of(label: string): { dumps: DumpOutcome[]; problems: Problem[] } | undefined {
    return this.#results.get(label);
  }
}

/** A whole table that can't be listed, or one of its databases. */
function listProblem({ label }: DatabaseEntry, { database, message, hint }: ListProblem) {
  const what = database === undefined
    ? `[[databases]] "${label}"`
    : JSON.stringify(databaseLabel({ label, database }));
  const isNamed = message.startsWith("Cannot ") && message.includes(`"${label}"`);
  const said = isNamed ? message : `${what}: ${message}`;
  const problem: Problem = { severity: "error", message: said };
  return hint === undefined ? problem : { ...problem, hint };
}

/** The state directory is private, and the lock of the run is held: nobody else makes such directories. */
function removeOldScratch(stateDir: string): void {
  for (const { name, isDirectory } of Deno.readDirSync(stateDir)) {
    if (!isDirectory || !/^dump-[0-9a-f]{8}-[0-9a-f-]{27}$/.test(name)) continue;
    Deno.removeSync(join(stateDir, name), { recursive: true });
  }
}
