/**
 * Timers for limits that people set: they follow the monotonic clock, so that a clock that is
 * corrected, or set to another hour, ends nothing early and lets nothing run late.
 *
 * @module
 */

/** The longest wait of one `setTimeout` of JavaScript, in milliseconds; a longer one fires at once. */
const LONGEST_WAIT = 2 ** 31 - 1;

/** How a deadline tells the time; another one only in tests. */
export interface MonotonicClock {
  /** Milliseconds since some moment; never goes back, and stands still while the machine sleeps. */
  readonly now: () => number;
}

/**
 * Calls a function once when a time is over. On Linux the runtime's monotonic clock is
 * CLOCK_MONOTONIC: steps of the wall clock do not move it, and the time of a suspend does not count.
 *
 * @param limit milliseconds; may be longer than the 24.8 days of one timer of JavaScript
 * @param onEnd what is called; it must not throw
 * @returns the deadline; disposing of it calls it off
 */
export function startDeadline(
  limit: number,
  onEnd: () => void,
  clock: MonotonicClock = performance,
): Disposable {
  const end = clock.now() + limit;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const wait = () => {
    const left = end - clock.now();
    if (left <= 0) onEnd();
    else timer = setTimeout(wait, Math.min(LONGEST_WAIT, Math.ceil(left)));
  };
  timer = setTimeout(wait, Math.min(LONGEST_WAIT, Math.max(0, Math.ceil(limit))));
  return { [Symbol.dispose]: () => clearTimeout(timer) };
}

/**
 * Waits for a time on the monotonic clock, or until a signal aborts.
 *
 * @param time milliseconds
 */
export async function waitFor(time: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const end = () => resolve();
  using _deadline = startDeadline(time, end);
  signal.addEventListener("abort", end, { once: true });
  if (signal.aborted) end();
  await promise;
  signal.removeEventListener("abort", end);
}

/** What {@linkcode within} gives when the time was over first. */
export const LATE: unique symbol = Symbol("late");

/**
 * Waits for something, but not for longer than a time.
 *
 * @param limit milliseconds
 * @returns what it gave, or {@linkcode LATE}
 */
export async function within<T>(
  work: Promise<T>,
  limit: number,
  signal?: AbortSignal,
): Promise<T | typeof LATE> {
  const { promise: late, resolve } = Promise.withResolvers<typeof LATE>();
  // A failure that comes too late is nobody's any more.
  work.catch(() => {});
  const end = () => resolve(LATE);
  using _deadline = startDeadline(limit, end);
  signal?.addEventListener("abort", end, { once: true });
  if (signal?.aborted) end();
  try {
    return await Promise.race([work, late]);
  } finally {
    signal?.removeEventListener("abort", end);
  }
}

/**
 * Waits for what may hang, but not for ever.
 *
 * @param limit milliseconds
 * @throws {Error} when it takes longer
 */
export async function inTime<T>(work: Promise<T>, limit: number): Promise<T> {
  const result = await within(work, limit);
  if (result === LATE) throw new Error(`no answer within ${limit / 1_000} seconds`);
  return result;
}

/** A signal that comes some time after another one. */
interface Grace extends Disposable {
  /** Aborts when the time after the other signal is over. */
  readonly signal: AbortSignal;
}

/**
 * Lets something that may take its time go on for a moment when the run is being stopped.
 *
 * @param stopped aborts when the run is to end; never when left out
 * @param limit how long what is under way, or begins then, may still take, in milliseconds
 * @returns what ends it; to be disposed of when it has ended
 */
export function graceAfter(stopped: AbortSignal | undefined, limit: number): Grace {
  const over = new AbortController();
  let deadline: Disposable | undefined;
  const begin = () => deadline = startDeadline(limit, () => over.abort());
  if (stopped?.aborted) begin();
  else stopped?.addEventListener("abort", begin, { once: true });
  return {
    signal: over.signal,
    [Symbol.dispose]() {
      deadline?.[Symbol.dispose]();
      stopped?.removeEventListener("abort", begin);
    },
  };
}
