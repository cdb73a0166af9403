/**
 * Unmounts what a run mounted, and nothing else.
 *
 * @module
 */
import { isHung, type RunZfsCommand, type ZfsCommandResult } from "../../zfs/command.ts";
import { BUSY_PAUSES, makePrivate, unmount } from "../../zfs/mounting.ts";
import { asPrinted, findZfsMount, readMountTable } from "../../zfs/mount_table.ts";
import { ownWords } from "../../zfs/reasons.ts";
import type { JournalMount, JournalRun } from "../../state/journal.ts";
import type { Problem } from "../outcome.ts";

/** What is still mounted afterwards. */
export interface UnmountOutcome {
  readonly remaining: readonly JournalMount[];
  /** Full names of the snapshots among them. */
  readonly snapshots: ReadonlySet<string>;
  readonly problems: readonly Problem[];
}

/** What is to be unmounted, and how. */
export interface UnmountRequest {
  readonly run: RunZfsCommand;
  readonly note: (text: string) => void;
  readonly journal: JournalRun;
  /** The run died, so that a bind mount of its may not have been made private yet. */
  readonly died: boolean;
  /** How long is waited for what is busy, in milliseconds; {@linkcode BUSY_PAUSES} when left out. */
  readonly pauses?: readonly number[];
}

/**
 * Unmounts all with one command, and again after a while what was busy.
 *
 * @param request what is to be unmounted
 */
export async function unmountAll(request: UnmountRequest): Promise<UnmountOutcome> {
  const { run, journal } = request;
  if (journal.mounts.length === 0) return NOTHING_LEFT;
  let remaining = await stillMounted(run, journal);
  if (remaining === undefined) {
    const mounts = journal.mounts.map((mount): StillMounted => ({ ...mount, snapshot: undefined }));
    return failure(mounts, "the mount table can't be read");
  }
  if (request.died) await makeBindsPrivate(request, remaining);
  let said = "";
  for (const pause of [0, ...request.pauses ?? BUSY_PAUSES]) {
    if (remaining.length === 0) return NOTHING_LEFT;
    if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
    request.note(`Unmounting ${remaining.length} of our mounts`);
    const result = await unmountOnce(run, remaining);
    said = result.stderr;
    remaining = await stillMounted(run, journal) ?? remaining;
    if (isHung(result)) break;
  }
  return remaining.length === 0 ? NOTHING_LEFT : failure(remaining, said);
}

async function unmountOnce(
  run: RunZfsCommand,
  mounts: readonly JournalMount[],
): Promise<ZfsCommandResult> {
  const innermostFirst = mounts.map(({ target }) => target).toReversed();
  // What came along with a live directory is known to the kernel only.
  const recursive = mounts.some(({ kind }) => kind === "bind");
  const result = await unmount(run, innermostFirst, recursive);
  if (!isHung(result) || mounts.length === 1) return result;
  // One of them hangs: the others must not wait for it.
  const each = innermostFirst.map((target) => unmount(run, [target], recursive));
  await Promise.all(each);
  return result;
}

async function makeBindsPrivate(
  request: UnmountRequest,
  mounts: readonly JournalMount[],
): Promise<void> {
  for (const { kind, target } of mounts) {
    if (kind !== "bind") continue;
    request.note(`Making "${target}" private, so that unmounting it touches nothing else`);
    await makePrivate(request.run, target);
  }
}

/** A mount that is there, with the full name of the snapshot if it is one. */
interface StillMounted extends JournalMount {
  readonly snapshot: string | undefined;
}

/** Which of a run's mounts are there; `undefined` when the table can't be read. */
async function stillMounted(
  run: RunZfsCommand,
  journal: JournalRun,
): Promise<readonly StillMounted[] | undefined> {
  const table = await readMountTable(run);
  if (table.kind === "failed") return undefined;
  return journal.mounts.flatMap((mount): readonly StillMounted[] => {
    if (mount.kind !== "snapshot") {
      return isThere(table.lines, mount) ? [{ ...mount, snapshot: undefined }] : [];
    }
    const snapshot = journal.snapshots.find(({ name }) =>
      findZfsMount(table.lines, name, mount.target) !== undefined
    )?.name;
    return snapshot === undefined ? [] : [{ ...mount, snapshot }];
  });
}

function isThere(lines: readonly string[], mount: JournalMount): boolean {
  const target = asPrinted(mount.target);
  if (mount.kind === "bind") return lines.some((line) => line.includes(` on ${target} type `));
  return lines.some((line) => line.startsWith(`autoborg on ${target} type tmpfs (`));
}

const NOTHING_LEFT: UnmountOutcome = { remaining: [], snapshots: new Set(), problems: [] };

/** How many of the mounts that are left get a problem of their own. */
const SAID = 5;

function failure(remaining: readonly StillMounted[], said: string): UnmountOutcome {
  const targets = remaining.map(({ target }) => target);
  const problems = remaining.slice(0, SAID).map(({ target }): Problem => ({
    severity: "warning",
    message: `Cannot unmount "${target}": ${unmountReason(said, target, targets)}`,
    hint: `Find out who uses it: fuser -vm "${target}"; the next run tries again`,
  }));
  return {
    remaining: remaining.map(({ kind, target }) => ({ kind, target })),
    snapshots: new Set(remaining.flatMap(({ snapshot }) => snapshot ?? [])),
    problems,
  };
}

/**
 * Why a mount is still there.
 *
 * @param said what umount(8) printed, such as "umount: /run/autoborg/tank: target is busy."
 * @param target the mount point
 * @param targets all that it was told to unmount; one may be called "busybox"
 */
export function unmountReason(said: string, target: string, targets: readonly string[]): string {
  const start = `umount: ${target}: `;
  const own = said.split("\n").find((line) => line.startsWith(start))?.slice(start.length);
  const words = ownWords(own ?? said, targets);
  return /\bbusy\b/.test(words) ? "it is busy" : own?.replace(/\.$/, "") ?? lastLine(said);
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) || "there was no answer";
}
