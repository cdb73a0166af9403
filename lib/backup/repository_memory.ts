/** What a run knows of a repository from earlier runs, and what it adds to that. @module */
import type { ArchiveExtent } from "../inspect/archive_size.ts";
import type { ArchiveCheck, CheckState, RepositoryChecks } from "../state/check_ledger.ts";
import type { DumpLedger } from "../state/dump_ledger.ts";
import type { StepRow } from "../state/history_rows.ts";
import type { KeyState } from "../state/key_ledger.ts";
import type { Ledger, LedgerChange, StandingAlarm } from "../state/ledger.ts";
import type { KnownPin, SeenPins } from "../state/pin_ledger.ts";
import type { SizePoint } from "../state/repository_space.ts";
import type { PastVerification } from "../state/verifications.ts";
import type { CheckpointStats } from "./outcome.ts";

/** A run that ended without a report. */
interface DeadRun {
  readonly runId: string;
  readonly startedAt: Date;
}

/** What is known of the dumps of databases in a repository. */
export type DumpMemory = Pick<
  DumpLedger,
  | ("write" | "noteVerified" | "madeBefore" | "since" | "runsAfter")
  | ("ofArchive" | "verifiedTimes" | "leftovers")
>;

/** What is known of one repository. It is written at once: a run may be killed at any time. */
export interface RepositoryMemory {
  /** What tells this machine apart from others: sixteen hexadecimal digits; "": not known. */
  machineId(): string;
  /** Whether nothing of the past was lost: the history was not started again, nor is it a copy. */
  isWhole(): boolean;
  /** Whether what is noted will be known to the next run. */
  isDurable(): boolean;
  /** The runs of this machine that died and were named in no report yet, one aside. */
  died(own: string): readonly DeadRun[];
  /** Notes what a run that died has left in the repository. */
  left(run: DeadRun, checkpoint: CheckpointStats): void;
  /** The archives and alarms that are known. */
  recall(): Ledger;
  /** Writes down what an inspection found. */
  remember(change: LedgerChange): void;
  /** Raises an alarm that no inspection has found. */
  raise(alarm: StandingAlarm): void;
  /** Notes that archives are being removed on purpose. */
  removed(archives: readonly string[]): void;
  /** The last run that may have begun an archive here, one aside. */
  lastCreate(own: string): string | undefined;
  /** Whether a run of this machine has that id. */
  isOwnRun(runId: string): boolean;
  /** Whether a run of this machine has made an archive here. */
  hasCreated(): boolean;
  /** The last archive that nothing looked wrong with, if any is known. */
  baseline(): ArchiveExtent | undefined;
  /** The last archive that is complete and that nothing looked wrong with, if any is known. */
  lastGood(): string | undefined;
  /** The optional sources that were absent from each archive that this machine has made here. */
  absences(): ReadonlyMap<string, readonly string[]>;
  /** The newest results of `create`, the oldest first. */
  creates(count: number): readonly StepRow[];
  /** The sizes of the repository after each archive that was made in it since a time. */
  sizes(since: Date): readonly SizePoint[];
  /** How many alarms about the repository itself were accepted. */
  takeOvers(): number;
  checks(): CheckState;
  noteChecks(checks: RepositoryChecks): void;
  /** Notes what became of archives that were read. */
  noteArchives(archives: readonly ArchiveCheck[]): void;
  /** Forgets the checks of archives that are gone. */
  forgetArchives(archives: readonly string[]): void;
  /** What is known of the repository's key. */
  key(): KeyState;
  /** Notes the fingerprint of the key as the repository has it. */
  noteKey(fingerprint: string, at: number): void;
  /** What is pinned in the repository, as far as it is known. */
  pins(): readonly KnownPin[];
  /** Notes which pins are there, and which are gone. */
  notePins(seen: SeenPins): void;
  /** What was read back since a time, newest first; the last one is always there. */
  verifications(since: Date): readonly PastVerification[];
  /** What is known of the dumps of databases. */
  readonly dumps: DumpMemory;
}
