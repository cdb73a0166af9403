/** What the verbs that read archives know of them, and say of them. @module */
import { isNarrowed } from "../backup/repository_selection.ts";
import { AppError } from "../errors.ts";
import type { ArchiveIndex } from "../restore/archive_index.ts";
import { archiveNotes, newestNotes } from "../restore/archive_notes.ts";
import type { ChosenArchive, CommandWith } from "../restore/choose_archive.ts";
import { damageReason } from "../restore/archive_reasons.ts";
import { type Checked, KnownArchives } from "../restore/known_archives.ts";
import { acceptHint, trustedArchives } from "../restore/trusted_repositories.ts";
import { archiveTurns, knownDamage } from "../state/check_coverage.ts";
import type { CheckState } from "../state/check_ledger.ts";
import type { LedgerArchive } from "../state/ledger.ts";
import { ownCommand } from "../text/own_command.ts";
import type { ArchiveSession } from "./archive_session.ts";
import { withHistory } from "./past_runs.ts";

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
  const partial = repositories.filter(isNarrowed).map(({ label }) => label);
  try {
    return withHistory(config, (history) => {
      if (history === undefined) return new KnownArchives(name, undefined, partial);
      const ledgers = repositories.map(({ label }) =>
        [label, history.ledger(name, label).read()] as const
      );
      const checked = ledgers.map(([label, { archives }]) =>
        [label, checkedOf(history.checks(name, label).read(), archives)] as const
      );
      const runs = history.runsOfArchives(name);
      return new KnownArchives(
        name,
        { runs, ledgers: new Map(ledgers), checked: new Map(checked) },
        partial,
      );
    });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const { message: text, hint } = error;
    note({ isWarning, text, ...(hint === undefined ? {} : { hint }) });
    return new KnownArchives(name, undefined, partial);
  }
}

/** What checks tell of the archives in a repository. */
export function checkedOf(state: CheckState, archives: readonly LedgerArchive[]): Checked {
  return {
    damage: knownDamage(state.repository, archiveTurns(archives, state)),
    readAt: new Map(state.archives.map(({ archive, checkedAt }) => [archive, checkedAt])),
  };
}

/**
 * The archives that may be restored; says which repositories are skipped, and why.
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
    session.note({ isWarning: true, text: `${label}: skipped: ${alarm.message}`, hint });
  }
  return index;
}

/** Notes what is known of an archive that is only read. */
export function noteChosen(
  session: Pick<ArchiveSession, "note">,
  known: KnownArchives,
  chosen: ChosenArchive,
  commandWith: CommandWith,
): void {
  for (const note of archiveNotes(chosen, known, commandWith)) {
    if (note.isWarning) session.note({ ...note, isWarning: false });
  }
}

/** Says which alarms about the archives are open, and which damage of a repository is known. */
export function noteAlarms(
  session: ArchiveSession,
  repositories: readonly { readonly label: string }[],
  known: KnownArchives,
): void {
  for (const { label } of repositories) {
    const damage = known.damageOf(label);
    if (damage !== undefined) {
      session.note({ isWarning: false, text: `${label}: ${damageReason(damage)}` });
    }
    const alarm = known.alarmOf(label);
    if (alarm === undefined) continue;
    const hint = acceptHint(label, alarm);
    session.note({ isWarning: false, text: `${label}: ${alarm.message}`, hint });
  }
}

/** Says which alarms are open, and whether the newest archive may be incomplete or damaged. */
export function noteNewest(
  session: ArchiveSession,
  index: ArchiveIndex,
  known: KnownArchives,
): void {
  noteAlarms(session, index.reachable, known);
  const commandWith = (archive: string) => ownCommand("restore", "--archive", archive, "PATH");
  for (const note of newestNotes(index, known, commandWith)) session.note(note);
}
