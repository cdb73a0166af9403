/**
 * How programs that only look are kept from holding up everything else.
 *
 * @module
 */
import type { StopSequence } from "../process/program.ts";
import type { ProbeLimits } from "./probe_context.ts";

/** How long things may take to answer. */
export const PROBE_LIMITS: ProbeLimits = {
  repository: 60_000,
  command: 30_000,
};

/** For a Borg that writes nothing: it need not be waited for as long as one that does. */
export const STOP_READER: StopSequence = [
  { signal: "SIGINT", patience: 2_000 },
  { signal: "SIGTERM", patience: 2_000 },
  { signal: "SIGKILL", patience: 1_000 },
];

/**
 * Does something that a signal stops, and stops it when its time is over as well.
 *
 * @param limit milliseconds
 * @returns what the work gave; `timed-out` when its time was over
 */
export async function withTimeLimit<T>(
  signal: AbortSignal,
  limit: number,
  work: (limited: AbortSignal) => Promise<T>,
): Promise<T | "timed-out"> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), limit);
  try {
    const result = await work(AbortSignal.any([signal, late.signal]));
    return late.signal.aborted && !signal.aborted ? "timed-out" : result;
  } catch (error) {
    if (late.signal.aborted && !signal.aborted) return "timed-out";
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
