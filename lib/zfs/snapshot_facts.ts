/** What ZFS knows about snapshots. @module */
import { type RunZfsCommand, type ZfsCommandResult, zfsOn } from "./command.ts";
import { OWNER_PROPERTY } from "./dataset_names.ts";

/** What ZFS says about a snapshot that exists. */
export interface SnapshotFacts {
  /** Its full name. */
  readonly name: string;
  /** ZFS's number for it, in decimal (64 bits, too long for a number). */
  readonly guid: string;
  /** The transaction group it was made in: the same for all that were made in one step. */
  readonly createtxg: string;
  /** The value of the owner property, if it was set on this very snapshot; else `undefined`. */
  readonly owner: string | undefined;
  /** It goes as soon as the last hold and clone are gone. */
  readonly deferred: boolean;
  /** How many holds there are. */
  readonly holds: number;
  /** Datasets that were cloned from it. */
  readonly clones: readonly string[];
}

/** The facts of those that exist, and the command. */
export interface SnapshotLookup {
  readonly facts: ReadonlyMap<string, SnapshotFacts>;
  readonly result: ZfsCommandResult;
}

/** Where a property can come from. */
const SOURCE = /^(?:-|none|local|default|temporary|received|inherited from .+)$/;

const PROPERTIES = ["guid", "createtxg", "defer_destroy", "userrefs", "clones", OWNER_PROPERTY];

/**
 * Reads what ZFS knows about snapshots, with one command. It fails when one of them does not
 * exist, and still tells about the others.
 */
export async function lookUpSnapshots(
  run: RunZfsCommand,
  names: readonly string[],
): Promise<SnapshotLookup> {
  const columns = "name,property,value,source";
  const result = await zfsOn(run, names, "get", "-Hp", "-o", columns, PROPERTIES.join(","));
  return { facts: parseSnapshotFacts(result.stdout), result };
}

/** Reads the output of `zfs get -Hp -o name,property,value,source`: the facts by full name. */
export function parseSnapshotFacts(output: string): ReadonlyMap<string, SnapshotFacts> {
  const values = new Map<string, Map<string, { value: string; source: string }>>();
  for (const line of output.split("\n")) {
    const [name, property, ...rest] = line.split("\t");
    const source = rest.pop();
    if (name === undefined || property === undefined || source === undefined) continue;
    // The last line may be cut off.
    if (rest.length === 0 || !SOURCE.test(source)) continue;
    const known = values.get(name) ?? new Map<string, { value: string; source: string }>();
    known.set(property, { value: rest.join("\t"), source });
    values.set(name, known);
  }
  const facts = new Map<string, SnapshotFacts>();
  for (const [name, known] of values) {
    const guid = known.get("guid")?.value;
    // Cut off, or not a guid: nothing is known about it.
    if (guid === undefined || !/^\d+$/.test(guid) || known.size < PROPERTIES.length) continue;
    const mark = known.get(OWNER_PROPERTY);
    const clones = known.get("clones")?.value ?? "-";
    facts.set(name, {
      name,
      guid,
      createtxg: known.get("createtxg")?.value ?? "",
      // Inherited: a dataset above was marked. Received: this is a replica. Neither is ours.
      owner: mark?.source === "local" ? mark.value : undefined,
      deferred: known.get("defer_destroy")?.value === "on",
      holds: Number(known.get("userrefs")?.value ?? "0"),
      clones: clones === "-" || clones === "" ? [] : clones.split(","),
    });
  }
  return facts;
}

/** Reads which tags hold snapshots: by full name, as far as they could be read. */
export async function holdsOf(
  run: RunZfsCommand,
  names: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const result = await zfsOn(run, names, "holds", "-H");
  const tags = new Map<string, string[]>();
  for (const line of result.stdout.split("\n")) {
    const [name, tag] = line.split("\t");
    if (name === undefined || tag === undefined) continue;
    tags.set(name, [...tags.get(name) ?? [], tag]);
  }
  return tags;
}

/** Full names of snapshots, or the command that failed. */
type MarkedSnapshots =
  | { readonly kind: "found"; readonly names: readonly string[] }
  | { readonly kind: "failed"; readonly result: ZfsCommandResult };

/**
 * Finds snapshots that carry a run's mark themselves, wherever in the pool they are by now: renaming a
 * dataset and promoting a clone give a snapshot another full name.
 */
export async function markedSnapshots(
  run: RunZfsCommand,
  pool: string,
  runId: string,
): Promise<MarkedSnapshots> {
  const result = await run({
    program: "zfs",
    args: [
      ...["get", "-Hp", "-r", "-t", "snapshot", "-s", "local", "-o", "name,value"],
      ...[OWNER_PROPERTY, pool],
    ],
    pool,
  });
  if (!result.succeeded) return { kind: "failed", result };
  const names = result.stdout.split("\n").flatMap((line) => {
    const [name, value] = line.split("\t");
    return name !== undefined && value === runId ? [name] : [];
  });
  return { kind: "found", names };
}
