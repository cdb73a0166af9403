/**
 * Compares the archives that a repository holds with those that this machine knows of: what an
 * attacker deleted, what another machine of the same name made, and another repository in the place
 * of the old one.
 *
 * @module
 */
import type { Alarm } from "../alarm.ts";
import type { ArchiveListing } from "../borg/archives.ts";
import type { ArchiveState, Ledger, LedgerArchive } from "../state/ledger.ts";
import { parseArchiveName } from "../text/archive_name.ts";

/** What is compared. */
interface InventoryRequest {
  /** The name of the series; archives of others are not judged. */
  readonly series: string;
  readonly listing: ArchiveListing;
  readonly ledger: Ledger;
  /** Whether a run of this machine has that id. */
  readonly isOwnRun: (runId: string) => boolean;
  /** Whether this machine makes archives here; one that only prunes expects those of another one. */
  readonly makesArchives: boolean;
}

/** What the comparison shows. */
export interface Inventory {
  /** The archives of the series, and those that went. */
  readonly archives: readonly LedgerArchive[];
  readonly alarms: readonly Alarm[];
  /** The newest archive that this machine did not make, if there is one. */
  readonly newestForeign: string | undefined;
}

/** Compares a repository with what is known of it. */
export function takeInventory(request: InventoryRequest): Inventory {
  const { series, listing, ledger, isOwnRun, makesArchives } = request;
  const known = new Map(ledger.archives.map((archive) => [archive.name, archive]));
  const listed = listing.archives.filter(({ name }) => parseArchiveName(name)?.series === series);
  const there = listed.map(({ name, id }): LedgerArchive => {
    const before = known.get(name);
    const isOurs = before === undefined
      ? !makesArchives || isOwnRun(parseArchiveName(name)?.runId ?? "")
      : before.state !== "foreign" && (before.id === "" || before.id === id);
    return { name, id, state: isOurs ? "present" : "foreign" };
  });
  const names = new Set(listed.map(({ name }) => name));
  const gone = ledger.archives.filter(({ name, state }) => state !== "removed" && !names.has(name))
    .map((archive): LedgerArchive => ({ ...archive, state: stateOfGone(archive.state) }));
  const archives = [...there, ...gone];
  const foreign = inState(there, "foreign");
  return {
    archives,
    alarms: alarmsOf(request, inState(archives, "missing"), foreign, listed.length),
    newestForeign: foreign.at(-1)?.name,
  };
}

/** A foreign archive that is gone leaves nothing to ask about. */
function stateOfGone(state: ArchiveState): ArchiveState {
  return state === "foreign" ? "removed" : "missing";
}

function inState(archives: readonly LedgerArchive[], state: ArchiveState) {
  return archives.filter((archive) => archive.state === state);
}

/** A repository that is another one, or an older copy, explains everything else. */
function alarmsOf(
  { series, listing, ledger: { repository, archives }, makesArchives }: InventoryRequest,
  missing: readonly LedgerArchive[],
  foreign: readonly LedgerArchive[],
  present: number,
): readonly Alarm[] {
  if (repository !== undefined && repository.id !== listing.id) {
    return [alarm("repository-replaced", {
      message: `another repository has taken the place of the known one: its id is ` +
        `"${listing.id}", expected "${repository.id}"`,
      hint: "Find out who replaced it, and where the old one is; a new url in the configuration " +
        "is a reason as well",
    })];
  }
  if (repository !== undefined && listing.modifiedAt < repository.modifiedAt) {
    const at = (time: number) => new Date(time).toISOString().slice(0, 19);
    return [alarm("repository-set-back", {
      message: `the repository was set back: it was changed last at ${at(listing.modifiedAt)}Z, ` +
        `and it was newer before (${at(repository.modifiedAt)}Z)${listOf(missing, "missing")}`,
      hint: "Find out who put an older copy in its place, and why",
    })];
  }
  const known = archives.filter(({ state }) => state !== "removed").length;
  return [
    ...(missing.length === 0 ? [] : [alarm("archives-vanished", {
      message: `${missing.length} of ${known} known archives are gone, and autoborg did not ` +
        `remove them${listOf(missing, "newest")}`,
      hint: "Someone else with access deleted or renamed them; do not compact the repository " +
        "before you know who: as long as nobody does, an append-only repository still has the data",
    })]),
    ...(makesArchives || present > 0 || missing.length > 0 ? [] : [alarm("archives-vanished", {
      message: `the repository holds no archive of the series "${series}"`,
      hint: "Check the name in the configuration and the url; do not compact the repository " +
        "before you know where the archives are",
    })]),
    ...(foreign.length === 0 ? [] : [alarm("archives-foreign", {
      message: foreign.length === 1
        ? `1 archive was not made by this machine: "${foreign[0]?.name}"`
        : `${foreign.length} archives were not made by this machine${listOf(foreign, "newest")}`,
      hint: "Another machine uses the same name (a copied virtual machine?): give each its own " +
        "name in the configuration. Or this machine has lost its state directory, or took over " +
        "from another one",
    })]),
  ];
}

/** Data that is going away is a failure; what others added is something to look at. */
function alarm(kind: Alarm["kind"], said: Pick<Alarm, "message" | "hint">): Alarm {
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
