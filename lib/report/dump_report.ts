/** The dumps of a run in its report. @module */
import type { DumpOutcome, ReadBackStats } from "../backup/dump_outcome.ts";
import { databaseLabel } from "../text/database_series.ts";
import { counted, humanSize } from "../text/units.ts";
import { isRecord, numberOf, parseList, textOf } from "../text/json.ts";
import type { Masker } from "../text/secret.ts";

/** What became of the dump of a database. */
export interface DumpReport {
  /** Such as "main/app": the label of the table in the configuration, and the name on the server. */
  readonly database: string;
  readonly state: "ok" | "warning" | "failed";
  /** The archive; `null`: none was made. */
  readonly archive: string | null;
  /** Size of the dump. */
  readonly bytes: number | null;
  /** What the archive added to the repository. */
  readonly newBytes: number | null;
  /** Of the dump. */
  readonly sha256: string | null;
  readonly durationSeconds: number;
}

/** Converts dumps to their report, without secrets. */
export function dumpReports(dumps: readonly DumpOutcome[], mask: Masker): readonly DumpReport[] {
  return dumps.map((dump) => ({
    database: mask(databaseLabel(dump)),
    state: dump.state,
    archive: dump.archive === undefined ? null : mask(dump.archive),
    bytes: dump.size ?? null,
    newBytes: dump.newSize ?? null,
    sha256: dump.sha256 ?? null,
    durationSeconds: Math.round(dump.duration) / 1_000,
  }));
}

/** Reads reports back from the history; what is damaged is dropped. */
export function parseDumpReports(text: string | null | undefined): readonly DumpReport[] | null {
  if (text === undefined || text === null) return null;
  return parseList(text).flatMap((one) => parseDumpReport(one) ?? []);
}

function parseDumpReport(value: unknown): DumpReport | undefined {
  if (!isRecord(value) || typeof value.database !== "string") return undefined;
  const { state } = value;
  return {
    database: value.database,
    state: state === "ok" || state === "warning" ? state : "failed",
    archive: textOf(value.archive),
    bytes: numberOf(value.bytes),
    newBytes: numberOf(value.newBytes),
    sha256: textOf(value.sha256),
    durationSeconds: numberOf(value.durationSeconds) ?? 0,
  };
}

/** The dumps in a few words, such as "3 databases, 1.2 GiB, 3.4 MiB new". */
export function describeDumps(dumps: readonly DumpOutcome[]): string {
  const made = dumps.filter(({ archive }) => archive !== undefined);
  const all = counted(dumps.length, "database", "databases");
  const count = made.length === dumps.length ? all : `${made.length} of ${all}`;
  const sum = (key: "size" | "newSize") => made.reduce((sum, dump) => sum + (dump[key] ?? 0), 0);
  if (made.length === 0) return count;
  return `${count}, ${humanSize(sum("size"))}, ${humanSize(sum("newSize"))} new`;
}

/** What was read back, in a few words. */
export function describeReadBack({ dumps, size, later }: ReadBackStats): readonly string[] {
  const count = counted(dumps, "dump", "dumps");
  return [
    `${count} read back and identical to what was dumped, ${humanSize(size)}`,
    ...(later === 0 ? [] : [`${later} of another night, by verify.max_bytes`]),
  ];
}
