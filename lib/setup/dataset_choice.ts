/** The datasets that a person has picked, as the configuration has them. Pure. @module */

/** The keys `datasets` and `exclude` of a `[zfs]` that is recursive. */
export interface DatasetChoice {
  readonly datasets: readonly string[];
  readonly exclude: readonly string[];
}

/**
 * Names as few datasets as possible, so that those that are created later below one of them are backed
 * up as well.
 *
 * @param offered all that could be picked
 * @param picked those that are backed up
 */
export function chooseDatasets(
  offered: readonly string[],
  picked: readonly string[],
): DatasetChoice {
  const isBelow = (name: string, others: readonly string[]) =>
    others.some((other) => name.startsWith(`${other}/`));
  const datasets = picked.filter((name) => !isBelow(name, picked));
  const exclude = offered.filter((name) => isBelow(name, datasets) && !picked.includes(name));
  return { datasets, exclude };
}
