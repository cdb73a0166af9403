/**
 * Dumps one database into all repositories that take it.
 *
 * Every Borg is started first and waits for its input: a dump holds a transaction open, and must not wait
 * for locks and caches. The end of the input comes when the dump program has ended well and the dump has
 * its own end mark. Otherwise every Borg gets SIGINT first and the end of its input then, and makes no
 * archive; the other way round it would make one of half a dump.
 *
 * @module
 */
import { startDeadline } from "../async/deadline.ts";
import type { DumpContext, DumpEnd, DumpSource, RunningDump } from "../databases/dump_source.ts";
import { Tee } from "../databases/tee.ts";
import { AppError, hintOf, isInternalError, reasonOf } from "../errors.ts";
import { databaseLabel } from "../text/database_series.ts";
import { humanLimit } from "../text/units.ts";
import { concluded, type Dumped, failureNote, type TargetResult } from "./dump_conclusion.ts";
import type { DumpProblem } from "./dump_outcome.ts";
import { problemOf } from "./problems.ts";
import type { Emit } from "./events.ts";
import type { DumpTarget } from "./steps/dump_target.ts";
import { interruptionOf } from "./steps/borg_step.ts";

/** What is dumped, and how. */
interface DatabaseDump {
  readonly source: DumpSource;
  readonly targets: readonly DumpTarget[];
  /** Milliseconds for the whole dump; none when left out. */
  readonly timeout?: number;
  /** Bytes a second below which a repository drops out; 0: never. */
  readonly minRate: number;
  /** What the dump program gets, but for the signal. */
  readonly context: Omit<DumpContext, "signal">;
  /** Stops everything when it aborts. */
  readonly signal: AbortSignal;
  readonly emit: Emit;
  /** Milliseconds since some moment; another clock only in tests. */
  readonly now?: (() => number) | undefined;
}

/** How often progress is reported at most, in milliseconds. */
const TELLING = 200;

/** Dumps a database. A dump that fails is a result, not an error. */
export async function dumpDatabase(dump: DatabaseDump): Promise<readonly TargetResult[]> {
  const { source, targets } = dump;
  const began = performance.now();
  const tee = new Tee(targets.length, {
    minRate: dump.minRate,
    ...(dump.now === undefined ? {} : { now: dump.now }),
    onProgress: progressTo(targets, databaseLabel(source.name)),
  });
  const creates = targets.flatMap((target, index) => {
    const branch = tee.branches[index];
    return branch === undefined
      ? []
      : [{ ...target.start(source.name, source.fileName, branch), branch }];
  });
  const ready = await Promise.all(creates.map((create) => create.ready));
  const dumped = ready.includes(true) ? await dumpInto(tee, dump) : { kind: "unwanted" } as const;
  if (dumped.kind === "whole") {
    const { size, sha256 } = dumped.result;
    // The run may be killed from here on: then the archive is whole all the same.
    for (const { target, archive, branch } of creates) {
      const row = { state: "sealed", leftover: true, size, sha256 } as const;
      if (branch.isOpen) target.note(source.name, archive, row);
    }
    tee.end();
  } else tee.cut();
  if (dumped.kind === "failed") dump.emit(failureNote(source.name, dumped.problem));
  return await Promise.all(creates.map((create, index) => {
    const isSlow = create.branch.isSlow;
    return concluded(dump, { ...create, isSlow, isReady: ready[index] === true, began }, dumped);
  }));
}

/** Makes the dump and passes it on; ends whatever it has started. */
async function dumpInto(tee: Tee, dump: DatabaseDump): Promise<Dumped> {
  const { source, timeout, context, signal, emit } = dump;
  const late = new AbortController();
  using _deadline = timeout === undefined ? undefined : startDeadline(timeout, () => late.abort());
  const stop = AbortSignal.any([signal, late.signal]);
  const stopped = (): Dumped | undefined => {
    if (signal.aborted) return failed(interruptionOf(signal));
    if (!late.signal.aborted) return undefined;
    return failed(
      `it took longer than ${humanLimit(timeout ?? 0)}, the timeout of [[databases]] ` +
        `"${source.name.label}"`,
      "Set a longer timeout, or find out whether the database waits for a lock",
    );
  };
  try {
    await using running = await source.open({ ...context, signal: stop });
    const result = await tee.pass(running.bytes, stop);
    if (result === undefined) return stopped() ?? { kind: "unwanted" };
    const end = await endOf(running, stop);
    if (end === undefined) return stopped() ?? { kind: "unwanted" };
    if (end.kind === "failed") return stopped() ?? failed(end.message, end.hint, COMPLETE);
    if (result.size === 0) return failed("the dump is empty");
    return { kind: "whole", result, warnings: end.warnings };
  } catch (error) {
    const known = stopped();
    if (known !== undefined) return known;
    if (isInternalError(error)) return { kind: "failed", problem: problemOf(error, emit) };
    return failed(reasonOf(error), hintOf(error).hint, error instanceof AppError ? COMPLETE : {});
  }
}

/** How the dump program ended; `undefined` when it was not waited for any longer. */
async function endOf({ end }: RunningDump, stop: AbortSignal): Promise<DumpEnd | undefined> {
  const { promise: stopped, resolve } = Promise.withResolvers<undefined>();
  const onAbort = () => resolve(undefined);
  stop.addEventListener("abort", onAbort, { once: true });
  if (stop.aborted) onAbort();
  try {
    return await Promise.race([end, stopped]);
  } finally {
    stop.removeEventListener("abort", onAbort);
  }
}

/** What the source says itself names the database. */
const COMPLETE = { isComplete: true } as const;

function failed(
  message: string,
  hint?: string,
  more: Pick<DumpProblem, "isComplete"> = {},
): Dumped {
  const advice = hint === undefined ? {} : { hint };
  return { kind: "failed", problem: { severity: "error", message, ...advice, ...more } };
}

/** Tells all repositories how far the dump is, not too often. */
function progressTo(targets: readonly DumpTarget[], message: string): (bytes: number) => void {
  let told = -Infinity;
  return (bytes) => {
    const now = performance.now();
    if (now - told < TELLING) return;
    told = now;
    for (const target of targets) target.tell(bytes, message);
  };
}
