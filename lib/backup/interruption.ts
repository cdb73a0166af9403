/** What ends a run before its time, and how the rest of the run hears of it. @module */
import { type MonotonicClock, startDeadline } from "../async/deadline.ts";
import { humanLimit } from "../text/units.ts";
import type { StopSignal } from "./outcome.ts";

/** Why a run is being stopped. */
export type Interruption =
  | { readonly kind: "signal"; readonly signal: StopSignal }
  /** A mistake in autoborg itself, which nothing else has caught. */
  | { readonly kind: "internal-error" }
  /** `run.timeout` is over; milliseconds. */
  | { readonly kind: "timeout"; readonly limit: number };

/** Listens for what may end the run; disposing of it stops listening. */
export interface InterruptionWatch extends Disposable {
  /** Aborts when the run shall end. */
  readonly signal: AbortSignal;
  /** Why it shall end; `undefined` as long as it may go on. */
  readonly interruption: Interruption | undefined;
  /**
   * Asks the run to end.
   *
   * @param reason why; when it is being stopped already the first reason stays
   */
  interrupt(reason: Interruption): void;
}

const STOPPING: readonly StopSignal[] = ["SIGINT", "SIGTERM", "SIGQUIT"];

/**
 * Signals that would end the process and mean nothing to a run. SIGHUP says that the terminal is
 * gone; it can't mean "stop", because Deno's runtime resets what `nohup` has set for it. With
 * SIGXFSZ heard, a limit on the size of files becomes an error of the write that meets it.
 */
const IGNORED_SIGNALS = ["SIGHUP", "SIGXFSZ", "SIGUSR1", "SIGUSR2", "SIGALRM"] as const;

/**
 * Watches for SIGINT, SIGTERM, SIGQUIT and the end of the time limit. The first one counts; a second
 * signal changes nothing, because the clean-up that the first one started must not be cut short.
 *
 * @param limit the run's time limit in milliseconds, or none
 * @param onSurvived hears of a signal that does not stop the run
 * @param clock what the limit is measured with, if it is not the runtime's monotonic clock
 */
export function watchForInterruption(
  limit: number | undefined,
  onSurvived?: (signal: Deno.Signal) => void,
  clock?: MonotonicClock,
): InterruptionWatch {
  const controller = new AbortController();
  let interruption: Interruption | undefined;
  const interrupt = (reason: Interruption) => {
    interruption ??= reason;
    controller.abort(reason);
  };
  using stack = new DisposableStack();
  for (const signal of STOPPING) {
    stack.use(listen(signal, () => interrupt({ kind: "signal", signal })));
  }
  for (const signal of IGNORED_SIGNALS) stack.use(listen(signal, () => onSurvived?.(signal)));
  if (limit !== undefined) {
    stack.use(startDeadline(limit, () => interrupt({ kind: "timeout", limit }), clock));
  }
  const listening = stack.move();
  return {
    signal: controller.signal,
    get interruption() {
      return interruption;
    },
    interrupt,
    [Symbol.dispose]: () => listening.dispose(),
  };
}

function listen(signal: Deno.Signal, handler: () => void): Disposable {
  Deno.addSignalListener(signal, handler);
  return { [Symbol.dispose]: () => Deno.removeSignalListener(signal, handler) };
}

/**
 * Says why a run was stopped, as the end of a sentence.
 *
 * @returns such as "interrupted by SIGTERM"
 */
export function describeInterruption(interruption: Interruption): string {
  if (interruption.kind === "internal-error") return "stopped after an internal error";
  return interruption.kind === "signal"
    ? `interrupted by ${interruption.signal}`
    : `stopped after ${humanLimit(interruption.limit)}, the limit of run.timeout`;
}
