/** The text in which the ledger keeps what is known of the sources. @module */
import { createHash } from "node:crypto";
import type { StandingAlarm } from "../state/ledger.ts";
import { isRecord, parseJson } from "../text/json.ts";
import type { SourceInspection } from "./inspect_sources.ts";
import type { SourceFigures } from "./source_alarms.ts";

/** What a run found out about the sources. */
export interface RememberedSources {
  /** The run that looked last, or made no archive. */
  readonly runId: string;
  /** Size of its archive, before compression and deduplication. */
  readonly originalSize: number;
  readonly figures: readonly SourceFigures[];
}

/** What is excluded, as the configuration has it. */
interface Excludes {
  readonly exclude: readonly string[];
  readonly excludeIfPresent: readonly string[];
  readonly excludeCaches: boolean;
  readonly oneFileSystem: boolean;
}

/** Stands for all that is excluded; another one when any of it changes. */
export function rulesOf(excludes: Excludes): string {
  const { exclude, excludeIfPresent, excludeCaches, oneFileSystem } = excludes;
  const rules = JSON.stringify([exclude, excludeIfPresent, excludeCaches, oneFileSystem]);
  return createHash("sha256").update(rules).digest("hex").slice(0, 16);
}

/**
 * What the next run compares with: a source that looks wrong is compared with what it was before,
 * until that is accepted.
 */
export function knownAfter(
  before: readonly SourceFigures[],
  inspection: SourceInspection,
  alarms: readonly StandingAlarm[],
): readonly SourceFigures[] {
  const open = new Set(
    alarms.flatMap(({ kind, subject, accepted }) => {
      return kind.startsWith("source-") && !accepted ? [subject] : [];
    }),
  );
  const last = new Map(before.map((figures) => [figures.path, figures]));
  const named = new Set(inspection.figures.map(({ path }) => path));
  return [
    ...inspection.figures.flatMap((figures) => {
      return open.has(figures.path) ? last.get(figures.path) ?? [] : [figures];
    }),
    ...before.filter(({ path }) => open.has(path) && !named.has(path)),
  ];
}

/** Brings it into the form of the ledger. */
export function formatSources(sources: RememberedSources): string {
  return JSON.stringify(sources);
}

/** Reads it; `undefined` when it is damaged. */
export function parseSources(text: string): RememberedSources | undefined {
  const value = parseJson(text);
  if (!isRecord(value) || typeof value.runId !== "string") return undefined;
  const { runId, originalSize, figures } = value;
  if (typeof originalSize !== "number" || !Array.isArray(figures)) return undefined;
  // Older records know nothing of mounts.
  const known = figures.map((one: unknown) => isRecord(one) ? { mounts: [], ...one } : one)
    .filter(isFigures);
  return known.length === figures.length ? { runId, originalSize, figures: known } : undefined;
}

function isFigures(value: unknown): value is SourceFigures {
  if (!isRecord(value)) return false;
  const { path, files, bytes, entries, mountPoint, empty, passedOver, rules } = value;
  const { present, doubtful, mounts } = value;
  return typeof path === "string" && typeof rules === "string" && typeof empty === "boolean" &&
    typeof entries === "number" && [files, bytes, present, doubtful].every(isCount) &&
    (mountPoint === null || typeof mountPoint === "string") &&
    isPaths(passedOver) && isPaths(mounts);
}

function isPaths(value: unknown): boolean {
  return Array.isArray(value) && value.every((one) => typeof one === "string");
}

function isCount(value: unknown): boolean {
  return value === null || (typeof value === "number" && value >= 0);
}
