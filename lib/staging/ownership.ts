/**
 * Decides whether a snapshot is ours.
 *
 * @module
 */
import type { JournalSnapshot } from "../state/journal.ts";
import type { RunZfsCommand, ZfsCommandResult } from "../zfs/command.ts";
import { parseOwnSnapshot } from "../zfs/dataset_names.ts";
import { lookUpSnapshots, markedSnapshots, type SnapshotFacts } from "../zfs/snapshot_facts.ts";

/** A snapshot that is ours without doubt. */
export interface OwnSnapshot {
  readonly entry: JournalSnapshot;
  readonly fact: SnapshotFacts;
}

/** Whose snapshots are looked for. */
export interface Owner {
  /** The configuration's name. */
  readonly configuration: string;
  readonly runId: string;
}

/** Snapshots with another name, or why it is not known whether there are any. */
export type MovedSnapshots =
  | { readonly kind: "known"; readonly moved: readonly OwnSnapshot[] }
  | { readonly kind: "unknown"; readonly result: ZfsCommandResult };

/**
 * Finds snapshots of ours that have another full name by now, known by their guids.
 *
 * @param context how to look, whose they are, and where to log what was found
 * @param pool the pool's name
 * @param gone what is not there any more under its name
 */
export async function findMoved(
  context: {
    readonly run: RunZfsCommand;
    readonly note: (text: string) => void;
    readonly owner: Owner;
  },
  pool: string,
  gone: readonly JournalSnapshot[],
): Promise<MovedSnapshots> {
  const { run, note, owner } = context;
  const marked = await markedSnapshots(run, pool, owner.runId);
  if (marked.kind === "failed") return { kind: "unknown", result: marked.result };
  if (marked.names.length === 0) return { kind: "known", moved: [] };
  const { facts, result } = await lookUpSnapshots(run, marked.names);
  if (marked.names.some((name) => !facts.has(name))) return { kind: "unknown", result };
  const moved = gone.flatMap(({ name, guid }): readonly OwnSnapshot[] => {
    const fact = [...facts.values()].find((candidate) => candidate.guid === guid);
    if (fact === undefined) return [];
    const entry = { name: fact.name, guid };
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
 * @param entry what was written down
 * @param fact what is there
 * @param owner whose it should be
 * @returns the reason not to touch it; `undefined` when it is ours
 */
export function doubtAbout(
  entry: JournalSnapshot,
  fact: SnapshotFacts,
  owner: Owner,
): string | undefined {
  const { configuration, runId } = owner;
  const parts = parseOwnSnapshot(entry.name);
  if (parts?.name !== configuration || parts.runId !== runId) return "its name is not of our form";
  if (fact.owner !== runId) return "it does not have our owner property set on itself";
  if (entry.guid !== null && entry.guid !== fact.guid) {
    return `its guid is ${fact.guid}, and ours had ${entry.guid}`;
  }
  return undefined;
}
