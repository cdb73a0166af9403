/** Judges what a new archive changed, with the help of the history. @module */
import type { Alarm } from "../alarm.ts";
import type { StepRow } from "../state/history_rows.ts";
import type { Contributor } from "./contributors.ts";
import { type ArchiveSize, type NightFigures, PAST_RUNS, unusualChange } from "./unusual_change.ts";

/** How many runs of the past are read: some of them may be left out. */
export const CREATES_READ = 2 * PAST_RUNS + 1;

/**
 * An archive of the past with more than this share of its whole repository was the first one there,
 * such as after a move to another server, and says nothing of what is usual.
 */
const FIRST_ARCHIVE = 0.95;

/** What a run put into the repository. Sizes are in bytes. */
interface NewArchive extends ArchiveSize {
  readonly newSize: number;
  /** Files by Borg's status letter: `A`, `M`, `C`. */
  readonly changes: {
    readonly added: number;
    readonly modified: number;
    readonly changedWhileRead: number;
  };
  /** The directories with the most changed files. */
  readonly contributors?: readonly Contributor[];
}

/** What is known of the past. */
interface Past {
  readonly nights: readonly NightFigures[];
  /** The newest archive. */
  readonly before: ArchiveSize | undefined;
  /** Bytes that interrupted runs have uploaded since. */
  readonly interrupted: number;
}

/**
 * Compares a new archive with those before it; not for the first archive in a repository.
 *
 * @param creates the last {@linkcode CREATES_READ} results of `create`, the oldest first
 */
export function changeAlarms(archive: NewArchive, creates: readonly StepRow[]): readonly Alarm[] {
  const { nights, before, interrupted } = pastOf(creates);
  const newSize = archive.newSize + interrupted;
  if (before === undefined) return [];
  const { changes: { added, modified, changedWhileRead }, contributors } = archive;
  const tonight: NightFigures = {
    before,
    now: archive,
    added,
    modified: modified + changedWhileRead,
    newSize,
  };
  const alarm = unusualChange(tonight, nights.slice(-PAST_RUNS), contributors);
  return alarm === undefined ? [] : [alarm];
}

/** What an archive changed follows from the one before it, also when that one was suspicious. */
function pastOf(creates: readonly StepRow[]): Past {
  const nights: NightFigures[] = [];
  let before: ArchiveSize | undefined;
  let interrupted = 0;
  for (const create of creates) {
    const { added, modified, changedWhileRead, suspicious } = create;
    const newSize = (create.newSize ?? 0) + interrupted;
    const now = sizeOf(create);
    if (now === undefined) {
      interrupted = newSize;
      continue;
    }
    const isFirst = newSize > FIRST_ARCHIVE * (create.repositorySize ?? Infinity);
    if (before !== undefined && suspicious !== true && !isFirst) {
      const changed = (modified ?? 0) + (changedWhileRead ?? 0);
      nights.push({ before, now, added: added ?? 0, modified: changed, newSize });
    }
    before = now;
    interrupted = 0;
  }
  return { nights, before, interrupted };
}

/** The size of the archive that was made, if one was. */
function sizeOf(create: StepRow): ArchiveSize | undefined {
  const { archive, files, originalSize, compressedSize } = create;
  if (archive === null || files === null || originalSize === null || compressedSize === null) {
    return undefined;
  }
  return { files, originalSize, compressedSize };
}
