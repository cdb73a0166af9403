/** What a restore has done, or would do, for people. @module */
import { printableLine } from "../text/printable.ts";
import { counted, humanDuration, humanSize } from "../text/units.ts";
import type { Restored, RestorePlan, RestoreRequest } from "./restore_archive.ts";

/** How many entries that were skipped are named. */
const NAMED = 20;

/** What a restore has done; `duration` is in milliseconds. */
export function restoredText(
  { target }: RestoreRequest,
  restored: Restored,
  duration: number,
): string {
  const { amount, repository, warnings } = restored;
  const told = warnings === 0 ? "" : `, with ${count(warnings, "warning")}`;
  return `restored ${amountText(amount)}, from ${repository.label} to "${target}" in ` +
    `${humanDuration(duration)}${told}`;
}

/** What a restore would do. */
export function plannedText(
  { target }: RestoreRequest,
  { amount, conflicts, repositories }: RestorePlan,
): string {
  const blocked = conflicts.count === 0
    ? ""
    : `; it would be refused, because ${count(conflicts.count, "path")} already there would be ` +
      `overwritten`;
  return `would restore ${amountText(amount)}, from ${repositories[0]?.label} to "${target}"` +
    blocked;
}

/** What was not restored, as it could have been written outside of the target. */
export function skippedLines(skipped: RestorePlan["skipped"]): readonly string[] {
  if (skipped.length === 0) return [];
  return [
    ...skipped.slice(0, NAMED).map(({ path, why }) =>
      `skipped: ${JSON.stringify(path)}: ${printableLine(why)}`
    ),
    ...(skipped.length > NAMED ? [`skipped: ${skipped.length - NAMED} more`] : []),
    `FAILED: ${count(skipped.length, "path")} of the archive could have been written outside of ` +
    "the directory. Borg never creates such an archive from files: find out who else can write " +
    "to the repository",
  ];
}

/** What could not be restored. */
export function lossLines({ losses: { count: lost, named } }: Restored): readonly string[] {
  if (lost === 0) return [];
  return [
    ...named.map((text) => `not restored: ${printableLine(text)}`),
    ...(lost > named.length ? [`not restored: ${lost - named.length} more`] : []),
    `FAILED: ${count(lost, "entry", "entries")} could not be restored completely`,
  ];
}

function amountText({ files, directories, size }: Restored["amount"]): string {
  return `${count(files, "file")} and ${count(directories, "directory", "directories")}, ` +
    humanSize(size);
}

function count(number: number, one: string, several = `${one}s`): string {
  return counted(number, one, several);
}
