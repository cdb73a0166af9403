/**
 * Asks how much space is free where something is written to.
 *
 * @module
 */
import { statfs } from "node:fs/promises";
import { inTime } from "../async/time_limit.ts";
import { humanSize } from "../text/units.ts";

/** What a file system says of its space, in bytes. */
interface Space {
  /** What whoever asks may still write. */
  readonly free: number;
  readonly total: number;
}

/** When there is too little, and a run may come to its end before its job is done. */
interface LeastSpace {
  /** In bytes. */
  readonly bytes: number;
  /** Of the whole, between 0 and 1. */
  readonly share: number;
}

/** For logs, journal, history and metrics, which are small. */
export const LEAST_FOR_FILES: LeastSpace = { bytes: 100 * 1_048_576, share: 0 };

/** For a repository: compact, too, needs room before it makes some. */
export const LEAST_FOR_ARCHIVES: LeastSpace = { bytes: 1_073_741_824, share: 0.02 };

/** A disk that does not answer must not hold up everything else; in milliseconds. */
const PATIENCE = 10_000;

/**
 * Asks a file system.
 *
 * @returns its space; `undefined` when it does not say, as some network file systems do not
 */
export async function spaceAt(directory: string): Promise<Space | undefined> {
  try {
    const { bavail, blocks, bsize } = await inTime(statfs(directory), PATIENCE);
    return blocks > 0 ? { free: bavail * bsize, total: blocks * bsize } : undefined;
  } catch {
    // Whether it can be written to at all is tried elsewhere; this is a number more.
    return undefined;
  }
}

/**
 * Says how much space is free.
 *
 * @returns such as "12.5 GiB free"
 */
export function describeSpace({ free, total }: Space): string {
  return `${humanSize(free)} of ${humanSize(total)} free`;
}

/** Says whether it is too little. */
export function isScarce({ free, total }: Space, least: LeastSpace): boolean {
  return free < least.bytes || free < total * least.share;
}
