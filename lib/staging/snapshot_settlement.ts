/**
 * Looks what there really is of a run's snapshots, and gets rid of it.
 *
 * What was written down may never have happened, and what a command has said may not be true: only a
 * snapshot that ZFS says does not exist is gone.
 *
 * @module
 */
import type { JournalSnapshot } from "../state/journal.ts";
import { isHung, type RunZfsCommand, type ZfsCommandResult } from "../zfs/command.ts";
import { holdTag } from "../zfs/dataset_names.ts";
import { ownWords, reasonFor } from "../zfs/reasons.ts";
import { holdsOf, lookUpSnapshots, type SnapshotFacts } from "../zfs/snapshot_facts.ts";
import { deferDestroy, notFound } from "../zfs/snapshots.ts";
import { forEachOfMany } from "./commands.ts";
import { doubtAbout, findMoved, type OwnSnapshot } from "./ownership.ts";
import {
  IN_USE,
  keep,
  keepHung,
  SEE_USERS,
  type SnapshotReleaseOutcome,
  type SnapshotReleaseRequest,
  together,
} from "./release_outcome.ts";
import { releaseHolds } from "./snapshot_holds.ts";

/** How often a snapshot that is ours is tried to be got rid of. */
const ROUNDS = 2;

/**
 * Settles snapshots of one pool.
 *
 * @param request what is to be released
 * @param pool the pool's name
 * @param snapshots none of them is mounted
 * @param released full names of those whose hold was released a moment ago; they should be gone
 * @param round how often they were looked at
 */
export async function settleSnapshots(
  request: SnapshotReleaseRequest,
  pool: string,
  snapshots: readonly JournalSnapshot[],
  released: ReadonlySet<string>,
  round = 0,
): Promise<SnapshotReleaseOutcome> {
  if (snapshots.length === 0) return { remaining: [], problems: [] };
  const { run, note, configuration, journal } = request;
  const owner = { configuration, runId: journal.runId };
  const names = snapshots.map(({ name }) => name);
  const { facts, result } = await lookUpSnapshots(run, names);
  if (isHung(result)) return keepHung(snapshots, pool);
  const absent = new Set(result.succeeded ? [] : notFound(result.stderr, names));
  const unclear = snapshots.filter(({ name }) => !facts.has(name) && !absent.has(name));
  const outcomes = [keepUnclear(unclear, pool, result)];
  const gone = snapshots.filter(({ name }) => !facts.has(name) && absent.has(name));
  if (facts.size === 0 && gone.some(({ name }) => !released.has(name))) {
    const missing = await whyPoolIsNotThere(run, pool);
    if (missing !== undefined) return together([...outcomes, keep(gone, ...missing)]);
  }
  const own: OwnSnapshot[] = [];
  // With another name by now? What was released with this one is certainly not.
  const lost = gone.filter(({ name, guid }) => guid !== null && !released.has(name));
  if (lost.length > 0) {
    const found = await findMoved({ run, note, owner }, pool, lost);
    if (found.kind === "known") own.push(...found.moved);
    else outcomes.push(keepUnclear(lost, pool, found.result));
  }
  for (const { name, guid } of gone) {
    if (own.some(({ entry }) => entry.guid === guid)) continue;
    note(`"${name}" is not there: ${guid === null ? "never made" : "gone already"}`);
  }
  for (const entry of snapshots) {
    const fact = facts.get(entry.name);
    if (fact === undefined) continue;
    const doubt = doubtAbout(entry, fact, owner);
    if (doubt === undefined) own.push({ entry, fact });
    else outcomes.push(leaveAlone(entry.name, doubt, note));
  }
  outcomes.push(await getRidOf(request, pool, own, round));
  return together(outcomes);
}

function keepUnclear(
  snapshots: readonly JournalSnapshot[],
  pool: string,
  result: ZfsCommandResult,
): SnapshotReleaseOutcome {
  if (!result.succeeded) {
    const { reason, hint } = reasonFor(result, pool);
    return keep(snapshots, reason, hint);
  }
  const hint = `See "zfs list -t snapshot -r ${pool}" and the log of this run`;
  return keep(snapshots, `"zfs get" says neither that they exist nor that they do not`, hint);
}

function leaveAlone(
  name: string,
  doubt: string,
  note: (text: string) => void,
): SnapshotReleaseOutcome {
  note(`"${name}" is left alone: ${doubt}`);
  const message = `The snapshot "${name}" is not touched: ${doubt}`;
  const hint =
    "autoborg did not create it, despite its name. Look who uses it: zfs list -t snapshot -o " +
    `name,creation,used,userrefs,org.autoborg:run ${name}. Nothing but its owner may ` +
    "need it, so autoborg leaves it there";
  return { remaining: [], problems: [{ severity: "warning", message, hint }] };
}

async function getRidOf(
  request: SnapshotReleaseRequest,
  pool: string,
  own: readonly OwnSnapshot[],
  round: number,
): Promise<SnapshotReleaseOutcome> {
  if (own.length === 0) return { remaining: [], problems: [] };
  const { run, note, configuration, journal: { runId } } = request;
  const tags = await holdsOf(run, own.map(({ entry }) => entry.name));
  const stuck: JournalSnapshot[] = [];
  const marked: JournalSnapshot[] = [];
  await forEachOfMany(own, async ({ entry, fact }) => {
    const { name } = entry;
    const keepers = foreignKeepers(fact, tags.get(name) ?? [], runId);
    const stays = keepers.kind === "known" && keepers.names.length > 0
      ? `; it stays for as long as ${keepers.names.join(" and ")}`
      : "";
    // It goes by itself: there is nothing of ours on it any more.
    if (fact.deferred && stays !== "" && keepers.kind === "known" && !keepers.held) {
      note(`"${name}" is marked for destruction${stays}`);
      return;
    }
    note(
      `"${name}" is ours: ${
        fact.deferred ? "already marked" : "marking it"
      } for destruction${stays}`,
    );
    if (round === ROUNDS) {
      stuck.push(entry);
      return;
    }
    const result = fact.deferred
      ? undefined
      : await deferDestroy(run, { name, configuration, runId });
    if (
      result?.succeeded === false &&
      /busy|being held|dependent/.test(ownWords(result.stderr, [name]))
    ) {
      stuck.push(entry);
    } else marked.push(entry);
  });
  if (request.hung.has(pool)) return keepHung([...stuck, ...marked], pool);
  const { busy, gone } = await releaseHolds(request, marked);
  const inUse = [...stuck, ...marked.filter(({ name }) => busy.has(name))];
  const left = marked.filter(({ name }) => !busy.has(name));
  return together([
    keep(inUse, IN_USE, SEE_USERS),
    await settleSnapshots(request, pool, left, gone, round + 1),
  ]);
}

type Keepers =
  | { readonly kind: "known"; readonly names: readonly string[]; readonly held: boolean }
  | { readonly kind: "unknown" };

/** What keeps a snapshot alive besides us, and whether we hold it, too. */
function foreignKeepers(fact: SnapshotFacts, tags: readonly string[], runId: string): Keepers {
  if (tags.length !== fact.holds) return { kind: "unknown" };
  const own = holdTag(runId);
  const foreign = tags.filter((tag) => tag !== own);
  const names = [
    ...foreign.map((tag) => `the hold "${tag}"`),
    ...fact.clones.map((clone) => `the clone "${clone}"`),
  ];
  return { kind: "known", names, held: tags.includes(own) };
}

/** Why nothing of the pool can be seen: reason and hint. */
async function whyPoolIsNotThere(
  run: RunZfsCommand,
  pool: string,
): Promise<readonly [string, string] | undefined> {
  const args = ["list", "-H", "-o", "name", "-d", "0", pool];
  const result = await run({ program: "zfs", args, pool });
  if (result.succeeded) return undefined;
  if (isHung(result)) {
    return [`the pool "${pool}" does not answer`, `See "zpool status ${pool}"`];
  }
  const { reason, hint } = reasonFor(result, pool);
  if (reason !== "it does not exist") return [reason, hint];
  return [
    `the pool "${pool}" is not imported`,
    `Import it, and the next run cleans up: zpool import "${pool}"`,
  ];
}
