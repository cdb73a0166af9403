/**
 * Looks whether an archive is far smaller than the one before it: a file system that is not
 * mounted, an exclude that matches too much, a database that lost its tables. Nothing is pruned
 * then, because the older archives may be all that is left.
 *
 * @module
 */
import type { Problem } from "./outcome.ts";
import { ownCommand } from "../text/own_command.ts";

/** What is compared; the size is in bytes, before compression and deduplication. */
export interface ArchiveExtent {
  readonly files: number;
  readonly originalSize: number;
}

/** By how many percent an archive may be smaller than the one before it. */
interface SizeLimits {
  readonly files: number;
  readonly size: number;
}

/** Fewer files than these, or bytes, may always go: a handful says nothing. */
const FEW_FILES = 10;
const FEW_BYTES = 1_048_576;

/**
 * Compares a new archive with the last one that was not suspicious itself.
 *
 * @param archive the new archive
 * @param baseline the archive before it; `undefined` when none is known
 * @param limits what is allowed
 * @returns a warning when it is suspiciously small
 */
export function sizeProblem(
  archive: ArchiveExtent,
  baseline: ArchiveExtent | undefined,
  limits: SizeLimits,
): Problem | undefined {
  if (baseline === undefined) return undefined;
  const files = dropPercent(archive.files, baseline.files, FEW_FILES);
  const size = dropPercent(archive.originalSize, baseline.originalSize, FEW_BYTES);
  const parts = [
    ...(files > limits.files ? [`${archive.files} files instead of ${baseline.files}`] : []),
    ...(size > limits.size
      ? [`${archive.originalSize} bytes instead of ${baseline.originalSize}`]
      : []),
  ];
  if (parts.length === 0) return undefined;
  return {
    severity: "warning",
    message: `the new archive is much smaller than the last one: ${parts.join(", ")}`,
    hint: "Check that all sources are there and mounted. Nothing is pruned until you accept the " +
      `new size: "${ownCommand("run", "--accept-size")}"; prune may then delete the old archives ` +
      "that still hold what is missing. [size_guard] sets the limits",
  };
}

/** By how many percent a number fell; 0 when it is by less than what says nothing. */
function dropPercent(now: number, before: number, few: number): number {
  const lost = before - now;
  return lost < few ? 0 : 100 * lost / before;
}
