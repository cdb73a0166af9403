/** Says which datasets a configuration selects. @module */
import { exclusion, isWanted } from "../zfs/selection.ts";
import type { DatasetSelection } from "./source_selection.ts";

/** Whether the configuration selects a dataset, whether it exists or not. */
export function isSelectedDataset(
  { datasets, recursive, exclude }: DatasetSelection,
  name: string,
): boolean {
  return isWanted({ wanted: datasets, recursive, exclude }, name);
}

/** Whether a configuration selects a dataset, or excludes it on purpose. */
export function isNamedDataset(selection: DatasetSelection, name: string): boolean {
  return isSelectedDataset(selection, name) || exclusion(selection.exclude)(name);
}
