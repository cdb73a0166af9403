/** The datasets of a pool. @module */
import { commandLine } from "../text/printable.ts";
import type { RunZfsCommand } from "./command.ts";
import { isDatasetName, poolOf } from "./dataset_names.ts";
import { type Reason, reasonFor } from "./reasons.ts";

/** One dataset. */
export interface Dataset {
  readonly name: string;
  readonly type: "filesystem" | "volume";
  readonly canmount: "on" | "off" | "noauto";
  /** Mounted in the mount namespace of this process. */
  readonly mounted: boolean;
  /** Encrypted, and the key is not loaded: it can be snapshotted, but not mounted. */
  readonly locked: boolean;
  /** It reserves space, so that a snapshot may need space that the pool does not have. */
  readonly reserved: boolean;
  /** Where it is meant to be mounted, normalised; `undefined` for `none`, `legacy` and oddities. */
  readonly mountpoint: string | undefined;
}

/** The list, or why there is none. */
type DatasetList =
  | { readonly kind: "listed"; readonly datasets: readonly Dataset[] }
  | { readonly kind: "failed"; readonly reason: Reason };

// The mount point comes late: it is the only one that can hold a tab or a line break. The name
// behind it says that it is whole.
const COLUMNS = "name,type,canmount,mounted,keystatus,refreservation,mountpoint,name";

/**
 * Lists all datasets of a pool with one command, also those that nobody asked for: what is left
 * out has to be pointed out.
 */
export async function listDatasets(run: RunZfsCommand, pool: string): Promise<DatasetList> {
  const result = await run({
    program: "zfs",
    args: ["list", "-Hp", "-r", "-t", "filesystem,volume", "-o", COLUMNS, pool],
    pool,
  });
  if (!result.succeeded) return { kind: "failed", reason: reasonFor(result, pool) };
  const datasets = parseDatasetList(result.stdout);
  // The pool is a dataset, too, and always the first one in its list.
  if (datasets?.[0]?.name === pool && datasets.every(({ name }) => poolOf(name) === pool)) {
    return { kind: "listed", datasets };
  }
  const reason = 'the output of "zfs list" is cut off or not of this pool';
  return {
    kind: "failed",
    reason: { reason, hint: `Check "${commandLine(["zfs", "list", "-r", pool])}"` },
  };
}

/**
 * Reads the output of `zfs list -Hp`.
 *
 * @param output lines of tab-separated columns in the order that {@linkcode listDatasets} asks for
 * @returns the datasets in the order of the output; `undefined` when it is cut off
 */
export function parseDatasetList(output: string): readonly Dataset[] | undefined {
  const datasets: Dataset[] = [];
  let record = "";
  for (const line of output.split("\n")) {
    // A mount point can have line breaks in it.
    record = record === "" ? line : `${record}\n${line}`;
    const columns = record.split("\t");
    if (columns.length < 8 || columns[0] !== columns.at(-1)) continue;
    const dataset = parseRecord(columns.slice(0, -1));
    if (dataset !== undefined) datasets.push(dataset);
    record = "";
  }
  return record === "" ? datasets : undefined;
}

function parseRecord(columns: readonly string[]): Dataset | undefined {
  const [name, type, canmount, mounted, keystatus, refreservation, ...mountpoint] = columns;
  if (name === undefined || !isDatasetName(name) || mountpoint.length === 0) return undefined;
  if (type !== "filesystem" && type !== "volume") return undefined;
  return {
    name,
    type,
    canmount: canmount === "off" || canmount === "noauto" ? canmount : "on",
    mounted: mounted === "yes",
    locked: keystatus === "unavailable",
    reserved: refreservation !== undefined && !["0", "none", "-"].includes(refreservation),
    mountpoint: usableMountpoint(mountpoint.join("\t")),
  };
}

/**
 * The place that a `mountpoint` property names.
 *
 * @returns an absolute, normalised path; `undefined` for `none`, `legacy`, `-` and for paths with
 *   `..` or unprintable characters
 */
export function usableMountpoint(property: string): string | undefined {
  if (!property.startsWith("/")) return undefined;
  const unprintable = [...property].some((c) => c < " " || c === "\x7f" || c === "\ufffd");
  const parts = property.split("/").filter((part) => part !== "" && part !== ".");
  return unprintable || parts.includes("..") ? undefined : `/${parts.join("/")}`;
}
