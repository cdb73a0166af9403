/** What a person should know of the archive that is taken. Pure. @module */
import { localTime } from "../text/local_time.ts";
import type { ListedArchive } from "./archive_index.ts";
import type { ChosenArchive, CommandWith } from "./choose_archive.ts";
import type { Completeness, KnownArchives } from "./known_archives.ts";

/** One thing to know. */
export interface ArchiveNote {
  /** Whether a person should look at it; else it is only said. */
  readonly isWarning: boolean;
  readonly text: string;
  readonly hint?: string;
}

/** What is to be known of the chosen archive before its files are taken for what is to come back. */
export function archiveNotes(
  chosen: ChosenArchive,
  known: KnownArchives,
  commandWith: CommandWith,
): readonly ArchiveNote[] {
  return [
    ...foreignNotes(chosen, commandWith),
    ...completenessNotes(chosen, known, commandWith),
  ];
}

/** Says that the newest archive is not complete, and which one is. */
export function newestNotes(
  { archives }: { readonly archives: readonly ListedArchive[] },
  known: KnownArchives,
  commandWith: CommandWith,
): readonly ArchiveNote[] {
  const own = archives.filter(({ series }) => series === known.series);
  const [newest] = own;
  if (newest === undefined) return [];
  const completeness = known.completenessOf(newest);
  if (completeness.reasons.length === 0) return [];
  const better = own.find((listed) => known.completenessOf(listed).complete === true);
  return [{ isWarning: false, ...reasonNote(newest, completeness, better, commandWith) }];
}

function completenessNotes(
  chosen: ChosenArchive,
  known: KnownArchives,
  commandWith: CommandWith,
): readonly ArchiveNote[] {
  const { name, complete, reasons, better, isNamed, series } = chosen;
  if (reasons.length > 0) {
    return [{ isWarning: true, ...reasonNote(chosen, { complete, reasons }, better, commandWith) }];
  }
  if (complete === true || series !== known.series) return [];
  if (known.isEmpty) {
    const text = `this machine has no history of "${known.series}": whether the archive is ` +
      "complete is not known";
    return [{ isWarning: false, text }];
  }
  const text = `this machine's history does not know the run that made ${name}`;
  return [{ isWarning: known.makesArchives && !isNamed, text }];
}

function foreignNotes({ foreign }: ChosenArchive, commandWith: CommandWith): ArchiveNote[] {
  const [newest] = foreign;
  if (newest === undefined) return [];
  const text = foreign.length === 1
    ? `${newest.name} is newer, and this machine did not make it`
    : `${foreign.length} archives are newer, and this machine did not make them; the newest is ` +
      newest.name;
  const hint = "Another machine may use the same name; if you want its files: " +
    commandWith(newest.name);
  return [{ isWarning: true, text, hint }];
}

function reasonNote(
  { name }: ListedArchive,
  { complete, reasons }: Completeness,
  better: ListedArchive | undefined,
  commandWith: CommandWith,
): { readonly text: string; readonly hint: string } {
  const what = complete === false ? `${name} may lack something` : `look at ${name}`;
  return {
    text: `${what}: ${reasons.join("; ")}`,
    hint: better === undefined
      ? "This machine knows of no complete archive"
      : `The newest complete archive is ${better.name}, from ${localTime(better.startedAt)}: ` +
        commandWith(better.name),
  };
}
