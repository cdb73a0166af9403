/**
 * What ends a run before its time, and how the rest of the run hears of it.
 *
 * @module
 */
import { type MonotonicClock, startDeadline } from "../deadline.ts";
import { formatDuration } from "../units.ts";

/** Why a run is being stopped. */
export type Interruption =
  | { readonly kind: "signal"; readonly signal: "SIGINT" | "SIGTERM" }
  /** `run.timeout` is over; milliseconds. */
  | { readonly kind: "timeout"; readonly limit: number };

/** Listens for what may end the run; disposing of it stops listening. */
export interface InterruptionWatch extends Disposable {
  /** Aborts when the run shall end. */
  readonly signal: AbortSignal;
  /** Why it shall end; `undefined` as long as it may go on. */
  readonly interruption: Interruption | undefined;
}

/**
 * Watches for SIGINT, SIGTERM and the end of the time limit. The first one counts; a second signal
 * changes nothing, because the clean-up that the first one started must not be cut short.
 *
 * @param limit the run's time limit in milliseconds, or none
 * @param clock what the limit is measured with, if it is not the runtime's monotonic clock
 * @returns the watch
 */
export function watchForInterruption(
  limit: number | undefined,
  clock?: MonotonicClock,
): InterruptionWatch {
  const controller = new AbortController();
  let interruption: Interruption | undefined;
  const interrupt = (reason: Interruption) => {
    interruption ??= reason;
    controller.abort(reason);
  };
  const onInterrupt = () => interrupt({ kind: "signal", signal: "SIGINT" });
  const onTerminate = () => interrupt({ kind: "signal", signal: "SIGTERM" });
  Deno.addSignalListener("SIGINT", onInterrupt);
  Deno.addSignalListener("SIGTERM", onTerminate);
  const deadline = limit === undefined
    ? undefined
    : startDeadline(limit, () => interrupt({ kind: "timeout", limit }), clock);
  return {
    signal: controller.signal,
    get interruption() {
      return interruption;
    },
    [Symbol.dispose]() {
      deadline?.[Symbol.dispose]();
      Deno.removeSignalListener("SIGINT", onInterrupt);
      Deno.removeSignalListener("SIGTERM", onTerminate);
    },
  };
}

/**
 * Says why a run was stopped, as the end of a sentence.
 *
 * @param interruption what stopped it
 * @returns such as "interrupted by SIGTERM"
 */
export function describeInterruption(interruption: Interruption): string {
  return interruption.kind === "signal"
    ? `interrupted by ${interruption.signal}`
    : `stopped after ${formatDuration(interruption.limit)}, the limit of run.timeout`;
}
