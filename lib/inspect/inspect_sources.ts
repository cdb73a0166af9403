/**
 * Looks at each source for itself: one that went empty among others that are full changes the figures
 * of the whole archive by little. Unchanged files are not listed each night; that would cost 8 to 19
 * percent of Borg's CPU time. What Borg says anyway tells how many files are gone, and only when
 * more are gone than one source could lose unnoticed is the archive counted.
 *
 * @module
 */
import type { Alarm } from "../alarm.ts";
import type { PassedOver } from "../staging/staging.ts";
import {
  dropPercent,
  FEW_BYTES,
  FEW_FILES,
  isTooMuch,
  sourceAlarm,
  type SourceFigures,
  type SourceLimits,
  type SourceTonight,
} from "./source_alarms.ts";
import type { SeenSource, SourceFacts } from "./source_facts.ts";
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
}

/** What is inspected. */
export interface SourceRequest {
  readonly facts: readonly SourceFacts[];
  /** What `one_file_system` keeps out of the archive. */
  readonly passedOver: readonly PassedOver[];
  readonly past: SourcePast;
  readonly archive: ArchiveFigures;
  readonly limits: SourceLimits;
  /** Stands for all that is excluded; another one when it changes. */
  readonly rules: string;
  /** Sources with an alarm that nobody has accepted: only a count tells that it is over. */
  readonly alarmed: ReadonlySet<string>;
  /** Lists the archive and counts it by source; `undefined` when that failed. */
  readonly countBySource: () => Promise<ReadonlyMap<string, SourceCount> | undefined>;
}

/** What the inspection found. */
export interface SourceInspection {
  /** To be remembered for the next run. */
  readonly figures: readonly SourceFigures[];
  readonly alarms: readonly Alarm[];
  /** What is to be said once, and is no alarm. */
  readonly notes: readonly string[];
  /** Why the archive was counted, as the end of a sentence; `undefined`: it was not. */
  readonly counted: string | undefined;
  /** The sources that were judged: seen, and counted where that was necessary. */
  readonly judged: ReadonlySet<string>;
}

/** An archive that lost less than this part of its size is not counted for that. */
const LARGE_PART = 0.01;
/** How many file systems are named. */
const NAMED = 10;

/** Inspects the sources. */
export async function inspectSources(request: SourceRequest): Promise<SourceInspection> {
  const { facts, past, limits } = request;
  const before = new Map(past.figures.map((figures) => [figures.path, figures]));
  const seen = facts.filter((fact) => fact.kind === "seen");
  const reason = reasonToCount(request, seen, before);
  const counts = reason === undefined ? undefined : await request.countBySource();
  const tonight = seen.map((source) =>
    figuresOf(request, source, before.get(source.path), counts?.get(source.path))
  );
  const looked = new Set(seen.map(({ path }) => path));
  return {
    // What could not be looked at is compared with the same figures again.
    figures: [
      ...tonight.map(({ now }) => now),
      ...past.figures.filter(({ path }) => !looked.has(path)),
    ],
    alarms: tonight.flatMap((source) => {
      return sourceAlarm(source, before.get(source.now.path), limits) ?? [];
    }),
    notes: notesOf(request, before),
    counted: reason,
    judged: reason !== undefined && counts === undefined ? new Set() : looked,
  };
}

/** Says what is no alarm; an empty source and a mount that is passed over only the first time. */
function notesOf(
  { facts, passedOver }: SourceRequest,
  before: ReadonlyMap<string, SourceFigures>,
): readonly string[] {
  const unseen = facts.filter((fact) => fact.kind === "unseen")
    .map(({ path, reason }) => `Cannot look at the source ${JSON.stringify(path)}: ${reason}`);
  const empty = facts.filter((fact) => fact.kind === "seen" && fact.empty && !before.has(fact.path))
    .map(({ path }) => `The source ${JSON.stringify(path)} is empty`);
  const mounts = passedOver.filter(({ source, mountPoint }) => {
    return !before.get(source)?.passedOver.includes(mountPoint);
  });
  const names = mounts.slice(0, NAMED).map(({ mountPoint, type }) => {
    return `${JSON.stringify(mountPoint)} (${type})`;
  });
  const more = mounts.length > NAMED ? `, and ${mounts.length - NAMED} more` : "";
  const skipped = mounts.length === 0 ? [] : [
    `Not in the archive, because sources.one_file_system is set: ${names.join(", ")}${more}`,
  ];
  return [...unseen, ...empty, ...skipped];
}

/** A source whose content was looked at tonight, and when the archive was counted. */
interface Walked {
  /** How many files the archive holds of it, if as many are excluded as then. */
  readonly files: number;
  /** Nothing was excluded then: a look at the source is as good as a count. */
  readonly exact: boolean;
}

function walked({ content, marker }: SeenSource, before: SourceFigures): Walked | undefined {
  if (content === undefined || before.files === null || before.present === null) return undefined;
  if (marker !== undefined) return { files: 0, exact: true };
  const files = Math.max(0, before.files + content.files - before.present);
  return { files, exact: before.files === before.present };
}

function figuresOf(
  { archive, rules, passedOver }: SourceRequest,
  seen: SeenSource,
  before: SourceFigures | undefined,
  count: SourceCount | undefined,
): SourceTonight {
  const { path, mountPoint, entries, empty, marker, content } = seen;
  const present = content?.files ?? null;
  const mounts = passedOver.filter(({ source }) => source === path)
    .map(({ mountPoint }) => mountPoint);
  const passed = [...new Set([...before?.passedOver ?? [], ...mounts])];
  const known = { path, mountPoint, entries, empty, present, passedOver: passed, rules };
  const none = empty || marker !== undefined;
  const vouched = before?.rules === rules && walked(seen, before)?.exact;
  const exact = count ?? (none ? NOTHING : vouched ? content : undefined);
  const bytes = exact?.bytes ?? null;
  const files = exact?.files ?? (before === undefined ? null : expected(seen, before, archive));
  return {
    seen,
    now: { ...known, files, bytes: bytes ?? before?.bytes ?? null },
    counted: exact !== undefined,
    sized: bytes !== null,
    archived: count?.entries ?? (none ? 0 : undefined),
  };
}

const NOTHING = { files: 0, bytes: 0 };

/** Why the archive has to be counted, if it has to. */
function reasonToCount(
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
  if (seen.length < facts.length) return "a source could not be looked at";
  if (!past.isLatest) return "the run before was no ordinary one";
  const suspect = pairs.find((pair) => isSuspect(pair, limits));
  if (suspect !== undefined) return `${JSON.stringify(suspect.source.path)} holds less than before`;
  const gone = sum(pairs.map(({ source, last }) => expected(source, last, archive) ?? 0)) -
    archive.files;
  const open = pairs.filter(({ source, last }) => walked(source, last) === undefined);
  if (gone > 0 && gone >= Math.min(...open.map(({ last }) => losable(last, limits)))) {
    return `${gone} files are gone since it was last counted`;
  }
  const lost = (past.originalSize ?? 0) - archive.originalSize;
  const bytes = Math.min(...open.map(({ last }) => losableBytes(last, limits)));
  if (lost >= Math.max(bytes, LARGE_PART * archive.originalSize)) {
    return "it is smaller than the one before";
  }
  return undefined;
}

interface Pair {
  readonly source: SeenSource;
  readonly last: SourceFigures;
}

/** Whether a look at the source itself shows that something may be missing. */
function isSuspect({ source, last }: Pair, limits: SourceLimits): boolean {
  const isThin = isTooMuch(dropPercent(source.entries, last.entries, FEW_FILES), limits.files);
  // It was too large to be walked.
  if (last.present === null) return isThin || source.content !== undefined;
  const now = walked(source, last);
  if (now === undefined) return isThin;
  return !now.exact && (last.files ?? 0) > 0 &&
    (last.files ?? 0) - now.files >= losable(last, limits);
}

/** How many files the archive holds of a source at most, without a count. */
function expected(
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
