/**
 * Takes the snapshots of a run: one command per pool, the pools side by side.
 *
 * @module
 */
import { isHung, type RunZfsCommand, type ZfsCommandResult } from "../zfs/command.ts";
import type { Dataset } from "../zfs/dataset_list.ts";
import { ownWords, reasonFor, reasonInText } from "../zfs/reasons.ts";
import {
  culprits,
  deferDestroy,
  holdSnapshots,
  makeSnapshots,
  saidAbout,
} from "../zfs/snapshots.ts";
import { lookUpSnapshots, type SnapshotLookup } from "../zfs/snapshot_facts.ts";
import type { Problem } from "../backup/outcome.ts";
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
  /** What did not answer; filled by the runner. */
  readonly hung: Set<string>;
  /** Mount points of live directories that may not be private; filled while they are mounted. */
  readonly doubtful: Set<string>;
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
    const spoilers = unclear || attempt === ATTEMPTS ? left : spoilersAmong(left, names, result);
    for (const dataset of spoilers) {
      const said = saidAbout(result.stderr, `${dataset.name}@${context.label}`);
      failures.set(dataset.name, snapshotFailure(dataset, result, said));
    }
    // They stay in the journal: the release looks whether the command told the truth.
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

/**
 * Holds one pool's snapshots, writes down their guids and marks them for destruction.
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
  const names = pool.taken.map(({ name }) => `${name}@${context.label}`);
  const hold = await holdSnapshots(context.run, names, context.runId);
  const lookup = await lookUpSnapshots(context.run, names);
  await writeDownGuids(context, lookup.facts);
  const steps = new Set([...lookup.facts.values()].map(({ createtxg }) => createtxg));
  context.note(
    `Pool "${pool.pool}": ${lookup.facts.size} snapshots, made in ${steps.size} step(s)`,
  );
  const notHeld = new Set(hold.succeeded ? [] : unheld(hold, names));
  const failures = new Map(pool.failures);
  const secured = await forEachOfMany(pool.taken, async (dataset) => {
    const name = `${dataset.name}@${context.label}`;
    const problem = notHeld.has(name)
      ? failure(`Cannot hold the snapshot "${name}"`, dataset, hold)
      : doubtAboutNew(context, dataset, lookup) ?? await markOne(context, dataset);
    if (problem === undefined) return [dataset];
    failures.set(dataset.name, problem);
    return [];
  });
  return { ...pool, taken: secured.flat(), failures };
}

function failure(action: string, dataset: Dataset, result: ZfsCommandResult): Problem {
  const { reason, hint } = reasonFor(result, dataset.name);
  return { severity: "error", message: `${action}: ${reason}`, hint };
}

/** Whether ZFS knows the snapshot as the commands before have said; no exit code is trusted. */
function doubtAboutNew(
  { label, runId }: SnapshotContext,
  dataset: Dataset,
  { facts, result }: SnapshotLookup,
): Problem | undefined {
  const name = `${dataset.name}@${label}`;
  const fact = facts.get(name);
  const hint = `See "zfs list -t snapshot ${dataset.name}" and the log of this run`;
  if (fact?.owner !== runId) {
    const action = `Cannot find the snapshot "${name}" that was just made`;
    if (!result.succeeded) return failure(action, dataset, result);
    return { severity: "error", message: `${action}: "zfs get" does not show it as ours`, hint };
  }
  if (fact.holds > 0) return undefined;
  const message = `Cannot hold the snapshot "${name}": "zfs hold" succeeded, but it is not held`;
  return { severity: "error", message, hint };
}

/** Marks a snapshot for destruction. */
async function markOne(context: SnapshotContext, dataset: Dataset): Promise<Problem | undefined> {
  const { configuration, runId, label } = context;
  const name = `${dataset.name}@${label}`;
  const marked = await deferDestroy(context.run, { name, configuration, runId });
  if (isHung(marked)) {
    return failure(`Cannot mark the snapshot "${name}" for destruction`, dataset, marked);
  }
  // Without the mark it is as good to be read; the release will look at it once more.
  if (marked.succeeded) context.deferred.add(name);
  return undefined;
}

/** Which snapshots are not held after a `zfs hold` that failed. */
function unheld(result: ZfsCommandResult, names: readonly string[]): readonly string[] {
  const named = names.filter((name) => result.stderr.includes(`'${name}'`));
  return named.length > 0 ? named : names;
}

async function writeDownGuids(
  context: SnapshotContext,
  facts: ReadonlyMap<string, { readonly guid: string; readonly owner: string | undefined }>,
): Promise<void> {
  await context.keeper.record((run) => ({
    ...run,
    snapshots: run.snapshots.map((entry) => {
      const fact = facts.get(entry.name);
      return fact?.owner === context.runId ? { ...entry, guid: fact.guid } : entry;
    }),
  }));
}
