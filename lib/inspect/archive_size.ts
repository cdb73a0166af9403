/**
 * Compares the size of a new archive with that of the one before it: a file system that is not
 * mounted, an exclude that matches too much, a database that lost its tables.
 *
 * @module
 */
import { counted, humanCount, humanSize } from "../text/units.ts";
import type { Alarm } from "../alarm.ts";
import { dropPercent, FEW_BYTES, FEW_FILES } from "./source_alarms.ts";

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

/**
 * Compares a new archive with the last one that nothing looked wrong with.
 *
 * @param baseline the archive before it; `undefined` when none is known
 */
export function sizeAlarms(
  archive: ArchiveExtent,
  baseline: ArchiveExtent | undefined,
  limits: SizeLimits,
): readonly Alarm[] {
  if (baseline === undefined) return [];
  const files = dropPercent(archive.files, baseline.files, FEW_FILES);
  const size = dropPercent(archive.originalSize, baseline.originalSize, FEW_BYTES);
  const parts = [
    ...(files > limits.files
      ? [`${counted(archive.files, "file", "files")} instead of ${humanCount(baseline.files)}`]
      : []),
    ...(size > limits.size
      ? [`${humanSize(archive.originalSize)} instead of ${humanSize(baseline.originalSize)}`]
      : []),
  ];
  if (parts.length === 0) return [];
  return [{
    kind: "archive-small",
    subject: "",
    severity: "warning",
    message: `the new archive is much smaller than the last one: ${parts.join(", ")}`,
    hint: "Check that all sources are there and mounted; [size_guard] sets the limits",
  }];
}
