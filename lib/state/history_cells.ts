/**
 * Reads rows of the history that come without the names of their columns: there are many thousands of
 * steps, and names cost several times as much.
 *
 * @module
 */
import { textOf } from "../text/json.ts";
import { type RepositoryRow, type StepRow, textOrEmpty } from "./history_rows.ts";

/** The values of one row. */
export type Cells = readonly unknown[];

const REPOSITORY = ["label", "state", "reason", "incomplete", "absent_sources", "space"];

/** What {@linkcode repositoryOf} reads, in its order. */
export const REPOSITORY_COLUMNS = REPOSITORY.map((name) => `repositories.${name}`).join(", ");

/** How many columns that are. */
export const REPOSITORY_CELLS: number = REPOSITORY.length;

/** Reads the {@linkcode REPOSITORY_COLUMNS} of a repository. */
export function repositoryOf(
  [label, state, reason, incomplete, absentSources, space]: Cells,
): RepositoryRow {
  return {
    label: textOrEmpty(label),
    state: textOrEmpty(state),
    reason: textOf(reason),
    incomplete: incomplete === 1,
    absentSources: textOrEmpty(absentSources),
    space: textOf(space),
  };
}

/** What {@linkcode stepOf} reads, in its order. */
export const STEP_COLUMNS = [
  ...["label", "step", "state", "reason", "duration", "attempts", "retry_reason"],
  ...["problems", "archive", "files"],
  ...["original_size", "compressed_size", "new_size", "repository_size", "added", "modified"],
  ...["changed_while_read", "unreadable", "checked", "dumps", "suspicious"],
].map((name) => `steps.${name}`).join(", ");

/** Reads the {@linkcode STEP_COLUMNS} of a step. */
export function stepOf([
  label,
  step,
  state,
  reason,
  duration,
  attempts,
  retryReason,
  problems,
  archive,
  files,
  originalSize,
  compressedSize,
  newSize,
  repositorySize,
  added,
  modified,
  changedWhileRead,
  unreadable,
  checked,
  dumps,
  suspicious,
]: Cells): StepRow {
  return {
    label: textOrEmpty(label),
    step: textOrEmpty(step),
    state: textOrEmpty(state),
    reason: textOf(reason),
    duration: numberOf(duration),
    attempts: numberOf(attempts),
    retryReason: textOf(retryReason),
    problems: textOrEmpty(problems),
    archive: textOf(archive),
    files: numberOf(files),
    originalSize: numberOf(originalSize),
    compressedSize: numberOf(compressedSize),
    newSize: numberOf(newSize),
    repositorySize: numberOf(repositorySize),
    added: numberOf(added),
    modified: numberOf(modified),
    changedWhileRead: numberOf(changedWhileRead),
    unreadable: numberOf(unreadable),
    checked: textOf(checked),
    dumps: textOf(dumps),
    suspicious: suspicious === 1,
  };
}

/** A number that JavaScript can't hold exactly is not known. */
function numberOf(value: unknown): number | null {
  return Number.isSafeInteger(value) ? Number(value) : null;
}
