/**
 * The archive that an interrupted `borg create` leaves behind: what it had read so far. Its data is in
 * the repository for good, so that the next archive finds it there.
 *
 * @module
 */
import { parseJson, valueAt } from "../text/json.ts";
import { commonArguments } from "./commands.ts";
import type { BorgRepository } from "./repository.ts";

/** What a checkpoint added to its repository. Sizes are in bytes. */
interface CheckpointSize {
  readonly newSize: number;
  /** Size of the whole repository after it, deduplicated and compressed. */
  readonly repositorySize: number;
}

/** The command line that asks for the size of an archive's checkpoint. */
export function checkpointArguments(repository: BorgRepository, archive: string): string[] {
  const checkpoint = `${repository.url}::${archive}.checkpoint`;
  return ["info", ...commonArguments(repository), "--json", "--", checkpoint];
}

/** Reads what Borg printed; `undefined` when it is something else. */
export function parseCheckpoint(stdout: string): CheckpointSize | undefined {
  const root = parseJson(stdout);
  const archives = valueAt(root, "archives");
  const newSize = Array.isArray(archives)
    ? valueAt(archives[0], "stats", "deduplicated_size")
    : undefined;
  const repositorySize = valueAt(root, "cache", "stats", "unique_csize");
  return isSize(newSize) && isSize(repositorySize) ? { newSize, repositorySize } : undefined;
}

function isSize(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
