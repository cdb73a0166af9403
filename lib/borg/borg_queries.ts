/** Asks Borg about archives and their entries. @module */
import { type ArchiveList, IN_UTC, listArchivesArguments, parseArchives } from "./archives.ts";
import { type Entry, type Include, listEntriesArguments, parseEntry } from "./entries.ts";
import type { InheritedEnvironment } from "./environment.ts";
import { type BorgFailure, other } from "./failure_kinds.ts";
import { listPinsArguments, parsePins, type ReasonedPin } from "./pins.ts";
import type { BorgRepository } from "./repository.ts";
import type { StartProgram } from "../process/program.ts";
import type { BorgRequest, BorgResult } from "./run_borg.ts";
import { runPatiently } from "./short_waits.ts";

/** What is needed to start Borg. */
export interface Access {
  /** Our own environment, as far as Borg may see it. */
  readonly inherited: InheritedEnvironment;
  /** Starts Borg. */
  readonly start: StartProgram;
  /** Stops Borg when it aborts. */
  readonly signal: AbortSignal;
  /** Hears now and then how many entries of an archive have been listed. */
  readonly onListed?: (repository: BorgRepository, entries: number) => void;
}

/** What Borg answered. */
export type Answer<T> =
  | { readonly kind: "answer"; readonly value: T }
  | { readonly kind: "failed"; readonly failure: BorgFailure };

/** The work was stopped by a signal. */
export class Stopped extends Error {}

/** An archive in a repository. */
export interface ArchiveAt {
  readonly repository: BorgRepository;
  /** The archive's name. */
  readonly archive: string;
  /** Borg's id of it, when no other archive of that name is meant. */
  readonly id?: string | undefined;
}

/** What Borg runs, besides how it is started. */
type Call =
  & Omit<Parameters<typeof runPatiently>[0], keyof Access | "onLine">
  & Partial<Pick<BorgRequest, "onLine">>;

/**
 * Runs Borg.
 *
 * @throws {Stopped} when it was stopped
 */
export async function callBorg(access: Access, call: Call): Promise<BorgResult> {
  if (access.signal.aborted) throw new Stopped();
  const result = await runPatiently({ onLine: () => {}, ...call, ...access });
  if (result.end.kind === "stopped") throw new Stopped();
  return result;
}

/** What is heard while Borg reads the content of an archive. */
interface ContentListener {
  readonly onProgress: (percent: number, message: string) => void;
  readonly onWarning: (text: string) => void;
}

/**
 * Runs a Borg that reads the content of an archive, and counts its warnings.
 *
 * @throws {Stopped} when it was stopped
 */
export async function readContent(
  access: Access,
  call: Omit<Call, "onLine">,
  { onProgress, onWarning }: ContentListener,
): Promise<Answer<number>> {
  let warnings = 0;
  const { end } = await callBorg(access, {
    ...call,
    onLine: (line) => {
      if (line.kind === "percent") onProgress(line.percent, line.message);
      // Anything worse ends Borg, and is reported as its failure.
      if (line.kind !== "message" || line.level !== "warning") return;
      warnings += 1;
      onWarning(line.text);
    },
  });
  if (end.kind === "failed") return end;
  return { kind: "answer", value: end.kind === "warnings" ? Math.max(1, warnings) : warnings };
}

/**
 * Lists the archives of a repository.
 *
 * @throws {Stopped} when it was stopped
 */
export async function queryArchives(
  access: Access,
  repository: BorgRepository,
): Promise<Answer<ArchiveList>> {
  const args = listArchivesArguments(repository);
  const { end, stdout } = await callBorg(access, { repository, args, variables: IN_UTC });
  if (end.kind === "failed") return end;
  const archives = parseArchives(stdout);
  if (archives !== undefined) return { kind: "answer", value: archives };
  return failedAnswer("Borg did not report its list of archives");
}

/**
 * Lists the pins of a repository with their reasons.
 *
 * @throws {Stopped} when it was stopped
 */
export async function queryPins(
  access: Access,
  repository: BorgRepository,
): Promise<Answer<readonly ReasonedPin[]>> {
  const args = listPinsArguments(repository);
  const { end, stdout } = await callBorg(access, { repository, args, variables: IN_UTC });
  if (end.kind === "failed") return end;
  const pins = parsePins(stdout);
  if (pins !== undefined) return { kind: "answer", value: pins };
  return failedAnswer("Borg did not report its list of pins");
}

/** An answer of Borg that is of no use. */
export function failedAnswer(message: string): Answer<never> {
  return { kind: "failed", failure: other(message) };
}

/** Number of entries of an archive after which the progress of the listing is reported. */
const LISTED_STEP = 1_000;

/** Which entries of an archive are listed. */
interface EntryQuery extends ArchiveAt {
  /** Everything when empty. */
  readonly includes: readonly Include[];
  /** Patterns besides, from `patternLines`, which stand before the includes. */
  readonly patterns?: string;
  /** Whether the content is read for its SHA-256. */
  readonly hash?: boolean;
  /** Hears every entry, in the order of the archive. */
  readonly onEntry: (entry: Entry) => void;
}

/**
 * Lists entries of an archive; that nothing matches is no failure.
 *
 * @throws {Stopped} when it was stopped
 */
export async function queryEntries(access: Access, query: EntryQuery): Promise<Answer<void>> {
  const { repository, archive, id = "", includes, patterns, hash = false, onEntry } = query;
  let unreadable = false;
  let isOther = false;
  const choice = { hash, patterns: patterns !== undefined, id: id !== "" };
  let entries = 0;
  access.onListed?.(repository, entries);
  const { end } = await callBorg(access, {
    repository,
    args: listEntriesArguments(repository, archive, includes, choice),
    ...(patterns === undefined ? {} : { stdin: patterns }),
    variables: IN_UTC,
    onStdoutLine: (line) => {
      if (!line.startsWith(id)) isOther = true;
      if (isOther) return;
      const entry = parseEntry(line);
      entries += 1;
      if (entries % LISTED_STEP === 0) access.onListed?.(repository, entries);
      if (entry !== undefined) onEntry(entry);
      else unreadable = true;
    },
  });
  if (end.kind === "failed") return end;
  if (isOther) return failedAnswer("the archive was replaced by another one of the same name");
  // An entry that we can't read is one that we can't judge: a restore must not go on without it.
  if (unreadable) return failedAnswer("Borg listed something that is not a valid entry");
  return { kind: "answer", value: undefined };
}
