/** The signals that stop a verb that a user waits for: Borg must not go on when that verb has ended.
 * @module
 */
import { ExitCode } from "../errors.ts";

/** The exit codes as a shell has them: 128 and the number. SIGHUP: the terminal was closed. */
export const STOP_EXIT_CODES = {
  SIGHUP: ExitCode.hangup,
  SIGINT: ExitCode.interrupted,
  SIGQUIT: ExitCode.quit,
  SIGTERM: ExitCode.terminated,
} as const;

const STOP_SIGNALS = ["SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM"] as const;

/** Listens for signals that stop a verb; disposing of it stops listening. */
interface StopWatch extends Disposable {
  /** Aborts when the verb shall stop. */
  readonly signal: AbortSignal;
  /** Which signal came first; `undefined` when none did. */
  readonly received: typeof STOP_SIGNALS[number] | undefined;
  /** The exit code for it; that of SIGINT when none came. */
  readonly exitCode: ExitCode;
  /** Stops what is running without a signal, because the verb ends with an error. */
  readonly stop: () => void;
}

/** Listens for these signals. A second one changes nothing: Borg is being stopped already. */
export function watchForStop(): StopWatch {
  const controller = new AbortController();
  let received: StopWatch["received"];
  const listeners = STOP_SIGNALS.map((signal) => {
    const listener = () => {
      received ??= signal;
      controller.abort();
    };
    Deno.addSignalListener(signal, listener);
    return { signal, listener };
  });
  return {
    signal: controller.signal,
    get received() {
      return received;
    },
    get exitCode() {
      return STOP_EXIT_CODES[received ?? "SIGINT"];
    },
    stop: () => controller.abort(),
    [Symbol.dispose]() {
      for (const { signal, listener } of listeners) Deno.removeSignalListener(signal, listener);
    },
  };
}
