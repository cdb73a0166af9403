/** Something about ZFS that a person should know. */
export interface ZfsProblem {
  /** `error`: something that was asked for is not there. `warning`: look at this. */
  readonly severity: "warning" | "error";
  /** What happened, in one sentence without a full stop. */
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
}

/**
 * An error.
 *
 * @param message what happened, in one sentence without a full stop
 * @param hint what to do about it
 */
export function zfsError(message: string, hint: string): ZfsProblem {
  return { severity: "error", message, hint };
}

/**
 * A warning.
 *
 * @param message what happened, in one sentence without a full stop
 * @param hint what to do about it
 */
export function zfsWarning(message: string, hint: string): ZfsProblem {
  return { severity: "warning", message, hint };
}
