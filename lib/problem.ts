/** What a person should know of a run. @module */

/** Something that a person should know. */
export interface Problem {
  /** `error`: something that was asked for was not done. `warning`: it was, but look at this. */
  readonly severity: "warning" | "error";
  /** What happened, in one sentence without a full stop. */
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
  /**
   * The sources whose files are missing because of it: paths of directories, names of datasets. Unset:
   * it is about none in particular, or about all.
   */
  readonly sources?: readonly string[];
  /** The repositories that have it alike; unset: it is of its own repository, or of the run. */
  readonly repositories?: readonly string[];
  /** A mistake in autoborg itself; the log has the place in the code. */
  readonly internal?: true;
}

/** Something that was asked for was not done: one sentence without a full stop, and what to do. */
export function failure(message: string, hint: string): Problem {
  return { severity: "error", message, hint };
}

/** The same problem, with the sources whose files are missing because of it. */
export function aboutSources(problem: Problem, ...sources: readonly string[]): Problem {
  return { ...problem, sources };
}

/** Something to look at: one sentence without a full stop, and what to do. */
export function warning(message: string, hint: string): Problem {
  return { severity: "warning", message, hint };
}

/** A source that may be absent, and is. */
export interface AbsentSource {
  readonly path: string;
  /** Why it counts as absent, such as "it is empty". */
  readonly reason: string;
}

/** Says which source is absent, as the end of a sentence that begins with "skipped: ". */
export function absenceText({ path, reason }: AbsentSource): string {
  return `the source ${JSON.stringify(path)} is optional, and ${reason}`;
}
