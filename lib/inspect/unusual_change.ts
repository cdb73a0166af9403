/**
 * Looks whether far more of what existed was rewritten than in the nights before, as ransomware does.
 * How it decides, and what it cannot see: `docs/explanation/unusual-change.md`.
 *
 * @module
 */
import type { Alarm } from "../alarm.ts";
import { counted, humanCount, humanSize } from "../text/units.ts";
import type { Contributor } from "./contributors.ts";

/** How large an archive is. Sizes are in bytes, before deduplication. */
export interface ArchiveSize {
  /** Regular files. */
  readonly files: number;
  readonly originalSize: number;
  readonly compressedSize: number;
}

/** What one run made of one repository's series of archives. */
export interface NightFigures {
  /** The archive that was the newest one before the run, whatever was thought of it. */
  readonly before: ArchiveSize;
  /** The archive that the run made. */
  readonly now: ArchiveSize;
  /** Files that Borg listed as `A`: all of them when its files cache was lost. */
  readonly added: number;
  /** Files that Borg listed as `M` or `C`. */
  readonly modified: number;
  /**
   * Bytes that the run added to the repository, deduplicated and compressed; with those that
   * interrupted runs uploaded for it.
   */
  readonly newSize: number;
}

/**
 * How many past runs are looked at: five weeks of nights, so that what happens once a month, on its
 * first day or its first Sunday, has been seen before.
 */
export const PAST_RUNS = 35;
/** With fewer past runs nothing is known to be usual. */
const FEWEST_RUNS = 7;
/** What is usual follows from these runs. */
const USUAL_RUNS = 30;

/** Fewer changed files than these, or bytes, say nothing. */
const FEW_FILES = 30;
const FEW_BYTES = 262_144;
/** Nor does a smaller share. */
const SMALL_SHARE = 0.04;
/** How many standard deviations above the median a share may be; the MAD estimates them. */
const DEVIATIONS = 6;
/** By what factor a share may be above the largest one of the past. */
const ABOVE_LARGEST = 4 / 3;
/** Files may be smaller than the average by this factor and still count in full. */
const SMALLER_FILES = 3;
/** Data that compresses less than to this share of its size looks the same when it is encrypted. */
const INCOMPRESSIBLE = 0.9;

/**
 * Compares what a run changed with what runs usually change.
 *
 * @param past the last {@linkcode PAST_RUNS} runs before it, the newest last, without those that an
 * alarm of this kind followed that nobody has accepted
 * @param contributors the directories with the most changed files, the first one first
 * @returns an alarm when far more existing data than usual was replaced by new data
 */
export function unusualChange(
  tonight: NightFigures,
  past: readonly NightFigures[],
  contributors: readonly Contributor[] = [],
): Alarm | undefined {
  if (past.length < FEWEST_RUNS) return undefined;
  const recent = past.slice(-USUAL_RUNS);
  const usual = median(recent.map(rewrittenSize));
  const shares = past.slice(-PAST_RUNS).map((night) => rewrittenShare(night, usual));
  if (rewrittenShare(tonight, usual) <= limitOf(shares)) return undefined;
  return {
    kind: "unusual-change",
    subject: "",
    message: describe(tonight, recent, contributors),
    hint: "Open some of these files. If they are encrypted, disconnect the machines that write " +
      "there, and restore from an archive made before",
    severity: "warning",
  };
}

/**
 * How many files an archive lacks that the one before it had. A renamed file is one of them, and so
 * is each file that Borg listed as new because its files cache was lost.
 */
export function removedFiles({ before, now, added }: NightFigures): number {
  return Math.max(0, before.files + added - now.files);
}

/**
 * How much of what existed was replaced by data that may be encrypted: a share of the files, or of the
 * bytes beyond those that are usual, whichever is smaller. It is 0 when that is too little to tell.
 */
function rewrittenShare(night: NightFigures, usualSize: number): number {
  const { before } = night;
  const files = changedFiles(night);
  const size = rewrittenSize(night) - usualSize;
  if (files < FEW_FILES || size < FEW_BYTES || before.originalSize === 0) return 0;
  const encrypted = encryptedSize(night, files, size);
  return Math.min(files / before.files, SMALLER_FILES * encrypted / before.originalSize);
}

/** Files that existed and have other content, or were replaced by files with other names. */
function changedFiles(night: NightFigures): number {
  return night.modified + Math.min(night.added, removedFiles(night));
}

/** New bytes beyond what a growing source explains: encryption changes, it does not grow. */
function rewrittenSize(night: NightFigures): number {
  return night.newSize - growthOf(night);
}

function growthOf({ before, now }: NightFigures): number {
  return Math.max(0, now.originalSize - before.originalSize);
}

/**
 * How many of the rewritten bytes may be encrypted. Data that was compressible and is encrypted makes
 * the archive larger after compression though not before it. When that did not happen, nearly as many
 * bytes must be new as the changed files were large: other data compresses as well as the old one.
 */
function encryptedSize(night: NightFigures, files: number, size: number): number {
  const { before, now } = night;
  const ratio = before.compressedSize / before.originalSize;
  if (ratio > INCOMPRESSIBLE) return size;
  // What was added may not compress at all.
  const inflation = now.compressedSize - before.compressedSize - growthOf(night);
  const wasCompressible = Math.min(size, inflation / (1 - ratio));
  const agreement = size / (before.originalSize * files / before.files);
  const isIncompressible = Math.max(0, Math.min(1, (agreement - ratio) / (1 - ratio)));
  return Math.max(wasCompressible, isIncompressible * size);
}

/** The share up to which a night is usual, from those of the past. */
function limitOf(shares: readonly number[]): number {
  const recent = shares.slice(-USUAL_RUNS);
  const middle = median(recent);
  // Of a normal distribution the standard deviation is 1.4826 times the MAD.
  const deviation = 1.4826 * median(recent.map((share) => Math.abs(share - middle)));
  const largest = Math.max(...shares);
  return Math.max(SMALL_SHARE, middle + DEVIATIONS * deviation, ABOVE_LARGEST * largest);
}

function describe(
  tonight: NightFigures,
  past: readonly NightFigures[],
  contributors: readonly Contributor[],
): string {
  const files = Math.min(changedFiles(tonight), tonight.before.files);
  const usualFiles = Math.round(median(past.map(changedFiles)));
  const usualSize = humanSize(median(past.map(({ newSize }) => newSize)));
  const where = contributors.map(({ path, files, newSize }) =>
    `${JSON.stringify(path)} (${counted(files, "file", "files")}, about ${humanSize(newSize)})`
  );
  return `far more existing files than usual were changed or replaced: ${humanCount(files)} of ` +
    `${humanCount(tonight.before.files)} (median ${humanCount(usualFiles)}), with ${
      humanSize(tonight.newSize)
    } of new ` +
    `data (median ${usualSize})` + (where.length === 0 ? "" : `, most in ${where.join(", ")}`);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}
