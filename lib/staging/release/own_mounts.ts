/** Which lines of the mount table are a run's own. @module */
import type { JournalMount, JournalRun } from "../../state/journal.ts";
import { mountsAt } from "../../zfs/mount_table.ts";
import type { SnapshotSource } from "../snapshot_source.ts";

/** A mount of a run that is there. */
export interface OwnMount extends JournalMount {
  /** The snapshot's full name if it is one. */
  readonly snapshot: string | undefined;
  /** Something else is mounted over it: unmounting there would unmount that. */
  readonly covered: boolean;
}

/**
 * Sorts mounts so that each can be unmounted when those before it are. Live directories of one depth
 * come first, as they need a command of their own.
 *
 * @param mounts in the order of the journal
 */
export function innermostFirst<T extends JournalMount>(mounts: readonly T[]): readonly T[] {
  const depth = ({ target }: T) => target.split("/").length;
  const isBind = ({ kind }: T) => Number(kind === "bind");
  return mounts.toReversed().toSorted((a, b) => depth(b) - depth(a) || isBind(b) - isBind(a));
}

/**
 * Finds what of a run is mounted, in the order of its journal. Several may lie on top of each other
 * at one place: a tiny file system over a snapshot.
 */
export function ownMounts(
  lines: readonly string[],
  journal: JournalRun,
  sources: readonly Pick<SnapshotSource, "shownIn">[],
): readonly OwnMount[] {
  const names = new Set(journal.snapshots.map(({ name }) => name));
  const byTarget = Map.groupBy(journal.mounts, ({ target }) => target);
  const found = new Map<JournalMount, OwnMount>();
  const cover = (entry: JournalMount) => {
    const mount = found.get(entry);
    if (mount !== undefined) found.set(entry, { ...mount, covered: true });
  };
  for (const [target, entries] of byTarget) {
    const left = [...entries];
    // From the bottom: what lies above one of ours and is not ours covers it.
    let below: JournalMount[] = [];
    for (const line of mountsAt(lines, target)) {
      const shown = sources.map((source) => source.shownIn(line))
        .find((name) => name !== undefined && names.has(name));
      const entry = left.find(({ kind }) => {
        if (kind === "snapshot") return shown !== undefined;
        if (kind === "empty") return line.type === "tmpfs" && line.source === "autoborg";
        return true;
      });
      if (entry === undefined) {
        for (const mount of below) cover(mount);
        below = [];
        continue;
      }
      left.splice(left.indexOf(entry), 1);
      below.push(entry);
      const snapshot = entry.kind === "snapshot" ? shown : undefined;
      found.set(entry, { ...entry, snapshot, covered: false });
    }
  }
  return journal.mounts.flatMap((mount) => found.get(mount) ?? []);
}
