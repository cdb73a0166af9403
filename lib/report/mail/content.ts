/**
 * What a mail says, before it becomes plain text and HTML: both are made of the same content, so
 * that neither says more than the other.
 *
 * @module
 */
import type { State } from "../../backup/outcome.ts";
import type { LastGoodRow } from "../last_good.ts";
import type { LogExcerpt } from "./log_excerpt.ts";
import type { Trend } from "./trend.ts";

/** Everything that a mail says. All texts are printable and free of secrets. */
export interface MailContent {
  readonly subject: string;
  readonly state: State;
  /** The state in one sentence; it stands first. */
  readonly headline: string;
  readonly findings: readonly Finding[];
  /** How old the last good backups are; empty when all are of this run. */
  readonly lastGood: readonly LastGoodRow[];
  readonly facts: readonly Fact[];
  readonly steps: readonly StepLine[];
  /** What became of the dumps of databases; those that failed first, and of many the first ones. */
  readonly databases: readonly DatabaseLine[];
  /** What took more than one attempt, each with its reason. */
  readonly repeated: readonly string[];
  /** What was left out, each with its reason. */
  readonly skipped: readonly string[];
  /** What a person should know although nothing is wrong. */
  readonly remarks: readonly string[];
  readonly trends: readonly Trend[];
  readonly log: LogExcerpt | undefined;
}

/** A name and a value. */
export interface Fact {
  readonly name: string;
  readonly value: string;
}

/** One row of the table; a cell that has nothing to say is empty. */
export interface StepLine {
  readonly repository: string;
  readonly step: string;
  /** `absent`: the optional repository is not there. */
  readonly state: State | "skipped" | "absent";
  readonly result: string;
  readonly duration: string;
  readonly files: string;
  /** The size of all files in the new archive, or of those that were read back. */
  readonly total: string;
  readonly added: string;
}

/** One row of the table of databases. */
export interface DatabaseLine {
  readonly repository: string;
  readonly database: string;
  readonly state: State;
  readonly result: string;
  /** Size of the dump. */
  readonly total: string;
  readonly added: string;
}

/** The heads of the columns of databases, in their order. */
export const DATABASE_COLUMNS = [
  ["repository", "Repository"],
  ["database", "Database"],
  ["result", "Result"],
  ["total", "Size"],
  ["added", "New"],
] as const;

/** The heads of the table's columns, in their order. */
export const COLUMNS = [
  ["repository", "Repository"],
  ["step", "Step"],
  ["result", "Result"],
  ["duration", "Duration"],
  ["files", "Files"],
  ["total", "Total"],
  ["added", "New"],
] as const;

/** How many of a table's first columns hold words, not figures. */
export const WORDS = 3;

/** Something that a person should know. */
export interface Finding {
  readonly severity: "warning" | "error";
  /** The repository and the step; empty when it is about the run itself. */
  readonly where: string;
  readonly message: string;
  readonly hint: string | undefined;
}

/** The heads of the sections, in their order. */
export const HEADS = {
  findings: "What is wrong, and what to do",
  lastGood: "Last good backups",
  facts: "Run",
  steps: "Steps",
  databases: "Databases",
  repeated: "Tried more than once",
  skipped: "Skipped",
  remarks: "Worth knowing",
  trends: "New data of the last runs",
  log: "Log",
} as const;
