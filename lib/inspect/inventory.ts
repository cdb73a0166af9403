/**
 * Compares the archives that a repository holds with those that this machine knows of: what an
 * attacker deleted, what another machine of the same name made, and another repository in the place
 * of the old one.
 *
 * @module
 */
import type { Alarm } from "../alarm.ts";
import { type ArchiveState, isOfOthers } from "../archive_state.ts";
import type { ArchiveListing } from "../borg/archives.ts";
import type { RetentionRules } from "../borg/commands.ts";
import type { Ledger, LedgerArchive } from "../state/ledger.ts";
import { parseArchiveName } from "../text/archive_name.ts";
import { isOwnSeries } from "../text/database_series.ts";
import { inventoryAlarms } from "./inventory_alarms.ts";
import { keptInSeries } from "./retention_rules.ts";

/** What is compared. */
interface InventoryRequest {
  /** The name of the series; archives of others are not judged, but for those of its databases. */
  readonly series: string;
  readonly listing: ArchiveListing;
  readonly ledger: Ledger;
  /** Whether a run of this machine has that id. */
  readonly isOwnRun: (runId: string) => boolean;
  /** Whether this machine makes archives here; one that only prunes expects those of another one. */
  readonly makesArchives: boolean;
  /** What tells this machine from a copy of it; "": not known. */
  readonly machine: string;
  /** The rules by which another machine prunes a series of the repository. */
  readonly prunedBy?: ((series: string) => RetentionRules) | undefined;
  /** Archives that no prune removes. */
  readonly pinned?: ReadonlySet<string>;
  readonly now: Date;
}

/** What the comparison shows. */
export interface Inventory {
  /** The archives of the series, and those that went. */
  readonly archives: readonly LedgerArchive[];
  readonly alarms: readonly Alarm[];
  /** The newest archive that this machine did not make, if there is one. */
  readonly newestForeign: string | undefined;
}

type ListedArchive = ArchiveListing["archives"][number];

/** By how much the clock of another machine may be ahead, in milliseconds. */
const CLOCK_DIFFERENCE = 3_600_000;

/** Compares a repository with what is known of it. */
export function takeInventory(request: InventoryRequest): Inventory {
  const { series, listing, ledger } = request;
  const known = new Map(ledger.archives.map((archive) => [archive.name, archive]));
  const listed = listing.archives.filter(({ name }) =>
    isOwnSeries(series, parseArchiveName(name)?.series ?? "")
  );
  const newest = newestKnown(ledger);
  const isTimely = (archive: ListedArchive) => isDatedBetween(archive, newest, request.now);
  const there = listed.map((archive): LedgerArchive => {
    const before = known.get(archive.name);
    const state = stateOfListed(request, archive, before, isTimely);
    return { name: archive.name, id: state === "replaced" ? before?.id ?? "" : archive.id, state };
  });
  const names = new Set(listed.map(({ name }) => name));
  const mayGo = removable(request);
  const gone = ledger.archives.filter(({ name, state }) => state !== "removed" && !names.has(name))
    .map((archive): LedgerArchive => {
      return { ...archive, state: mayGo(archive.name) ? "removed" : stateOfGone(archive.state) };
    });
  const archives = [...there, ...gone];
  const foreign = inState(there, "foreign");
  const misdated = inState(there, "misdated");
  return {
    archives,
    alarms: inventoryAlarms(request, {
      missing: inState(archives, "missing"),
      replaced: inState(archives, "replaced"),
      foreign,
      misdated,
      present: listed.length,
    }),
    newestForeign: [...misdated, ...foreign].at(-1)?.name,
  };
}

/** What an archive that is listed is, after what was known of its name. */
function stateOfListed(
  { makesArchives, isOwnRun }: InventoryRequest,
  archive: ListedArchive,
  before: LedgerArchive | undefined,
  isTimely: (archive: ListedArchive) => boolean,
): ArchiveState {
  if (before === undefined) {
    const isExpected = makesArchives
      ? isOwnRun(parseArchiveName(archive.name)?.runId ?? "")
      : isTimely(archive);
    if (isExpected) return "present";
    return isTimely(archive) ? "foreign" : "misdated";
  }
  if (isOfOthers(before.state)) return before.state;
  return before.id === "" || before.id === archive.id ? "present" : "replaced";
}

/** When the newest archive was begun that was there before, in milliseconds since 1970. */
function newestKnown({ archives }: Ledger): number {
  const times = archives.flatMap(({ name, state }) =>
    isOfOthers(state) ? [] : parseArchiveName(name)?.startedAt.getTime() ?? []
  );
  return times.reduce((newest, time) => Math.max(newest, time), -Infinity);
}

/**
 * Whether an archive is dated after those that were there before, and not in the future. With other
 * dates it would take the place of a good one in the eyes of retention. Its name and Borg's own date
 * count: Borg prunes by the latter, which `--timestamp` sets.
 */
function isDatedBetween({ name, startedAt }: ListedArchive, newest: number, now: Date): boolean {
  const dates = [startedAt, parseArchiveName(name)?.startedAt ?? startedAt];
  return dates.every((date) =>
    date.getTime() >= newest && date.getTime() <= now.getTime() + CLOCK_DIFFERENCE
  );
}

/** Tells which archives the rules remove by which another machine prunes; without them none. */
function removable({ prunedBy, pinned, ledger, now }: InventoryRequest): (name: string) => boolean {
  if (prunedBy === undefined) return () => false;
  const known = ledger.archives.flatMap(({ name, state }) => state === "removed" ? [] : [name]);
  const kept = keptInSeries(known, prunedBy, now);
  return (name) => !kept.has(name) && pinned?.has(name) !== true;
}

/** A foreign archive that is gone leaves nothing to ask about. */
function stateOfGone(state: ArchiveState): ArchiveState {
  return isOfOthers(state) ? "removed" : "missing";
}

function inState(archives: readonly LedgerArchive[], state: ArchiveState) {
  return archives.filter((archive) => archive.state === state);
}
