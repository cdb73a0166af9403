/**
 * Names of datasets and of our snapshots, in the exact form that may be handed to `zfs destroy`.
 *
 * `zfs destroy` reads much into its argument: `a@x,y`, `a@x%y` and `a@%` mean many snapshots, and
 * without the `@` it means the whole dataset. Therefore nothing gets there that does not have the
 * exact form of {@linkcode parseOwnSnapshot}.
 *
 * @module
 */

/** The most bytes a full name may have (ZFS_MAX_DATASET_NAME_LEN is 256 with the final zero). */
export const LONGEST_NAME = 255;

// Letters, digits, "_", ".", ":", "-" and the space are all that ZFS allows; a pool's name starts
// with a letter, so that a name is never taken for an option.
const DATASET = "[A-Za-z][A-Za-z0-9_.: -]*(?:/[A-Za-z0-9_.: -]+)*";
const OWN_NAME =
  "autoborg-([A-Za-z0-9_.:-]+)-(\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ)-([0-9a-f]{8})";
const DATASET_PATTERN = new RegExp(`^${DATASET}$`);
const OWN_PATTERN = new RegExp(`^(${DATASET})@${OWN_NAME}$`);

/** The parts of the full name of one of our snapshots. */
interface OwnSnapshotName {
  readonly dataset: string;
  /** The configuration's name. */
  readonly name: string;
  readonly runId: string;
}

/** Whether a text can be the name of a dataset. */
export function isDatasetName(text: string): boolean {
  return DATASET_PATTERN.test(text);
}

/** The pool of a dataset or a snapshot, such as `tank` of `tank/data`. */
export function poolOf(dataset: string): string {
  return dataset.split(/[/@]/, 1)[0] ?? dataset;
}

/** The dataset of a snapshot. */
export function datasetOf(snapshot: string): string {
  return snapshot.split("@", 1)[0] ?? snapshot;
}

/**
 * The part of our snapshots' names behind the `@`; the same for all datasets of a run. The time is
 * in UTC because local time repeats itself, and the id makes the name one that nobody else has.
 */
export function snapshotLabel(name: string, startedAt: Date, runId: string): string {
  return `autoborg-${name}-${startedAt.toISOString().replace(/\.\d+Z$/, "Z")}-${runId}`;
}

/** Takes the full name of one of our snapshots apart; `undefined` when it lacks our exact form. */
export function parseOwnSnapshot(full: string): OwnSnapshotName | undefined {
  const [, dataset, name, , runId] = OWN_PATTERN.exec(full) ?? [];
  if (dataset === undefined || name === undefined || runId === undefined) return undefined;
  return { dataset, name, runId };
}

/** The tag of the hold that keeps others from destroying a run's snapshots. */
export function holdTag(runId: string): string {
  return `autoborg:${runId}`;
}

/** The user property that marks our snapshots from birth; its value is the run's id. */
export const OWNER_PROPERTY = "org.autoborg:run";
