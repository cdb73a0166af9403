/** What a person should know of the archive that is taken. Pure. @module */
import { localTime } from "../text/local_time.ts";
import type { ListedArchive } from "./archive_index.ts";
import {
  type BetterChoice,
  betterThan,
  type ChosenArchive,
  type CommandWith,
} from "./choose_archive.ts";
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
    ...partialNotes(chosen, known),
    ...failedRunNotes(chosen, known),
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
  if (completeness.complete === true || completeness.reasons.length === 0) return [];
  const better = betterThan(newest, own, known);
  return [{ isWarning: false, ...reasonNote(newest, completeness, better, commandWith) }];
}

/** Says that no repository that can be asked has all of the archive. */
export function partialNotes(
  { repositories }: Pick<ChosenArchive, "repositories">,
  known: KnownArchives,
): readonly ArchiveNote[] {
  if (!repositories.every((repository) => known.isPartial(repository))) return [];
  const labels = repositories.map(({ label }) => `"${label}"`).join(", ");
  const get = repositories.length === 1 ? "gets" : "get";
  return [{
    isWarning: false,
    text: `${labels} ${get} only part of the sources: files may be missing there`,
  }];
}

function completenessNotes(
  chosen: ChosenArchive,
  known: KnownArchives,
  commandWith: CommandWith,
): readonly ArchiveNote[] {
  const { name, complete, reasons, better, by, series } = chosen;
  if (reasons.length > 0) {
    const said = reasonNote(chosen, { complete, reasons }, better, commandWith);
    return [{ isWarning: complete !== true, ...said }];
  }
  if (complete === true || series !== known.series) return [];
  if (known.isEmpty) {
    const text = `this machine has no history of "${known.series}": whether the archive is ` +
      "complete is not known";
    return [{ isWarning: false, text }];
  }
  const text = `this machine's history has no record of the run that created ${name}`;
  return [{ isWarning: known.makesArchives && by !== "name", text }];
}

function foreignNotes({ foreign }: ChosenArchive, commandWith: CommandWith): ArchiveNote[] {
  const [newest] = foreign;
  if (newest === undefined) return [];
  const text = foreign.length === 1
    ? `${newest.name} is newer, and was not created by this machine`
    : `${foreign.length} archives are newer, and were not created by this machine; the newest is ` +
      newest.name;
  const hint = "Another machine may use the same name; to use its files: " +
    commandWith(newest.name);
  return [{ isWarning: true, text, hint }];
}

/** An older archive is taken than a person may expect. */
function failedRunNotes(chosen: ChosenArchive, known: KnownArchives): readonly ArchiveNote[] {
  const run = chosen.by === "latest" ? known.failedRunAfter(chosen) : undefined;
  if (run === undefined) return [];
  const end = run.interruptedBy !== null
    ? `was interrupted by ${run.interruptedBy}`
    : run.ending === "running"
    ? "has not ended, or died"
    : "failed";
  const at = localTime(run.startedAt);
  return [{ isWarning: false, text: `the last run, of ${at}, ${end}: it created no archive` }];
}

function reasonNote(
  { name }: ListedArchive,
  { complete, reasons }: Completeness,
  better: BetterChoice | undefined,
  commandWith: CommandWith,
): Omit<ArchiveNote, "isWarning"> {
  const what = complete === false ? `${name} may be incomplete or damaged` : `look at ${name}`;
  const text = `${what}: ${reasons.join("; ")}`;
  if (better !== undefined) {
    const from = localTime(better.startedAt);
    const hint = `The newest ${better.newest} is ${better.name}, from ${from}: `;
    return { text, hint: hint + commandWith(better.name) };
  }
  return complete === true ? { text } : { text, hint: "This machine knows of no complete archive" };
}
