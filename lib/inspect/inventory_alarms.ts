/** What the inventory of a repository raises an alarm about, in words. @module */
import { type Alarm, NO_ARCHIVE_AT_ALL } from "../alarm.ts";
import type { ArchiveListing } from "../borg/archives.ts";
import type { Ledger, LedgerArchive } from "../state/ledger.ts";
import { localSecond } from "../text/local_time.ts";
import { counted } from "../text/units.ts";
import { otherMachineAlarm } from "./other_machine.ts";

/** What is said of the repository itself. */
interface Compared {
  readonly series: string;
  readonly listing: Pick<ArchiveListing, "id" | "modifiedAt">;
  readonly ledger: Pick<Ledger, "repository" | "archives">;
  readonly machine: string;
  readonly makesArchives: boolean;
}

/** What an inventory has found. */
interface Found {
  readonly missing: readonly LedgerArchive[];
  readonly replaced: readonly LedgerArchive[];
  /** Made by another machine. */
  readonly foreign: readonly LedgerArchive[];
  /** Made by another machine, and dated before what was there already, or in the future. */
  readonly misdated: readonly LedgerArchive[];
  /** How many archives are there. */
  readonly present: number;
}

/**
 * The alarms that follow from an inventory. A repository that is another one, or an older copy,
 * explains everything else.
 */
export function inventoryAlarms(
  { series, listing, ledger: { repository, archives }, machine, makesArchives }: Compared,
  { missing, replaced, foreign, misdated, present }: Found,
): readonly Alarm[] {
  if (repository !== undefined && repository.id !== listing.id) {
    return [alarm("repository-replaced", {
      message: `the repository was replaced by another one: its id is ` +
        `"${listing.id}", expected "${repository.id}"`,
      hint: "Find out who replaced it, and where the old one is; a changed url in the " +
        "configuration also has this effect",
    })];
  }
  if (repository !== undefined && listing.modifiedAt < repository.modifiedAt) {
    const at = (time: number) => localSecond(time);
    return [alarm("repository-set-back", {
      message: `the repository was rolled back: it was last changed at ` +
        `${at(listing.modifiedAt)}, ` +
        `and was newer before (${at(repository.modifiedAt)})${listOf(missing, "missing")}`,
      hint: "Find out who put an older copy in its place, and why",
    })];
  }
  const known = archives.filter(({ state }) => state !== "removed").length;
  const moved = otherMachineAlarm(repository?.machine, machine);
  return [
    ...(moved === undefined ? [] : [moved]),
    ...vanishedAlarms(missing, known),
    ...replacedAlarms(replaced),
    ...(makesArchives || present > 0 || missing.length > 0 ? [] : [alarm("archives-vanished", {
      subject: NO_ARCHIVE_AT_ALL,
      message: `the repository contains no archive of the series "${series}"`,
      hint: "Check the name in the configuration and the url; do not compact the repository " +
        "before you know where its archives went",
    })]),
    ...foreignAlarms(foreign),
    ...misdatedAlarms(misdated),
  ];
}

function vanishedAlarms(missing: readonly LedgerArchive[], known: number): readonly Alarm[] {
  if (missing.length === 0) return [];
  return [alarm("archives-vanished", {
    message: missing.length === 1
      ? `1 of ${known} known archives is gone, and autoborg did not remove it: "${
        missing[0]?.name
      }"`
      : `${missing.length} of ${known} known archives are gone, and autoborg did not ` +
        `remove them${listOf(missing, "newest")}`,
    hint:
      "Archives may have been deleted or renamed with access to the repository, or an older copy " +
      "of it is in place. Do not compact it until you know which: until then, an append-only " +
      "repository still has the data",
  })];
}

function replacedAlarms(replaced: readonly LedgerArchive[]): readonly Alarm[] {
  if (replaced.length === 0) return [];
  return [alarm("archives-vanished", {
    subject: "replaced",
    message: `${counted(replaced.length, "known archive was", "known archives were")} replaced ` +
      `by ${replaced.length === 1 ? "another one" : "others"} of the same name` +
      listOf(replaced, "newest"),
    hint: "Treat it as an attack: someone with access to the repository deleted them and put " +
      "others in their place. Do not compact it until you know who did it: until then, an append-only " +
      "repository still has the data",
  })];
}

function foreignAlarms(foreign: readonly LedgerArchive[]): readonly Alarm[] {
  if (foreign.length === 0) return [];
  return [alarm("archives-foreign", {
    message: foreign.length === 1
      ? `1 archive was not created by this machine: "${foreign[0]?.name}"`
      : `${foreign.length} archives were not created by this machine${listOf(foreign, "newest")}`,
    hint: "Another machine uses the same name (a copied virtual machine?): give each its own " +
      "name in the configuration. Or this machine has lost its state directory, or took over " +
      "from another one",
  })];
}

function misdatedAlarms(misdated: readonly LedgerArchive[]): readonly Alarm[] {
  if (misdated.length === 0) return [];
  return [alarm("archives-misdated", {
    message: `${counted(misdated.length, "archive is", "archives are")} new, but dated before ` +
      `those that were there already, or in the future${listOf(misdated, "newest")}`,
    hint: "Prune by date would remove good archives in favour of these: treat it as an attack, " +
      "unless the clock of the machine that creates them was wrong. Do not prune or compact the " +
      "repository before you know who created them",
  })];
}

/** Data that is going away is a failure; what others added is something to look at. */
function alarm(
  kind: Alarm["kind"],
  said: Pick<Alarm, "message" | "hint"> & Partial<Pick<Alarm, "subject">>,
): Alarm {
  return {
    kind,
    subject: "",
    severity: kind === "archives-foreign" ? "warning" : "error",
    ...said,
  };
}

/** The end of a message: how the archives are, and the newest of them. */
function listOf(archives: readonly LedgerArchive[], word: "missing" | "newest"): string {
  const newest = archives.map(({ name }) => name).toSorted().at(-1);
  if (newest === undefined) return "";
  return word === "newest"
    ? `; the newest is "${newest}"`
    : `; ${archives.length} known archives are missing, the newest is "${newest}"`;
}
