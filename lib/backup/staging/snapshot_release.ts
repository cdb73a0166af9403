/**
 * Lets go of a run's snapshots: at the end of the run itself and after a run that died.
 *
 * @module
 */
import type { JournalRun, JournalSnapshot } from "../../state/journal.ts";
import { isHung, type RunZfsCommand } from "../../zfs/command.ts";
import { BUSY_PAUSES } from "../../zfs/mounting.ts";
import { holdTag, poolOf } from "../../zfs/names.ts";
import { ownWords, reasonFor } from "../../zfs/reasons.ts";
import { holdsOf, lookUpSnapshots } from "../../zfs/snapshot_facts.ts";
import { deferDestroy, notFound, releaseSnapshots, stillHeld } from "../../zfs/snapshots.ts";
import type { Problem } from "../outcome.ts";
import { forEachOfMany, settleAll } from "./commands.ts";
import { doubtAbout, findMoved, type OwnSnapshot } from "./ownership.ts";

/** What is to be let go of. */
export interface SnapshotReleaseRequest {
  readonly run: RunZfsCommand;
  /** Logs a decision. */
  readonly note: (text: string) => void;
  /** The configuration's name. */
  readonly configuration: string;
  readonly journal: JournalRun;
  /** Full names that this very process has held and marked for destruction. */
  readonly deferred: ReadonlySet<string>;
  /** Pools that did not answer in this run; they are not asked again. */
  readonly hung: ReadonlySet<string>;
  /** Full names that are still mounted, and therefore busy. */
  readonly mounted: ReadonlySet<string>;
  /** Milliseconds between attempts at what is busy; {@linkcode BUSY_PAUSES} when left out. */
  readonly pauses?: readonly number[];
}

/** What is left of the snapshots. */
export interface SnapshotReleaseOutcome {
  /** What has to be tried again by the next run. */
  readonly remaining: readonly JournalSnapshot[];
  readonly problems: readonly Problem[];
}

/**
 * Lets go of snapshots, pool by pool side by side.
 *
 * @param request what is to be let go of
 */
export async function releaseAll(
  request: SnapshotReleaseRequest,
): Promise<SnapshotReleaseOutcome> {
  const pools = Map.groupBy(request.journal.snapshots, ({ name }) => poolOf(name));
  const outcomes = await settleAll(
    [...pools].map(([pool, snapshots]) => releasePool(request, pool, snapshots)),
  );
  return {
    remaining: outcomes.flatMap(({ remaining }) => remaining),
    problems: outcomes.flatMap(({ problems }) => problems),
  };
}

async function releasePool(
  request: SnapshotReleaseRequest,
  pool: string,
  all: readonly JournalSnapshot[],
): Promise<SnapshotReleaseOutcome> {
  if (all.length === 0) return { remaining: [], problems: [] };
  if (request.hung.has(pool)) {
    return keep(all, `the pool "${pool}" does not answer`, `See "zpool status ${pool}"`);
  }
  const mounted = all.filter(({ name }) => request.mounted.has(name));
  const free = all.filter(({ name }) => !request.mounted.has(name));
  const ready = free.filter(({ name }) => request.deferred.has(name));
  const unsure = free.filter(({ name }) => !request.deferred.has(name));
  const released = await release(request, pool, ready);
  const outcomes: SnapshotReleaseOutcome[] = [
    // Why they are still mounted has been said already.
    { remaining: mounted, problems: [] },
    released,
  ];
  const toLookAt = [...unsure, ...released.missing];
  if (toLookAt.length > 0) outcomes.push(await releaseUnsure(request, pool, toLookAt));
  return {
    remaining: outcomes.flatMap(({ remaining }) => remaining),
    problems: outcomes.flatMap(({ problems }) => problems),
  };
}

interface Released extends SnapshotReleaseOutcome {
  /** What is not there any more under its name. */
  readonly missing: readonly JournalSnapshot[];
}

/** Releases our hold on snapshots that are marked for destruction. */
async function release(
  request: SnapshotReleaseRequest,
  pool: string,
  snapshots: readonly JournalSnapshot[],
): Promise<Released> {
  const missing = new Set<string>();
  let names = snapshots.map(({ name }) => name);
  for (const pause of [0, ...request.pauses ?? BUSY_PAUSES]) {
    if (names.length === 0) break;
    if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
    const result = await releaseSnapshots(request.run, names, request.journal.runId);
    if (isHung(result)) break;
    const held = result.succeeded ? [] : stillHeld(result.stderr, names);
    if (
      !result.succeeded && held.length === 0 &&
      !/does not exist|no such tag/.test(ownWords(result.stderr))
    ) {
      break;
    }
    for (const name of notFound(result.stderr, names)) missing.add(name);
    request.note(`Released ${names.length - held.length} snapshots of the pool "${pool}"`);
    names = [...held];
  }
  const remaining = snapshots.filter(({ name }) => names.includes(name));
  return {
    ...keep(
      remaining,
      "they are still in use, perhaps in another mount namespace",
      `See who uses them: grep -l "@autoborg-" /proc/[0-9]*/mountinfo; the next run tries again`,
    ),
    missing: snapshots.filter(({ name }) => missing.has(name)),
  };
}

/** Looks at each snapshot first: what was written down may never have happened. */
async function releaseUnsure(
  request: SnapshotReleaseRequest,
  pool: string,
  snapshots: readonly JournalSnapshot[],
): Promise<SnapshotReleaseOutcome> {
  const { run, note, configuration, journal } = request;
  const owner = { configuration, runId: journal.runId };
  const names = snapshots.map(({ name }) => name);
  const { facts, result } = await lookUpSnapshots(run, names);
  if (isHung(result) || result.end.kind === "not-started") {
    const { reason, hint } = reasonFor(result, pool);
    return keep(snapshots, reason, hint);
  }
  if (facts.size === 0 && !await poolIsThere(run, pool)) {
    return keep(
      snapshots,
      `the pool "${pool}" is not imported`,
      `Import it, and the next run cleans up: zpool import "${pool}"`,
    );
  }
  const problems: Problem[] = [];
  const gone = snapshots.filter(({ name, guid }) => guid !== null && !facts.has(name));
  const moved = gone.length === 0 ? [] : await findMoved({ run, note, owner }, pool, gone);
  const own: OwnSnapshot[] = [...moved];
  for (const entry of snapshots) {
    const fact = facts.get(entry.name);
    if (fact === undefined) {
      if (moved.some(({ fact: { guid } }) => guid === entry.guid)) continue;
      note(`"${entry.name}" is not there: ${entry.guid === null ? "never made" : "gone already"}`);
      continue;
    }
    const doubt = doubtAbout(entry, fact, owner);
    if (doubt === undefined) {
      own.push({ entry, fact });
      continue;
    }
    note(`"${entry.name}" is left alone: ${doubt}`);
    problems.push({
      severity: "warning",
      message: `The snapshot "${entry.name}" is not touched: ${doubt}`,
      hint:
        "autoborg did not create it, despite its name. Look who uses it: zfs list -t snapshot -o " +
        `name,creation,used,userrefs,org.autoborg:run ${entry.name}. Nothing but its owner may ` +
        "need it, so autoborg leaves it there",
    });
  }
  if (own.length === 0) return { remaining: [], problems };
  const outcome = await destroyOwn(request, pool, own);
  return { remaining: outcome.remaining, problems: [...problems, ...outcome.problems] };
}

async function destroyOwn(
  request: SnapshotReleaseRequest,
  pool: string,
  own: readonly OwnSnapshot[],
): Promise<SnapshotReleaseOutcome> {
  const { run, note, configuration, journal: { runId } } = request;
  const tags = await holdsOf(run, own.map(({ entry }) => entry.name));
  const stuck: JournalSnapshot[] = [];
  const toRelease: JournalSnapshot[] = [];
  await forEachOfMany(own, async ({ entry, fact }) => {
    const { name } = entry;
    const holders = tags.get(name) ?? [];
    const foreign = holders.filter((tag) => tag !== holdTag(runId));
    const kept = [
      ...foreign.map((tag) => `the hold "${tag}"`),
      ...fact.clones.map((clone) => `the clone "${clone}"`),
    ];
    note(
      `"${name}" is ours: ${fact.deferred ? "already marked" : "marking it"} for destruction` +
        (kept.length === 0 ? "" : `; it stays for as long as ${kept.join(" and ")}`),
    );
    if (!fact.deferred) {
      const result = await deferDestroy(run, { name, configuration, runId });
      if (!result.succeeded && !/does not exist|could not find/.test(ownWords(result.stderr))) {
        stuck.push(entry);
        return;
      }
    }
    if (holders.includes(holdTag(runId))) toRelease.push(entry);
  });
  const released = await release(request, pool, toRelease);
  const left = stuck.length === 0 ? { remaining: [], problems: [] } : keep(
    stuck,
    "they are in use, perhaps in another mount namespace",
    `See who uses them: grep -l "@autoborg-" /proc/[0-9]*/mountinfo; the next run tries again`,
  );
  return {
    remaining: [...released.remaining, ...left.remaining],
    problems: [...released.problems, ...left.problems],
  };
}

async function poolIsThere(run: RunZfsCommand, pool: string): Promise<boolean> {
  const result = await run({ program: "zfs", args: ["list", "-H", "-o", "name", "-d", "0", pool] });
  return result.succeeded || isHung(result);
}

function keep(
  snapshots: readonly JournalSnapshot[],
  reason: string,
  hint: string,
): SnapshotReleaseOutcome {
  if (snapshots.length === 0) return { remaining: [], problems: [] };
  const first = snapshots[0]?.name ?? "";
  const more = snapshots.length > 1 ? ` and ${snapshots.length - 1} more` : "";
  const message = `Cannot let go of the snapshot "${first}"${more}: ${reason}`;
  return { remaining: snapshots, problems: [{ severity: "warning", message, hint }] };
}
