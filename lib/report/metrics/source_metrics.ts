/** The metrics of each source. Pure. @module */
import type { StatusReport } from "../status/backup_status.ts";
import type { SourceStatus } from "../status/source_status.ts";
import { gauge, type Metric } from "./exposition.ts";

/** How many sources of a repository have metrics: the largest ones. */
const MOST_SOURCES = 100;

/** Files and bytes of each source in the newest archive of each repository. */
export function sourceMetrics({ name, repositories }: StatusReport): readonly Metric[] {
  const each = (figure: (source: SourceStatus) => number | null) =>
    repositories.flatMap(({ label, sources }) =>
      largestOf(sources).flatMap((source) => {
        const value = figure(source);
        const labels = { name, repository: label, source: source.path };
        return value === null ? [] : [[labels, value] as const];
      })
    );
  return [
    gauge(
      "source_files",
      "Number of files of the source in the newest archive.",
      each(({ files }) => files),
    ),
    gauge(
      "source_bytes",
      "Size of these files when they were last counted.",
      each(({ bytes }) => bytes),
    ),
  ];
}

/** Each path once: a file with the same series twice is refused as a whole. */
function largestOf(sources: readonly SourceStatus[]): readonly SourceStatus[] {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  return [...byPath.values()].toSorted((a, b) => (b.bytes ?? 0) - (a.bytes ?? 0))
    .slice(0, MOST_SOURCES);
}
