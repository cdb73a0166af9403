/** Asks how much space is free where something is written to. @module */
import { statfs } from "node:fs/promises";
import { inTime } from "../async/deadline.ts";
import { humanSize } from "../text/units.ts";

/** The space of a file system, in bytes. */
interface Space {
  /** What this process may still write. */
  readonly free: number;
  readonly total: number;
}

/** With less free space a run may fail. */
interface LeastSpace {
  readonly bytes: number;
  /** Of the whole, between 0 and 1. */
  readonly share: number;
}

/** For logs, journal, history and metrics, which are small. */
export const LEAST_FOR_FILES: LeastSpace = { bytes: 100 * 1_048_576, share: 0 };

/** For a repository: compact, too, needs room before it makes some. */
export const LEAST_FOR_ARCHIVES: LeastSpace = { bytes: 1_073_741_824, share: 0.02 };

/** A disk that does not answer must not hold up everything else; in milliseconds. */
const TIME_LIMIT = 10_000;

/** The space where a directory is; `undefined` when it is unknown, as on some network file systems. */
export async function spaceAt(directory: string): Promise<Space | undefined> {
  try {
    const { bavail, blocks, bsize } = await inTime(statfs(directory), TIME_LIMIT);
    return blocks > 0 ? { free: bavail * bsize, total: blocks * bsize } : undefined;
  } catch {
    // The write test says whether it can be written to at all.
    return undefined;
  }
}

/** Such as "12.5 GiB of 1.0 TiB free". */
export function describeSpace({ free, total }: Space): string {
  return `${humanSize(free)} of ${humanSize(total)} free`;
}

/** Whether too little space is free. */
export function isScarce({ free, total }: Space, least: LeastSpace): boolean {
  return free < least.bytes || free < total * least.share;
}
