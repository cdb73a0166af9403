/**
 * Releases a run's snapshots: at the end of the run itself and after a run that died.
 *
 * What was written down may never have happened, and what a command has said may not be true: only a
 * snapshot that ZFS says does not exist is gone. Longer than other files, because what a run may
 * destroy is decided in one place.
 *
 * @module
 */
import { mapConcurrent, settleAll } from "../../async/concurrency.ts";
import { warning } from "../../problem.ts";
import type { JournalSnapshot } from "../../state/journal.ts";
import { commandLine } from "../../text/printable.ts";
import { isHung, type RunZfsCommand, type ZfsCommandResult } from "../../zfs/command.ts";
import { holdTag, poolOf } from "../../zfs/dataset_names.ts";
import { reasonFor, withoutNames } from "../../zfs/reasons.ts";
import { holdsOf, lookUpSnapshots, type SnapshotFacts } from "../../zfs/snapshot_facts.ts";
import { deferDestroy, notFound, releaseSnapshots, stillHeld } from "../../zfs/snapshots.ts";
import type { SnapshotLeftovers, SnapshotRelease, StagingTools } from "../snapshot_source.ts";
import { doubtAbout, findMoved, type OwnSnapshot } from "./ownership.ts";
import { counted } from "../../text/units.ts";

/** How often it is tried to get rid of a snapshot that is ours. */
const ROUNDS = 2;

const NOTHING: SnapshotLeftovers = { remaining: [], problems: [] };

/** Releases snapshots, pool by pool side by side. */
export async function releaseOwn(
  tools: StagingTools,
  { snapshots, marked, mounted }: SnapshotRelease,
): Promise<SnapshotLeftovers> {
  const pools = Map.groupBy(
    snapshots.filter(({ name }) => !mounted.has(name)),
    ({ name }) => poolOf(name),
  );
  const outcomes = await settleAll(
    [...pools].map(([pool, free]) => {
      const [ready, others] = partition(free, ({ name }) => marked.has(name));
      return releasePool(tools, pool, ready, others, 0);
    }),
  );
  const stay = snapshots.filter(({ name }) => mounted.has(name));
  return together([{ remaining: stay, problems: [] }, ...outcomes]);
}

/** Releases the holds on those that are marked for destruction, and settles all of them. */
async function releasePool(
  tools: StagingTools,
  pool: string,
  marked: readonly JournalSnapshot[],
  others: readonly JournalSnapshot[],
  round: number,
): Promise<SnapshotLeftovers> {
  const { busy, gone } = await releaseHolds(tools, marked);
  const [inUse, free] = partition(marked, ({ name }) => busy.has(name));
  // No exit code is trusted: what is not seen to be gone stays in the journal.
  return together([keepInUse(inUse), await settle(tools, pool, [...free, ...others], gone, round)]);
}

/** What became of holds that were released, by full names. */
interface ReleasedHolds {
  /** Those that are still in use. */
  readonly busy: ReadonlySet<string>;
  /** Those that should be gone now. */
  readonly gone: ReadonlySet<string>;
}

/** Releases our holds, and again after a while those of snapshots that are busy. */
async function releaseHolds(
  { run, note, owner, pauses }: StagingTools,
  snapshots: readonly JournalSnapshot[],
): Promise<ReleasedHolds> {
  const gone = new Set<string>();
  let names: readonly string[] = snapshots.map(({ name }) => name);
  for (const pause of [0, ...pauses]) {
    if (names.length === 0) break;
    if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
    const { succeeded, stderr } = await releaseSnapshots(run, names, owner.runId);
    const held = succeeded ? [] : stillHeld(stderr, names);
    // Missing, or something else: the next look at them finds out.
    if (!succeeded && held.length === 0) return { busy: new Set(), gone };
    const free = names.filter((name) => !held.includes(name));
    for (const name of free) if (!stderr.includes(`'${name}'`)) gone.add(name);
    note(
      `Released ${counted(free.length, "snapshot", "snapshots")} of the pool "${
        poolOf(names[0] ?? "")
      }"`,
    );
    names = held;
  }
  return { busy: new Set(names), gone };
}

/**
 * Looks what there really is of snapshots of one pool, and gets rid of it.
 *
 * @param snapshots none of them is mounted
 * @param released full names of those whose hold was released a moment ago; they should be gone
 */
async function settle(
  tools: StagingTools,
  pool: string,
  snapshots: readonly JournalSnapshot[],
  released: ReadonlySet<string>,
  round: number,
): Promise<SnapshotLeftovers> {
  if (snapshots.length === 0) return NOTHING;
  const { run, note, owner } = tools;
  const names = snapshots.map(({ name }) => name);
  const { facts, result } = await lookUpSnapshots(run, names);
  if (isHung(result)) {
    return keep(
      snapshots,
      `the pool "${pool}" does not answer`,
      `Check "${commandLine(["zpool", "status", pool])}"`,
    );
  }
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
    const found = await findMoved(tools, pool, lost);
    if (found.kind === "known") own.push(...found.moved);
    else outcomes.push(keepUnclear(lost, pool, found.result));
  }
  for (const { name, guid } of gone) {
    if (own.some(({ entry }) => entry.guid === guid)) continue;
    note(`"${name}" does not exist: ${guid === null ? "never made" : "gone already"}`);
  }
  for (const entry of snapshots) {
    const fact = facts.get(entry.name);
    if (fact === undefined) continue;
    const doubt = doubtAbout(entry, fact, owner);
    if (doubt === undefined) own.push({ entry, fact });
    else outcomes.push(leaveAlone(entry.name, doubt, note));
  }
  outcomes.push(await getRidOf(tools, pool, own, round));
  return together(outcomes);
}

function keepUnclear(
  snapshots: readonly JournalSnapshot[],
  pool: string,
  result: ZfsCommandResult,
): SnapshotLeftovers {
  if (!result.succeeded) {
    const { reason, hint } = reasonFor(result, pool);
    return keep(snapshots, reason, hint);
  }
  const hint = `Check "${
    commandLine(["zfs", "list", "-t", "snapshot", "-r", pool])
  }" and the log of this run`;
  return keep(snapshots, `"zfs get" does not report whether they exist`, hint);
}

function leaveAlone(name: string, doubt: string, note: (text: string) => void): SnapshotLeftovers {
  note(`"${name}" is left alone: ${doubt}`);
  const message = `The snapshot "${name}" is not touched: ${doubt}`;
  const hint =
    "autoborg did not create it, despite its name. Find out what uses it: zfs list -t snapshot " +
    `-o name,creation,used,userrefs,org.autoborg:run ${commandLine([name])}. Another program may ` +
    "need it, so autoborg leaves it alone";
  return { remaining: [], problems: [warning(message, hint)] };
}

async function getRidOf(
  tools: StagingTools,
  pool: string,
  own: readonly OwnSnapshot[],
  round: number,
): Promise<SnapshotLeftovers> {
  if (own.length === 0) return NOTHING;
  const { run, note, owner } = tools;
  const tags = await holdsOf(run, own.map(({ entry }) => entry.name));
  const stuck: JournalSnapshot[] = [];
  const marked: JournalSnapshot[] = [];
  await mapConcurrent(own, async ({ entry, fact }) => {
    const { name } = entry;
    const keepers = foreignKeepers(fact, tags.get(name) ?? [], owner.runId);
    const stays = keepers.length > 0 ? `; it stays for as long as ${keepers.join(" and ")}` : "";
    // It goes by itself: there is nothing of ours on it any more.
    if (fact.deferred && stays !== "" && !tags.get(name)?.includes(holdTag(owner.runId))) {
      return note(`"${name}" is marked for destruction${stays}`);
    }
    const action = fact.deferred ? "already marked" : "marking it";
    note(`"${name}" is ours: ${action} for destruction${stays}`);
    if (round === ROUNDS) return void stuck.push(entry);
    const mark = fact.deferred ? undefined : await deferDestroy(run, { name, ...owner });
    const said = mark?.succeeded === false ? withoutNames(mark.stderr, [name]) : "";
    if (/busy|being held|dependent/.test(said)) stuck.push(entry);
    else marked.push(entry);
  });
  return together([keepInUse(stuck), await releasePool(tools, pool, marked, [], round + 1)]);
}

/** What keeps a snapshot alive besides us; nothing when not all of its holds are known. */
function foreignKeepers(
  { holds, clones }: SnapshotFacts,
  tags: readonly string[],
  runId: string,
): readonly string[] {
  if (tags.length !== holds) return [];
  return [
    ...tags.filter((tag) => tag !== holdTag(runId)).map((tag) => `the hold "${tag}"`),
    ...clones.map((clone) => `the clone "${clone}"`),
  ];
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
    return [
      `the pool "${pool}" does not answer`,
      `Check "${commandLine(["zpool", "status", pool])}"`,
    ];
  }
  const { reason, hint } = reasonFor(result, pool);
  if (reason !== "it does not exist") return [reason, hint];
  return [
    `the pool "${pool}" is not imported`,
    `Import it, and the next run cleans up: zpool import "${pool}"`,
  ];
}

/** How many snapshots a problem names. */
const NAMED = 3;

/** Keeps snapshots in the journal; the reason is the end of a sentence. */
function keep(
  snapshots: readonly JournalSnapshot[],
  reason: string,
  hint: string,
): SnapshotLeftovers {
  if (snapshots.length === 0) return NOTHING;
  const names = snapshots.slice(0, NAMED).map(({ name }) => `"${name}"`).join(", ");
  const more = snapshots.length > NAMED ? ` and ${snapshots.length - NAMED} more` : "";
  const what = snapshots.length === 1 ? "snapshot" : "snapshots";
  const message = `Cannot release the ${what} ${names}${more}: ${reason}`;
  return { remaining: snapshots, problems: [warning(message, hint)] };
}

function keepInUse(snapshots: readonly JournalSnapshot[]): SnapshotLeftovers {
  return keep(
    snapshots,
    "they are still in use, perhaps in another mount namespace",
    `Find out who uses them: grep -l "@autoborg-" /proc/[0-9]*/mountinfo; the next run tries again`,
  );
}

function together(outcomes: readonly SnapshotLeftovers[]): SnapshotLeftovers {
  return {
    remaining: outcomes.flatMap(({ remaining }) => remaining),
    problems: outcomes.flatMap(({ problems }) => problems),
  };
}

function partition<T>(
  items: readonly T[],
  test: (item: T) => boolean,
): readonly [readonly T[], readonly T[]] {
  return [items.filter(test), items.filter((item) => !test(item))];
}
