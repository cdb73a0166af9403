/**
 * Decides from what is known without it whether the new archive has to be counted by source. Unchanged
 * files are not listed each night; that would cost 8 to 19 percent of Borg's CPU time.
 *
 * @module
 */
import type { MountBelow } from "../staging/staging.ts";
import { counted } from "../text/units.ts";
import {
  dropPercent,
  FEW_BYTES,
  FEW_FILES,
  isTooMuch,
  type SourceFigures,
  type SourceLimits,
} from "./source_alarms.ts";
import type { SeenSource, SourceFacts } from "./source_facts.ts";
import type { MountsTonight } from "./source_mounts.ts";
import type { SourceCount } from "./source_tally.ts";

/** What is known of the sources before tonight. */
interface SourcePast {
  /** Of the last ordinary run; of a source that was absent then, the last that is known. */
  readonly figures: readonly SourceFigures[];
  /** Size of that run's archive, before compression and deduplication; `undefined`: unknown. */
  readonly originalSize: number | undefined;
  /** No other archive was begun since: what Borg calls added is added since that run. */
  readonly isLatest: boolean;
}

/** What Borg says about tonight's archive. */
interface ArchiveFigures {
  readonly files: number;
  readonly originalSize: number;
  /** How many files of each source Borg listed as added. */
  readonly added: ReadonlyMap<string, number>;
  /** How many it listed as changed. */
  readonly modified: ReadonlyMap<string, number>;
  /** Several attempts were needed: each lists what the one before has not stored, or nearly so. */
  readonly inParts?: boolean;
}

/** What is inspected. */
export interface SourceRequest extends Pick<MountsTonight, "mounts" | "isExcluded"> {
  readonly facts: readonly SourceFacts[];
  /** What `one_file_system` keeps out of the archive. */
  readonly passedOver: readonly MountBelow[];
  readonly past: SourcePast;
  readonly archive: ArchiveFigures;
  readonly limits: SourceLimits;
  /** Whether a source without facts is to be asked for: `gone` when it should be there. */
  readonly whereabouts: (path: string) => "away" | "gone" | "not a source";
  /** Stands for all that is excluded; another one when it changes. */
  readonly rules: string;
  /** Sources with an alarm that nobody has accepted: only a count tells that it is over. */
  readonly alarmed: ReadonlySet<string>;
  /** Lists the archive and counts it by source; `undefined` when that failed. */
  readonly countBySource: () => Promise<ReadonlyMap<string, SourceCount> | undefined>;
}

/** An archive that lost less than this part of its size is not counted for that. */
const LARGE_PART = 0.01;
/**
 * Says why the archive has to be counted, if it has to.
 *
 * @param before what they were at the last ordinary run, by path
 * @returns the end of a sentence
 */
export function reasonToCount(
  request: SourceRequest,
  seen: readonly SeenSource[],
  before: ReadonlyMap<string, SourceFigures>,
): string | undefined {
  const { facts, past, archive, limits, rules, alarmed } = request;
  const pairs: Pair[] = [];
  if (seen.some(({ path }) => alarmed.has(path))) return "a source has an open alarm";
  for (const source of seen) {
    const last = before.get(source.path);
    if (last === undefined || last.files === null) return "a source was never counted before";
    if (last.rules !== rules) return "what is excluded has changed";
    pairs.push({ source, last });
  }
  // The archive may hold it all the same, in place of what another one lost.
  if (seen.length < facts.length) return "a source could not be inspected";
  if (archive.inParts === true) return "it took more than one attempt to create it";
  if (!past.isLatest) return "the previous run was not a regular one";
  const notWalked = pairs.filter(({ source, last }) => walked(source, last) === undefined);
  const least = Math.min(...notWalked.map(({ last }) => losable(last, limits)));
  const suspect = pairs.find((pair) => isSuspect(pair, limits, least));
  if (suspect !== undefined) {
    return `${JSON.stringify(suspect.source.path)} may hold less than before`;
  }
  const gone = sum(pairs.map(({ source, last }) => expected(source, last, archive) ?? 0)) -
    archive.files;
  if (gone > 0 && gone >= least) {
    const files = counted(gone, "file is", "files are");
    return `${files} gone since the last count`;
  }
  return hasLostBytes(pairs, request) ? "it is smaller than the one before" : undefined;
}

/** Whether as many bytes went as one source could lose of those whose bytes were not counted. */
function hasLostBytes(pairs: readonly Pair[], { past, archive, limits }: SourceRequest): boolean {
  const lost = (past.originalSize ?? 0) - archive.originalSize;
  return pairs.some(({ source: { path, content }, last }) => {
    if ((content?.bytes ?? null) !== null && content?.doubtful === 0) return false;
    if (lost < losableBytes(last, limits)) return false;
    if (lost >= LARGE_PART * archive.originalSize) return true;
    // In a large archive the sizes of single files change by more each night: many were shortened.
    const modified = archive.modified.get(path) ?? 0;
    return modified >= FEW_FILES && modified >= losable(last, limits);
  });
}

/** A source whose content was looked at tonight, and when the archive was counted. */
interface Walked {
  /** How many files the archive holds of it, if as many are excluded as then. */
  readonly files: number;
  /** Nothing is excluded: a look at the source is as good as a count. */
  readonly exact: boolean;
  /** By how many the files changed that may be excluded. */
  readonly doubted: number;
}

/**
 * Says what a look at a small source tells of the archive.
 *
 * @returns `undefined` when it is too large to be walked, or was not counted then
 */
export function walked({ content, marker }: SeenSource, before: SourceFigures): Walked | undefined {
  if (content === undefined || before.files === null || before.present === null) return undefined;
  if (marker !== undefined) return { files: 0, exact: true, doubted: 0 };
  const files = Math.max(0, before.files + content.files - before.present);
  const doubted = Math.abs(content.doubtful - (before.doubtful ?? 0));
  return { files, exact: content.doubtful === 0 && before.files === before.present, doubted };
}

interface Pair {
  readonly source: SeenSource;
  readonly last: SourceFigures;
}

/**
 * Whether a look at the source itself shows that something may be missing.
 *
 * @param least how many files that are excluded now would hide what a large source has lost
 */
function isSuspect({ source, last }: Pair, limits: SourceLimits, least: number): boolean {
  const isThin = isTooMuch(dropPercent(source.entries, last.entries, FEW_FILES), limits.files);
  // It was too large to be walked.
  if (last.present === null) return isThin || source.content !== undefined;
  const now = walked(source, last);
  if (now === undefined) return isThin;
  if (now.exact) return false;
  return now.doubted >= Math.min(least, losable(last, limits)) ||
    ((last.files ?? 0) > 0 && (last.files ?? 0) - now.files >= losable(last, limits));
}

/** How many files the archive holds of a source at most, without a count. */
export function expected(
  source: SeenSource,
  last: SourceFigures,
  archive: ArchiveFigures,
): number | null {
  if (last.files === null) return null;
  return walked(source, last)?.files ?? last.files + (archive.added.get(source.path) ?? 0);
}

/** How many files a source has to lose before it is too much; all of a few are too much, too. */
function losable({ files }: SourceFigures, limits: SourceLimits): number {
  if (files === null || files === 0) return Infinity;
  return Math.min(files, Math.max(FEW_FILES, files * limits.files / 100));
}

function losableBytes({ bytes }: SourceFigures, { size }: SourceLimits): number {
  return bytes === null || bytes < FEW_BYTES || size >= 100
    ? Infinity
    : Math.max(FEW_BYTES, bytes * size / 100);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
