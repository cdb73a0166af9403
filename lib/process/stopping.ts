/** How a program is stopped: one signal after the other, each with its timeout. @module */
import { LATE, within } from "../async/deadline.ts";
import type { ProcessGroup } from "./process_group.ts";

/**
 * Signals that ask a program to end, in this order, each with its timeout in milliseconds. SIGINT
 * goes to the program alone, which ends in its own way and may need what it has started for that;
 * the others go to everything that it has started, too.
 */
export type StopSequence = readonly {
  readonly signal: "SIGINT" | "SIGTERM" | "SIGKILL";
  readonly timeout: number;
}[];

/** For programs that end at once when they are asked to. */
export const STOP_POLITELY: StopSequence = [
  { signal: "SIGTERM", timeout: 5_000 },
  { signal: "SIGKILL", timeout: 5_000 },
];

/** How a program was stopped. */
export interface Stopping {
  /** The last signal that it got. */
  readonly signal: StopSequence[number]["signal"];
  /** How long it took to end after the first one, in milliseconds. */
  readonly took: number;
}

/**
 * Stops a program.
 *
 * @param onSignalled is called after each signal: a program that waits for its input does not hear
 *   SIGINT before something comes, were it the end
 * @returns its status, and which signal it took; no status when even the last signal did not end it
 */
export async function stopProgram(
  child: Pick<Deno.ChildProcess, "status" | "kill">,
  group: ProcessGroup,
  sequence: StopSequence,
  onSignalled?: () => void,
): Promise<{ readonly status: Deno.CommandStatus | undefined; readonly stopping: Stopping }> {
  const began = performance.now();
  let last: Stopping["signal"] = "SIGTERM";
  let asked = false;
  for (const { signal, timeout } of sequence) {
    last = signal;
    const reached = signal !== "SIGINT" && await group.signal(signal);
    asked ||= reached;
    if (!reached) signalAlone(child, signal);
    onSignalled?.();
    const status = await within(child.status, timeout);
    if (status === LATE) continue;
    const took = performance.now() - began;
    // What it has started may still be there.
    await group.end(asked);
    return { status, stopping: { signal: last, took } };
  }
  return { status: undefined, stopping: { signal: last, took: performance.now() - began } };
}

function signalAlone(child: Pick<Deno.ChildProcess, "kill">, signal: Deno.Signal): void {
  try {
    child.kill(signal);
  } catch {
    // It ended in this very moment; its status says how.
  }
}
