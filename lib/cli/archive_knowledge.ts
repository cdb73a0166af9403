/** What the verbs that read archives know of them, and say of them. @module */
import { AppError } from "../errors.ts";
import type { ArchiveIndex } from "../restore/archive_index.ts";
import { archiveNotes, newestNotes } from "../restore/archive_notes.ts";
import type { ChosenArchive, CommandWith } from "../restore/choose_archive.ts";
import { KnownArchives } from "../restore/known_archives.ts";
import { acceptHint, trustedArchives } from "../restore/trusted_repositories.ts";
import { ownCommand } from "../text/own_command.ts";
import type { ArchiveSession } from "./archive_session.ts";
import { withHistory } from "./past_runs.ts";

/** More runs than any history has. */
const ALL_RUNS = 1_000_000;

/**
 * What this machine knows of the archives. A history that can't be read is no reason not to go on: it
 * may be gone with the old machine.
 *
 * @param isWarning whether it is a reason to look
 */
export function knownArchivesOf(
  { config, note }: ArchiveSession,
  isWarning = false,
): KnownArchives {
  const { name, repositories } = config;
  try {
    return withHistory(config, (history) => {
      if (history === undefined) return new KnownArchives(name);
      const ledgers = repositories.map(({ label }) =>
        [label, history.ledger(name, label).read()] as const
      );
      const runs = history.runs(name, ALL_RUNS);
      return new KnownArchives(name, { runs, ledgers: new Map(ledgers) });
    });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const { message: text, hint } = error;
    note({ isWarning, text, ...(hint === undefined ? {} : { hint }) });
    return new KnownArchives(name);
  }
}

/**
 * The archives that may be restored; says which repositories are left out, and why.
 *
 * @throws {AppError} when an alarm leaves none
 */
export function trustedIndex(
  session: ArchiveSession,
  all: ArchiveIndex,
  known: KnownArchives,
  archive: string,
): ArchiveIndex {
  const { index, distrusted } = trustedArchives(all, known, archive);
  for (const { repository: { label }, alarm } of distrusted) {
    const hint = acceptHint(label, alarm);
    session.note({ isWarning: true, text: `${label}: not used: ${alarm.message}`, hint });
  }
  return index;
}

/** Says what is to be known of an archive that is only looked into. */
export function noteChosen(
  session: ArchiveSession,
  known: KnownArchives,
  chosen: ChosenArchive,
  commandWith: CommandWith,
): void {
  for (const note of archiveNotes(chosen, known, commandWith)) {
    if (note.isWarning) session.note({ ...note, isWarning: false });
  }
}

/** Says which alarms are open, and whether the newest archive may be incomplete or damaged. */
export function noteNewest(
  session: ArchiveSession,
  index: ArchiveIndex,
  known: KnownArchives,
): void {
  for (const { label } of index.reachable) {
    const alarm = known.alarmOf(label);
    if (alarm === undefined) continue;
    const hint = acceptHint(label, alarm);
    session.note({ isWarning: false, text: `${label}: ${alarm.message}`, hint });
  }
  const commandWith = (archive: string) => ownCommand("restore", "--archive", archive, "PATH");
  for (const note of newestNotes(index, known, commandWith)) session.note(note);
}
