/** Takes a run's snapshots; what has to be quiet for them is so as shortly as can be. @module */
import { settleAll } from "../../async/concurrency.ts";
import type { Problem } from "../../problem.ts";
import type { RunJournal } from "../run_journal.ts";
import {
  type SnapshotSource,
  type SnapshotTarget,
  sourceNamed,
  type StagingTools,
} from "../snapshot_source.ts";

/** The snapshots of a run. */
export interface RunSnapshots {
  /** Targets that have a snapshot which is sure to stay, by their names. */
  readonly taken: ReadonlyMap<string, SnapshotTarget>;
  /** Why others have none, by the name of the target. */
  readonly failures: ReadonlyMap<string, Problem>;
  /** Full names of those that go by themselves when they are released. */
  readonly marked: ReadonlySet<string>;
}

interface AroundSnapshots {
  /** Right before them; what it throws keeps them from being taken. */
  readonly before: () => Promise<void>;
  /** Right behind them, also when they failed. */
  readonly after: () => Promise<unknown>;
}

/**
 * Writes the intended names down, takes the snapshots of all pools side by side with nothing between
 * them and what is done around them, and then secures what was taken.
 *
 * @throws {AppError} when the journal can't be written
 * @throws what `before` throws
 */
export async function runSnapshots(
  tools: StagingTools,
  journal: RunJournal,
  tree: string,
  pools: readonly (readonly SnapshotTarget[])[],
  { before, after }: AroundSnapshots,
): Promise<RunSnapshots> {
  const all = pools.flat();
  const failures = new Map<string, Problem>();
  const marked = new Set<string>();
  const sound = (targets: readonly SnapshotTarget[]) =>
    targets.filter(({ name }) => !failures.has(name));
  const fail = (failed: ReadonlyMap<string, Problem>) => {
    for (const [name, problem] of failed) failures.set(name, problem);
  };
  const eachPool = (
    work: (source: SnapshotSource, targets: readonly SnapshotTarget[]) => Promise<void>,
  ) =>
    settleAll(
      pools.map(sound).map(async (targets) => {
        const [first] = targets;
        if (first !== undefined) await work(sourceNamed(tools.sources, first.source), targets);
      }),
    );
  try {
    await journal.intend(() => ({
      trees: [tree],
      snapshots: all.map(({ source, snapshot }) => ({ source, name: snapshot, guid: null })),
    }));
    await before();
    await eachPool(async (source, targets) => fail(await source.take(tools, targets)));
  } finally {
    await after();
  }
  await eachPool(async (source, targets) => {
    const secured = await source.secure(tools, targets, journal);
    fail(secured.failures);
    for (const name of secured.marked) marked.add(name);
  });
  return { taken: new Map(sound(all).map((target) => [target.name, target])), failures, marked };
}
