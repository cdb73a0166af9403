/**
 * A small file beside the history that names the run which was written down last. By it a history
 * that was lost, or replaced by another or an older one, is told from one that is new.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { replaceDurably } from "../files/durable_file.ts";
import { readSmallFileSync } from "../files/small_file.ts";

/** The run that was written down last. */
export interface LastRun {
  /** The run's id. */
  readonly run: string;
  /** When it was written down (ISO 8601, UTC). */
  readonly at: string;
}

/** Where the mark of a history is. Its name is unlike the history's, to survive a careless `rm`. */
function markPath(historyPath: string): string {
  return join(dirname(historyPath), "last-run.json");
}

/** Writes down that a run is in the history. A mark that can't be written only protects less. */
export function writeMark(historyPath: string, run: string): void {
  const mark: LastRun = { run, at: new Date().toISOString() };
  try {
    replaceDurably(markPath(historyPath), `${JSON.stringify(mark)}\n`, 0o600);
  } catch {
    // The older mark names a run that is in the history as well.
  }
}

/**
 * Reads which run was written down last.
 *
 * @returns the run; `undefined` when nothing is known of any
 */
export function readMark(historyPath: string): LastRun | undefined {
  try {
    const value: unknown = JSON.parse(
      new TextDecoder().decode(readSmallFileSync(markPath(historyPath))),
    );
    return isLastRun(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isLastRun(value: unknown): value is LastRun {
  return typeof value === "object" && value !== null && "run" in value && "at" in value &&
    typeof value.run === "string" && typeof value.at === "string";
}
