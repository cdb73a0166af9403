/**
 * Asks Borg about archives and their entries.
 *
 * @module
 */
import { type BorgArchive, IN_UTC, listArchivesArguments, parseArchives } from "./archives.ts";
import { type Entry, type Include, listEntriesArguments, parseEntry } from "./entries.ts";
import type { InheritedEnvironment } from "./environment.ts";
import type { BorgFailure } from "./failure_kinds.ts";
import type { BorgRepository } from "./repository.ts";
import type { StartProgram } from "../process/program.ts";
import { type BorgRequest, type BorgResult, runBorg } from "./run_borg.ts";

/** What is needed to start Borg. */
export interface Access {
  /** Our own environment, as far as Borg may see it. */
  readonly outer: InheritedEnvironment;
  /** Starts Borg. */
  readonly start: StartProgram;
  /** Stops Borg when it aborts. */
  readonly signal: AbortSignal;
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
}

/**
 * Runs Borg.
 *
 * @throws {Stopped} when it was stopped
 */
export async function callBorg(
  access: Access,
  request: Omit<BorgRequest, keyof Access>,
): Promise<BorgResult> {
  if (access.signal.aborted) throw new Stopped();
  const result = await runBorg({ ...request, ...access });
  if (result.end.kind === "stopped") throw new Stopped();
  return result;
}

/**
 * Asks which archives a repository holds.
 *
 * @throws {Stopped} when it was stopped
 */
export async function queryArchives(
  access: Access,
  repository: BorgRepository,
): Promise<Answer<readonly BorgArchive[]>> {
  const args = listArchivesArguments(repository);
  const { end, stdout } = await callBorg(access, {
    repository,
    args,
    variables: IN_UTC,
    onLine: () => {},
  });
  if (end.kind === "failed") return end;
  const archives = parseArchives(stdout);
  if (archives !== undefined) return { kind: "answer", value: archives };
  return {
    kind: "failed",
    failure: { kind: "other", message: "Borg did not say which archives there are" },
  };
}

const UNREADABLE = {
  kind: "failed",
  failure: { kind: "other", message: "Borg listed something that can't be read as an entry" },
} as const;

/** What is asked about an archive. */
interface EntryQuery extends ArchiveAt {
  /** What is asked for; everything when empty. */
  readonly includes: readonly Include[];
  /** Patterns besides, from `patternLines`, which stand before the includes. */
  readonly patterns?: string;
  /** Whether the content is read for its SHA-256. */
  readonly hash?: boolean;
  /** Hears every entry, in the order of the archive. */
  readonly onEntry: (entry: Entry) => void;
}

/**
 * Asks what is in an archive.
 *
 * @throws {Stopped} when it was stopped
 */
export async function queryEntries(access: Access, question: EntryQuery): Promise<Answer<void>> {
  const { repository, archive, includes, patterns, hash = false, onEntry } = question;
  let unreadable = false;
  const { end } = await callBorg(access, {
    repository,
    args: listEntriesArguments(repository, archive, includes, {
      hash,
      patterns: patterns !== undefined,
    }),
    ...(patterns === undefined ? {} : { stdin: patterns }),
    variables: IN_UTC,
    onLine: () => {},
    onStdoutLine: (line) => {
      const entry = parseEntry(line);
      if (entry !== undefined) onEntry(entry);
      else unreadable = true;
    },
  });
  if (end.kind === "failed") return end;
  // An entry that we can't read is one that we can't judge: a restore must not go on without it.
  return unreadable ? UNREADABLE : { kind: "answer", value: undefined };
}
