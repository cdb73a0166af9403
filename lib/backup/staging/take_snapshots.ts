/**
 * Takes the snapshots of a run: one command per pool, the pools side by side.
 *
 * @module
 */
import { isHung, type RunZfsCommand, type ZfsCommandResult } from "../../zfs/command.ts";
import type { Dataset } from "../../zfs/dataset_list.ts";
import { ownWords, reasonFor, reasonInText } from "../../zfs/reasons.ts";
import {
  culprits,
  deferDestroy,
  holdSnapshots,
  makeSnapshots,
  saidAbout,
} from "../../zfs/snapshots.ts";
import { lookUpSnapshots } from "../../zfs/snapshot_facts.ts";
import type { Problem } from "../outcome.ts";
import { forEachOfMany } from "./commands.ts";
import type { JournalKeeper } from "./journal_keeper.ts";

/** What all pools of a run share. */
export interface SnapshotContext {
  readonly run: RunZfsCommand;
  readonly note: (text: string) => void;
  readonly keeper: JournalKeeper;
  /** The configuration's name. */
  readonly configuration: string;
  readonly runId: string;
  /** The part of the snapshots' names behind the `@`. */
  readonly label: string;
  /** Full names that are held and marked for destruction; filled here. */
  readonly deferred: Set<string>;
  /** Pools that did not answer; filled here. */
  readonly hung: Set<string>;
}

/** One pool's part. */
export interface PoolSnapshots {
  readonly pool: string;
  /** What was asked for. */
  readonly datasets: readonly Dataset[];
  /** Those that have a snapshot now. */
  readonly taken: readonly Dataset[];
  /** Why the others have none, by the name of the dataset. */
  readonly failures: ReadonlyMap<string, Problem>;
}

/** How often the snapshot is tried again without those that were in its way. */
const ATTEMPTS = 3;

/**
 * Takes the snapshots of one pool. One dataset that can't be snapshotted makes the whole command
 * fail; then it is taken out and the command is tried again.
 *
 * @param context what all pools share; the journal knows the intended names already
 * @param pool the pool's name
 * @param datasets of this pool
 */
export async function takeSnapshots(
  context: SnapshotContext,
  pool: string,
  datasets: readonly Dataset[],
): Promise<PoolSnapshots> {
  const failures = new Map<string, Problem>();
  let left = datasets;
  for (let attempt = 1; left.length > 0; attempt++) {
    const names = left.map(({ name }) => `${name}@${context.label}`);
    const result = await makeSnapshots(context.run, names, context.runId);
    if (result.succeeded) break;
    const unclear = result.end.kind !== "exited" && result.end.kind !== "not-started";
    if (isHung(result)) context.hung.add(pool);
    const spoilers = unclear || attempt === ATTEMPTS ? left : spoilersAmong(left, names, result);
    for (const dataset of spoilers) {
      const said = saidAbout(result.stderr, `${dataset.name}@${context.label}`);
      failures.set(dataset.name, snapshotFailure(dataset, result, said));
    }
    // What was certainly not made needs no clean-up. A command that hangs may still do its work.
    if (!unclear) await forget(context, spoilers);
    left = left.filter((dataset) => !spoilers.includes(dataset));
  }
  return { pool, datasets, taken: left, failures };
}

function spoilersAmong(
  datasets: readonly Dataset[],
  names: readonly string[],
  result: ZfsCommandResult,
): readonly Dataset[] {
  const named = new Set(culprits(result.stderr, names));
  const found = datasets.filter((_, index) => named.has(names[index] ?? ""));
  if (found.length > 0) return found;
  // "Out of space" names nobody. A reservation makes a snapshot need space of its own.
  const reserved = datasets.filter((dataset) => dataset.reserved);
  const spaceless = /out of space/.test(ownWords(result.stderr));
  return spaceless && reserved.length > 0 ? reserved : datasets;
}

function snapshotFailure(dataset: Dataset, result: ZfsCommandResult, said: string): Problem {
  const known = said === "" ? undefined : reasonInText(said, dataset.name);
  const { reason, hint } = known ?? reasonFor(result, dataset.name);
  const message = `Cannot snapshot the dataset "${dataset.name}": ${reason}`;
  return { severity: "error", message, hint };
}

async function forget(context: SnapshotContext, datasets: readonly Dataset[]): Promise<void> {
  const names = new Set(datasets.map(({ name }) => `${name}@${context.label}`));
  await context.keeper.update((run) => ({
    ...run,
    snapshots: run.snapshots.filter(({ name }) => !names.has(name)),
  }));
}

/**
 * Writes down the guids of one pool's snapshots, holds them and marks them for destruction.
 *
 * @param context what all pools share
 * @param pool what was taken
 * @returns what is left of it
 */
export async function secureSnapshots(
  context: SnapshotContext,
  pool: PoolSnapshots,
): Promise<PoolSnapshots> {
  if (pool.taken.length === 0) return pool;
  const failures = new Map(pool.failures);
  const nameOf = ({ name }: Dataset) => `${name}@${context.label}`;
  const fail = (dataset: Dataset, action: string, result: ZfsCommandResult) => {
    if (isHung(result)) context.hung.add(pool.pool);
    const { reason, hint } = reasonFor(result, dataset.name);
    failures.set(dataset.name, { severity: "error", message: `${action}: ${reason}`, hint });
  };
  const names = pool.taken.map(nameOf);
  const lookup = await lookUpSnapshots(context.run, names);
  await writeDownGuids(context, lookup.facts);
  const steps = new Set([...lookup.facts.values()].map(({ createtxg }) => createtxg));
  context.note(
    `Pool "${pool.pool}": ${lookup.facts.size} snapshots, made in ${steps.size} step(s)`,
  );
  const hold = isHung(lookup.result)
    ? lookup.result
    : await holdSnapshots(context.run, names, context.runId);
  const notHeld = new Set(hold.succeeded ? [] : unheld(hold, names));
  const secured = await forEachOfMany(pool.taken, async (dataset) => {
    const name = nameOf(dataset);
    const fact = lookup.facts.get(name);
    if (fact?.owner !== context.runId) {
      fail(dataset, `Cannot find the snapshot "${name}" that was just made`, lookup.result);
      return [];
    }
    if (notHeld.has(name)) {
      fail(dataset, `Cannot hold the snapshot "${name}"`, hold);
      return [];
    }
    const { configuration, runId } = context;
    // One that hangs is enough: the others of this pool would only hang as long.
    const marked = context.hung.has(pool.pool)
      ? HUNG
      : await deferDestroy(context.run, { name, configuration, runId });
    if (isHung(marked)) {
      fail(dataset, `Cannot mark the snapshot "${name}" for destruction`, marked);
      return [];
    }
    // Without the mark it is as good to be read; the release will look at it once more.
    if (marked.succeeded) context.deferred.add(name);
    return [dataset];
  });
  return { ...pool, taken: secured.flat(), failures };
}

const HUNG: ZfsCommandResult = {
  succeeded: false,
  end: { kind: "unkillable", reason: "timed-out" },
  stdout: "",
  stderr: "",
};

/** Which snapshots are not held after a `zfs hold` that failed. */
function unheld(result: ZfsCommandResult, names: readonly string[]): readonly string[] {
  const named = names.filter((name) => result.stderr.includes(`'${name}'`));
  return named.length > 0 ? named : names;
}

async function writeDownGuids(
  context: SnapshotContext,
  facts: ReadonlyMap<string, { readonly guid: string; readonly owner: string | undefined }>,
): Promise<void> {
  await context.keeper.update((run) => ({
    ...run,
    snapshots: run.snapshots.map((entry) => {
      const fact = facts.get(entry.name);
      return fact?.owner === context.runId ? { ...entry, guid: fact.guid } : entry;
    }),
  }));
}
