/** Compares each source with what it was at the last ordinary run. Pure. @module */
import type { Alarm, AlarmKind } from "../alarm.ts";
import { inTree, isBelow } from "../staging/tree_paths.ts";
import { counted, humanCount, humanSize } from "../text/units.ts";
import type { SeenSource } from "./source_facts.ts";

/** What is remembered of a source: plain data, for each run and repository. */
export interface SourceFigures {
  /** As the configuration has it: the path of a directory, the name of a dataset. */
  readonly path: string;
  /** Files in the archive: counted, or at most those; `null`: unknown. */
  readonly files: number | null;
  /** Bytes of these files when they were last counted. */
  readonly bytes: number | null;
  /** How many entries its root has. */
  readonly entries: number;
  /** Where its file system is mounted; `null` for a dataset. */
  readonly mountPoint: string | null;
  readonly empty: boolean;
  /** Files in the source itself; `null`: too many to look at each. */
  readonly present: number | null;
  /** How many of these may be kept out of the archive, when it was last counted; `null`: unknown. */
  readonly doubtful: number | null;
  /** Mount points below it that `one_file_system` passed over, tonight or before. */
  readonly passedOver: readonly string[];
  /** Mount points below it whose file systems are archived with it. */
  readonly mounts: readonly string[];
  /** Stands for all that is excluded. */
  readonly rules: string;
}

/** A source tonight. */
export interface SourceTonight {
  readonly seen: SeenSource;
  readonly now: SourceFigures;
  /** Whether `files` was counted, and is not only what there are at most. */
  readonly counted: boolean;
  /** Whether `bytes` was, too. */
  readonly sized: boolean;
  /** Entries in the archive, the source itself aside; `undefined`: not counted. */
  readonly archived: number | undefined;
  /** Mount points below it of the last ordinary run, where nothing is mounted tonight. */
  readonly unmounted: readonly string[];
}

/** By how many percent a source may shrink; 100: it never alarms. */
export interface SourceLimits {
  readonly files: number;
  readonly size: number;
}

/** Fewer files than these, or bytes, may always go, as long as some stay. */
export const FEW_FILES = 10;
/** See {@linkcode FEW_FILES}. */
export const FEW_BYTES = 1_048_576;

/**
 * Judges a source.
 *
 * @param before what it was at the last ordinary run; `undefined`: it was no source then
 * @returns the alarm that says most; `undefined` when nothing looks wrong
 */
export function sourceAlarm(
  tonight: SourceTonight,
  before: SourceFigures | undefined,
  limits: SourceLimits,
): Alarm | undefined {
  return unmounted(tonight, before) ?? unmountedBelow(tonight) ?? unread(tonight, before) ??
    emptied(tonight, before) ??
    small(tonight, before, limits);
}

/** How many mount points are named. */
const NAMED = 10;

/** By how many percent a number fell; 0 when it is by less than what says nothing. */
export function dropPercent(now: number, before: number, few: number): number {
  const lost = before - now;
  return lost < few ? 0 : 100 * lost / before;
}

/** Whether a drop is one that must not go unnoticed. */
export function isTooMuch(percent: number, limit: number): boolean {
  return percent > 0 && limit < 100 && percent >= limit;
}

function unmounted({ now }: SourceTonight, before: SourceFigures | undefined): Alarm | undefined {
  const [here, there] = [now.mountPoint, before?.mountPoint];
  if (here === null || !there || !isBelow(inTree(there), inTree(here))) return undefined;
  const state = now.empty ? ", which is empty" : "";
  return alarm(
    "source-unmounted",
    now.path,
    `${quoted(now.path)} is not mounted: the last run read it from the file system at ` +
      `${quoted(there)}, this one from the directory below${state}`,
    `Mount ${quoted(there)} and start another run. ${WHY_UNMOUNTED}`,
  );
}

function unmountedBelow({ now, unmounted }: SourceTonight): Alarm | undefined {
  if (unmounted.length === 0) return undefined;
  const isOne = unmounted.length === 1;
  const more = unmounted.length > NAMED ? ` and ${unmounted.length - NAMED} more` : "";
  const names = `${unmounted.slice(0, NAMED).map(quoted).join(", ")}${more}`;
  return alarm(
    "source-unmounted",
    now.path,
    `${names} below ${quoted(now.path)} ${isOne ? "is" : "are"} not mounted: the last run read ` +
      `${isOne ? "a file system" : "file systems"} there, this one did not`,
    `Mount ${isOne ? "it" : "them"} and start another run. ${WHY_UNMOUNTED}. What is not always ` +
      "mounted belongs in sources.optional or in sources.exclude",
  );
}

const WHY_UNMOUNTED = "To find out why it is not mounted: findmnt --verify, systemctl --failed, " +
  "dmesg --level=err,warn";

function unread(
  { seen, now, counted, archived }: SourceTonight,
  before: SourceFigures | undefined,
): Alarm | undefined {
  const isNew = before === undefined || before.files === null || before.files > 0;
  if (!isNew || !counted || now.files !== 0 || seen.entries === 0) return undefined;
  // Directories and links alone are a source, too.
  if (seen.marker === undefined && archived !== 0 && !seen.hasFile) return undefined;
  const reason = seen.marker === undefined
    ? "everything in it is excluded, or is on other file systems"
    : `${quoted(seen.marker.name)} in it makes Borg skip it (${seen.marker.key})`;
  const hint = seen.marker === undefined
    ? "Look at sources.exclude, sources.exclude_if_present, sources.exclude_caches and " +
      "sources.one_file_system"
    : `Remove ${quoted(seen.marker.name)} from it, or the source from the configuration`;
  return alarm(
    "source-unread",
    now.path,
    `No file of ${quoted(now.path)} is in the new archive, although the source has some: ${reason}`,
    hint,
  );
}

function emptied(
  { seen, now, counted }: SourceTonight,
  before: SourceFigures | undefined,
): Alarm | undefined {
  const isEmpty = now.empty || (counted && now.files === 0 && !seen.hasFile);
  if (!isEmpty || before === undefined || before.empty || before.files === 0) return undefined;
  const had = before.files === null ? "" : `; at the last run ${countOf(before.files)}`;
  return alarm(
    "source-empty",
    now.path,
    `${quoted(now.path)} ${now.empty ? "is empty" : "contains directories but no files"}${had}`,
    "Check whether it is mounted, and what emptied it",
  );
}

function small(
  { now, counted, sized }: SourceTonight,
  before: SourceFigures | undefined,
  limits: SourceLimits,
): Alarm | undefined {
  const parts: string[] = [];
  if (counted && before && now.files !== null && before.files !== null) {
    const percent = dropPercent(now.files, before.files, FEW_FILES);
    if (isTooMuch(percent, limits.files)) {
      parts.push(`${filesText(now.files)} instead of ${humanCount(before.files)}`);
    }
  }
  if (sized && before && now.bytes !== null && before.bytes !== null) {
    const percent = dropPercent(now.bytes, before.bytes, FEW_BYTES);
    if (isTooMuch(percent, limits.size)) {
      parts.push(`${humanSize(now.bytes)} instead of ${humanSize(before.bytes)}`);
    }
  }
  if (parts.length === 0) return undefined;
  return alarm(
    "source-small",
    now.path,
    `${quoted(now.path)} is much smaller than at the last run: ${parts.join(", ")}`,
    "Check what is missing from it. [size_guard] sets the limits",
  );
}

/**
 * Judges a dataset that the configuration selects and that is not there any more; the empty directory that
 * it leaves in the archive says nothing.
 */
export function goneAlarm({ path, files }: SourceFigures): Alarm | undefined {
  if (files === 0) return undefined;
  const had = files === null ? "" : `; at the last run ${countOf(files)}`;
  return alarm(
    "source-gone",
    path,
    `The dataset ${quoted(path)} is not in the new archive: it was destroyed, renamed or ` +
      `unmounted${had}`,
    `Look for it with "zfs list -r ${path.split("/", 1)[0] ?? path}"; "zpool history" shows when ` +
      "it was destroyed or renamed. Datasets that come and go belong in zfs.exclude",
  );
}

function alarm(kind: AlarmKind, subject: string, message: string, hint: string): Alarm {
  return { kind, subject, message, hint, severity: "warning" };
}

function countOf(files: number): string {
  return `it had ${filesText(files)}`;
}

function filesText(files: number): string {
  return counted(files, "file", "files");
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
