/** What became of dumps of databases. Plain data that the reporters read. @module */
import type { Problem } from "../problem.ts";
import type { DatabaseName } from "../text/database_series.ts";

/** What became of the dump of one database in one repository. Sizes are in bytes. */
export interface DumpOutcome extends DatabaseName {
  /** `failed`: there is no archive of tonight. */
  readonly state: "ok" | "warning" | "failed";
  /** The archive; unset when none was made. */
  readonly archive?: string;
  /** Of the dump. */
  readonly size?: number;
  /** Of the dump, as hexadecimal digits. */
  readonly sha256?: string;
  /** What the archive added to the repository. */
  readonly newSize?: number;
  /** Milliseconds. */
  readonly duration: number;
  readonly problems: readonly DumpProblem[];
}

/** Something that a person should know of a dump. */
export interface DumpProblem extends Problem {
  /** Whether it is about this repository alone, and not about the database. */
  readonly isOfRepository?: true;
  /** Whether the message names the database. */
  readonly isComplete?: true;
}

/** What was read back of tonight's dumps from one repository. */
export interface ReadBackStats {
  /** How many were equal to what the dump program wrote. */
  readonly dumps: number;
  /** Bytes of these. */
  readonly size: number;
  /** How many wait for another night, because of `verify.max_bytes`. */
  readonly later: number;
}
