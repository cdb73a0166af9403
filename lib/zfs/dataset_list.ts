/**
 * The datasets of a pool.
 *
 * @module
 */
import type { RunZfsCommand, ZfsCommandResult } from "./command.ts";
import { isDatasetName } from "./names.ts";

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

/** The list, or the command that failed. */
export type DatasetList =
  | { readonly kind: "listed"; readonly datasets: readonly Dataset[] }
  | { readonly kind: "failed"; readonly result: ZfsCommandResult };

// The mount point comes last: it is the only one that can hold a tab or a line break.
const COLUMNS = "name,type,canmount,mounted,keystatus,refreservation,mountpoint";

/**
 * Lists all datasets of a pool with one command, also those that nobody asked for: what is left
 * out has to be pointed out.
 *
 * @param run runs the command
 * @param pool the pool's name
 */
export async function listDatasets(run: RunZfsCommand, pool: string): Promise<DatasetList> {
  const result = await run({
    program: "zfs",
    args: ["list", "-Hp", "-r", "-t", "filesystem,volume", "-o", COLUMNS, pool],
  });
  if (!result.succeeded) return { kind: "failed", result };
  return { kind: "listed", datasets: parseDatasetList(result.stdout) };
}

/**
 * Reads the output of `zfs list -Hp`.
 *
 * @param output lines of tab-separated columns in the order that {@linkcode listDatasets} asks for
 * @returns the datasets in the order of the output
 */
export function parseDatasetList(output: string): readonly Dataset[] {
  const datasets: Dataset[] = [];
  for (const line of output.split("\n")) {
    const dataset = parseLine(line);
    if (dataset !== undefined) {
      datasets.push(dataset);
      continue;
    }
    // The rest of a mount point with a line break in it: such a place is not usable.
    const last = line === "" ? undefined : datasets.pop();
    if (last !== undefined) datasets.push({ ...last, mountpoint: undefined });
  }
  return datasets;
}

function parseLine(line: string): Dataset | undefined {
  const [name, type, canmount, mounted, keystatus, refreservation, ...mountpoint] = line.split(
    "\t",
  );
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
 * @param property its value
 * @returns an absolute, normalised path; `undefined` for `none`, `legacy`, `-` and for paths with
 *   `..` or unprintable characters
 */
export function usableMountpoint(property: string): string | undefined {
  if (!property.startsWith("/")) return undefined;
  const unprintable = [...property].some((c) => c < " " || c === "\x7f" || c === "\ufffd");
  const parts = property.split("/").filter((part) => part !== "" && part !== ".");
  return unprintable || parts.includes("..") ? undefined : `/${parts.join("/")}`;
}
