/**
 * Tells how work grows with its size, by the processor's time: it is the same on a busy machine,
 * where the clock on the wall is not.
 *
 * @module
 */
import { cpuUsage } from "node:process";

/** How many times larger the larger size is. */
const FACTOR = 8;

/**
 * Measures how many times more work a size makes that is eight times as large: about 8 when the work
 * grows as its size does, 64 when it grows with the square of it.
 *
 * @param size the larger size; the smaller one is an eighth of it
 * @param work does it
 */
export function growth(size: number, work: (size: number) => void): number {
  // Once before: the engine makes machine code of it.
  work(size / FACTOR);
  const small = Math.min(...[1, 2, 3].map(() => used(() => work(size / FACTOR))));
  const large = Math.min(...[1, 2].map(() => used(() => work(size))));
  // What is over in no time has no ratio worth looking at: 2 ms are added to both.
  return (large + 2_000) / (small + 2_000);
}

function used(work: () => void): number {
  const before = cpuUsage();
  work();
  const { user, system } = cpuUsage(before);
  return user + system;
}
