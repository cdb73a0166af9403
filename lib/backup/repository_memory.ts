/** What a run knows of a repository from earlier runs, and what it adds to that. @module */
import type { ArchiveExtent } from "../inspect/archive_size.ts";
import type { StepRow } from "../state/history_rows.ts";
import type { Ledger, LedgerChange } from "../state/ledger.ts";

/** What is known of one repository. It is written at once: a run may be killed at any time. */
export interface RepositoryMemory {
  /** What tells this machine apart from others: sixteen hexadecimal digits; "": not known. */
  machineId(): string;
  /** Whether nothing of the past was lost: the history was not begun anew, nor is it a copy. */
  isWhole(): boolean;
  /** Whether what is noted will be known to the next run. */
  isDurable(): boolean;
  /** The archives and alarms that are known. */
  recall(): Ledger;
  /** Writes down what an inspection found. */
  remember(change: LedgerChange): void;
  /** Notes that archives are being removed on purpose. */
  removed(archives: readonly string[]): void;
  /** The ids of the runs of this machine, this one among them, the last one first. */
  runIds(): readonly string[];
  /** Whether a run of this machine has that id. */
  isOwnRun(runId: string): boolean;
  /** Whether a run of this machine has made an archive here. */
  hasCreated(): boolean;
  /** The last archive that nothing looked wrong with, if any is known. */
  baseline(): ArchiveExtent | undefined;
  /** The newest results of `create`, the oldest first. */
  creates(count: number): readonly StepRow[];
  /**
   * When the last good check began, if ever; one from before the repository itself was accepted does
   * not count.
   */
  lastCheck(): Date | undefined;
}
