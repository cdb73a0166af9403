/**
 * What says that the data is not what it should be, although Borg did what it was asked to.
 *
 * @module
 */

/**
 * What can look wrong. Those of the repository come first, then those of a new archive as a whole,
 * of one source, of one database, and of what the administrator expects.
 */
export const ALARM_KINDS = [
  "archives-vanished",
  "archives-foreign",
  "archives-misdated",
  "repository-replaced",
  "repository-set-back",
  "archive-small",
  "source-missing",
  "source-gone",
  "source-empty",
  "source-small",
  "source-unread",
  "source-unmounted",
  "unusual-change",
  "database-small",
  "expectation-unmet",
] as const;

/** One way in which data can look wrong. */
export type AlarmKind = typeof ALARM_KINDS[number];

/** Subject of the alarm that a repository has no archive of the series, where others make them. */
export const NO_ARCHIVE_AT_ALL = "no archive";

/** Subject of the alarm that the history came from another machine. */
export const OTHER_MACHINE = "machine";

/** Those that say something of the repository, whether or not there is a new archive. */
export const OF_REPOSITORY: ReadonlySet<AlarmKind> = new Set([
  "archives-vanished",
  "archives-foreign",
  "archives-misdated",
  "repository-replaced",
  "repository-set-back",
]);

/** Those that say nothing against the new archive of files. */
export const NOT_OF_FILES: ReadonlySet<AlarmKind> = new Set([...OF_REPOSITORY, "database-small"]);

/**
 * Something that looks wrong in one repository or its new archive. While an alarm is open, pruning
 * and compacting that repository is suspended.
 */
export interface Alarm {
  readonly kind: AlarmKind;
  /**
   * What of the repository it is about: the path of a source or an expectation, a database such as
   * "pg/shop"; "": all of it.
   */
  readonly subject: string;
  /** What looks wrong, with its numbers, in one sentence without a full stop. */
  readonly message: string;
  /** What to look at; how to accept it is added in one place for all. */
  readonly hint: string;
  /** `error`: the run failed; `warning`: look at it. */
  readonly severity: "warning" | "error";
}
