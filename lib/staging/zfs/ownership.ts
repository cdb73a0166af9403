/** Decides whether a snapshot is ours. @module */
import type { JournalSnapshot } from "../../state/journal.ts";
import type { ZfsCommandResult } from "../../zfs/command.ts";
import { parseOwnSnapshot } from "../../zfs/dataset_names.ts";
import { lookUpSnapshots, markedSnapshots, type SnapshotFacts } from "../../zfs/snapshot_facts.ts";
import type { SnapshotOwner, StagingTools } from "../snapshot_source.ts";

/** A snapshot that is ours without doubt. */
export interface OwnSnapshot {
  readonly entry: JournalSnapshot;
  readonly fact: SnapshotFacts;
}

/** Snapshots with another name, or why it is not known whether there are any. */
type MovedSnapshots =
  | { readonly kind: "known"; readonly moved: readonly OwnSnapshot[] }
  | { readonly kind: "unknown"; readonly result: ZfsCommandResult };

/**
 * Finds snapshots of ours that have another full name by now, known by their guids.
 *
 * @param gone what is no longer there under its name
 */
export async function findMoved(
  { run, note, owner }: Pick<StagingTools, "run" | "note" | "owner">,
  pool: string,
  gone: readonly JournalSnapshot[],
): Promise<MovedSnapshots> {
  const marked = await markedSnapshots(run, pool, owner.runId);
  if (marked.kind === "failed") return { kind: "unknown", result: marked.result };
  if (marked.names.length === 0) return { kind: "known", moved: [] };
  const { facts, result } = await lookUpSnapshots(run, marked.names);
  if (marked.names.some((name) => !facts.has(name))) return { kind: "unknown", result };
  const moved = gone.flatMap(({ source, name, guid }): readonly OwnSnapshot[] => {
    const fact = [...facts.values()].find((candidate) => candidate.guid === guid);
    if (fact === undefined) return [];
    const entry = { source, name: fact.name, guid };
    if (doubtAbout(entry, fact, owner) !== undefined) return [];
    note(`"${name}" is called "${fact.name}" now: its dataset was renamed, or a clone promoted`);
    return [{ entry, fact }];
  });
  return { kind: "known", moved };
}

/**
 * Says why a snapshot may not be ours. Ours has the exact form of the name, the owner property set on
 * itself, and the guid that was written down; without a guid the run died in the moment between.
 *
 * @returns the reason not to touch it; `undefined` when it is ours
 */
export function doubtAbout(
  entry: JournalSnapshot,
  fact: SnapshotFacts,
  owner: SnapshotOwner,
): string | undefined {
  const { configuration, runId } = owner;
  const parts = parseOwnSnapshot(entry.name);
  if (parts?.name !== configuration || parts.runId !== runId) {
    return "its name does not have " +
      "our format";
  }
  if (fact.owner !== runId) return "it does not have our owner property set on itself";
  if (entry.guid !== null && entry.guid !== fact.guid) {
    return `its guid is ${fact.guid}, expected ${entry.guid}`;
  }
  return undefined;
}
