/** Compares the pins in a repository with those that this machine knows of. Pure. @module */
import type { BorgPin } from "../borg/archive_pins.ts";
import type { ArchiveListing } from "../borg/archives.ts";
import { type Problem, warning } from "../problem.ts";
import type { KnownPin } from "../state/pin_ledger.ts";
import { parseArchiveName } from "../text/archive_name.ts";
import { isOwnSeries } from "../text/database_series.ts";
import { ownCommand } from "../text/own_command.ts";
import { pinGoneText } from "../text/pin_name.ts";

/** The pins that are this configuration's business: not those of the archives of its other series. */
export function ownPins(
  { pins }: Pick<ArchiveListing, "pins">,
  series: string,
): readonly BorgPin[] {
  return pins.filter(({ archive }) => {
    const parsed = parseArchiveName(archive);
    return parsed === undefined || isOwnSeries(series, parsed.series);
  });
}

/** The archives whose pins were known and are gone. */
export function missingPins(
  known: readonly KnownPin[],
  there: readonly BorgPin[],
): readonly string[] {
  const pinned = new Set(there.map(({ archive }) => archive));
  return known.map(({ archive }) => archive).filter((archive) => !pinned.has(archive));
}

/** Warns of each pin that is gone although this machine did not remove it. */
export function pinProblems(
  label: string,
  pins: readonly KnownPin[],
  { archives }: Pick<ArchiveListing, "archives">,
): readonly Problem[] {
  const there = new Set(archives.map(({ name }) => name));
  return pins.filter(({ state }) => state === "missing").map(({ archive, reason }) => {
    const why = reason === "" ? "" : ["--reason", reason];
    const isThere = there.has(archive);
    const what = isThere ? "the archive is kept all the same" : "the archive is gone as well";
    const hint = isThere
      ? `To put it back: ${ownCommand("pin", "--repo", label, ...why, archive)}; if it may go: ` +
        ownCommand("pin", "--repo", label, "--remove", archive)
      : `Find out who removed them; then accept it: ${ownCommand("accept", label)}`;
    return warning(`${pinGoneText(archive)}; ${what}`, hint);
  });
}

/** Says so: nobody needs a pin without its archive. */
export function orphanRemarks(
  label: string,
  pins: readonly BorgPin[],
  { archives }: Pick<ArchiveListing, "archives">,
): readonly string[] {
  const there = new Set(archives.map(({ name }) => name));
  return pins.filter(({ archive }) => !there.has(archive)).map(({ archive }) => {
    return `${JSON.stringify(archive)} is pinned, but no longer in the repository; to unpin it: ` +
      `${ownCommand("pin", "--repo", label, "--remove", archive)}`;
  });
}
