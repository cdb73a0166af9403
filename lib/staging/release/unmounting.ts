/** Unmounts what a run mounted, and nothing else. @module */
import { mapConcurrent } from "../../async/concurrency.ts";
import { type Problem, warning } from "../../problem.ts";
import { isHung, type RunZfsCommand, type ZfsCommandResult } from "../../zfs/command.ts";
import { makePrivate, unmount } from "../../zfs/mounting.ts";
import { readMountTable } from "../../zfs/mount_table.ts";
import { poolOf } from "../../zfs/dataset_names.ts";
import { reasonFor, withoutNames } from "../../zfs/reasons.ts";
import type { JournalMount, JournalRun } from "../../state/journal.ts";
import type { StagingTools } from "../snapshot_source.ts";
import { innermostFirst, type OwnMount, ownMounts } from "./own_mounts.ts";
import { counted } from "../../text/units.ts";

interface UnmountOutcome {
  readonly remaining: readonly JournalMount[];
  /** Full names of the snapshots among them. */
  readonly snapshots: ReadonlySet<string>;
  readonly problems: readonly Problem[];
}

/**
 * Unmounts all with as few commands as possible, and again after a while what was busy.
 *
 * @param privateBinds live directories that are known to be private mounts
 */
export async function unmountAll(
  tools: StagingTools,
  journal: JournalRun,
  privateBinds: ReadonlySet<string>,
): Promise<UnmountOutcome> {
  const { run, note, pauses } = tools;
  if (journal.mounts.length === 0) return NOTHING_LEFT;
  const first = await stillMounted(tools, journal);
  if (first.kind === "unknown") return notEvenRead(journal, first.reason);
  const shared = await makeBindsPrivate(tools, first.mounts, privateBinds);
  // What lies around a mount that has to stay can't be unmounted either.
  const stays = ({ target }: OwnMount) =>
    [...shared].some((at) => at === target || at.startsWith(`${target}/`));
  const kept = first.mounts.filter((mount) => mount.covered || stays(mount));
  let remaining = first.mounts.filter((mount) => !kept.includes(mount));
  let last: ZfsCommandResult | undefined;
  for (const pause of [0, ...pauses]) {
    if (remaining.length === 0) break;
    if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
    note(`Unmounting ${counted(remaining.length, "mount", "mounts")} of ours`);
    last = await unmountOnce(run, remaining);
    const targets = new Set(remaining.map(({ target }) => target));
    const now = await stillMounted(tools, journal);
    if (now.kind === "read") remaining = now.mounts.filter(({ target }) => targets.has(target));
    if (isHung(last)) break;
  }
  const targets = remaining.map(({ target }) => target);
  return outcomeOf([
    ...kept.map((mount) => ({ mount, reason: reasonToKeep(mount) })),
    ...remaining.map((mount) => ({ mount, reason: reasonOfUmount(last, mount.target, targets) })),
  ]);
}

async function unmountOnce(
  run: RunZfsCommand,
  mounts: readonly OwnMount[],
): Promise<ZfsCommandResult> {
  const result = await unmountTogether(run, mounts);
  if (!isHung(result)) return result;
  // One of them hangs: those of other pools must not wait for it, and its own would only hang as long.
  const groups = Map.groupBy(
    mounts,
    ({ snapshot, target }) => snapshot === undefined ? target : poolOf(snapshot),
  );
  if (groups.size > 1) {
    await mapConcurrent([...groups.values()], (group) => unmountTogether(run, group));
  }
  return result;
}

/**
 * Unmounts with as few commands as possible. What came along with a live directory is known to the
 * kernel only, so that these are unmounted recursively.
 *
 * @param mounts in the order of the journal
 * @returns the last command that failed, or one that succeeded
 */
export async function unmountTogether(
  run: RunZfsCommand,
  mounts: readonly JournalMount[],
): Promise<ZfsCommandResult> {
  let result: ZfsCommandResult = DONE;
  let group: string[] = [];
  const sorted = innermostFirst(mounts);
  for (const [index, { kind, target }] of sorted.entries()) {
    group.push(target);
    const next = sorted[index + 1];
    const recursive = kind === "bind";
    if (next !== undefined && (next.kind === "bind") === recursive) continue;
    const ended = await unmount(run, group, recursive);
    if (isHung(ended)) return ended;
    if (!ended.succeeded) result = ended;
    group = [];
  }
  return result;
}

/** Returns what could not be made private: an unmount there might unmount the original, too. */
async function makeBindsPrivate(
  { run, note }: StagingTools,
  mounts: readonly OwnMount[],
  privateBinds: ReadonlySet<string>,
): Promise<ReadonlySet<string>> {
  const shared = new Set<string>();
  let hangs = false;
  for (const { kind, target, covered } of mounts) {
    if (kind !== "bind" || covered || privateBinds.has(target)) continue;
    note(`Making "${target}" private, so that unmounting it touches nothing else`);
    const result = hangs ? undefined : await makePrivate(run, target);
    if (result?.succeeded !== true) shared.add(target);
    if (result !== undefined && isHung(result)) hangs = true;
  }
  return shared;
}

type Reading =
  | { readonly kind: "read"; readonly mounts: readonly OwnMount[] }
  | { readonly kind: "unknown"; readonly reason: string };

async function stillMounted({ run, sources }: StagingTools, journal: JournalRun): Promise<Reading> {
  const table = await readMountTable(run);
  if (table.kind === "read" && table.lines.length > 0) {
    return { kind: "read", mounts: ownMounts(table.lines, journal, sources) };
  }
  // There is always something mounted: an empty table is a lie.
  const why = table.kind === "failed" ? reasonFor(table.result, "").reason : "it is empty";
  return { kind: "unknown", reason: `the mount table cannot be read: ${why}` };
}

const NOTHING_LEFT: UnmountOutcome = { remaining: [], snapshots: new Set(), problems: [] };
const DONE: ZfsCommandResult = {
  succeeded: true,
  end: { kind: "exited", code: 0 },
  stdout: "",
  stderr: "",
};

function notEvenRead(journal: JournalRun, reason: string): UnmountOutcome {
  const mounts = journal.mounts.map((mount) => ({
    mount: { ...mount, snapshot: undefined, covered: false },
    reason,
  }));
  const outcome = outcomeOf(mounts);
  // Any of them may be mounted, and a snapshot that is can't be released.
  return { ...outcome, snapshots: new Set(journal.snapshots.map(({ name }) => name)) };
}

interface Left {
  readonly mount: OwnMount;
  readonly reason: string;
}

/** How many of the mounts that are left get a problem of their own. */
const SAID = 5;

function outcomeOf(left: readonly Left[]): UnmountOutcome {
  const problems = left.slice(0, SAID).map(({ mount: { target }, reason }) =>
    warning(
      `Cannot unmount "${target}": ${reason}`,
      `Find out what uses it: fuser -vm "${target}"; the next run tries again`,
    )
  );
  return {
    remaining: left.map(({ mount: { kind, target } }) => ({ kind, target })),
    snapshots: new Set(left.flatMap(({ mount: { snapshot } }) => snapshot ?? [])),
    problems,
  };
}

function reasonToKeep({ covered }: OwnMount): string {
  return covered
    ? "something else is mounted over it"
    : "it cannot be made private, so that the original might be unmounted with it";
}

function reasonOfUmount(
  result: ZfsCommandResult | undefined,
  target: string,
  targets: readonly string[],
): string {
  if (result === undefined || result.succeeded) return '"umount" succeeded, but it is still there';
  if (result.end.kind !== "exited") return reasonFor(result, "").reason;
  return unmountReason(result.stderr, target, targets);
}

/**
 * Why a mount is still there.
 *
 * @param said what umount(8) printed, such as "umount: /run/autoborg/tank: target is busy."
 * @param targets all that it was told to unmount; one may be called "busybox"
 */
export function unmountReason(said: string, target: string, targets: readonly string[]): string {
  const start = `umount: ${target}: `;
  const own = said.split("\n").find((line) => line.startsWith(start))?.slice(start.length);
  const words = withoutNames(own ?? said, targets);
  return /\bbusy\b/.test(words) ? "it is busy" : own?.replace(/\.$/, "") ?? lastLine(said);
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) || "it did not respond";
}
