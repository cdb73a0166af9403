/** Waits for the end of a program, and stops it when it must not go on. @module */
import { startDeadline } from "../async/deadline.ts";
import type { ProcessGroup } from "./process_group.ts";
import { STOP_POLITELY, type Stopping, stopProgram, type StopSequence } from "./stopping.ts";

/** Why a program ended. */
export type ProgramEnd =
  /** It ended by itself. */
  | { readonly kind: "exited"; readonly code: number }
  /** A signal that did not come from us ended it. */
  | { readonly kind: "killed"; readonly signal: string }
  /** It was stopped because its time limit was over. */
  | { readonly kind: "timed-out"; readonly code: number }
  /** It was stopped because the request's `signal` aborted. */
  | { readonly kind: "stopped"; readonly code: number }
  /** It did not even end after the last signal (a process that hangs in the kernel). */
  | { readonly kind: "unkillable"; readonly reason: "timed-out" | "stopped" };

/** What may end a program before its own time. */
export interface StopConditions {
  /** Time limit in milliseconds; none when left out. */
  readonly timeLimit?: number;
  /** Stops the program when it aborts. */
  readonly signal?: AbortSignal;
  /** How it is stopped, asked for when it comes to that; {@linkcode STOP_POLITELY} when left out. */
  readonly stop?: StopSequence | (() => StopSequence);
}

/** A program that runs. */
interface RunningProgram {
  readonly child: Pick<Deno.ChildProcess, "status" | "kill">;
  readonly group: ProcessGroup;
  /** Stops it as well when it aborts. */
  readonly spoiled: AbortSignal;
  /** Is called when it has got the first signal to end. */
  readonly onSignalled?: () => void;
}

/** Waits until a program has ended, and stops it when one of the conditions comes true. */
export async function waitForEnd(
  { child, group, spoiled, onSignalled }: RunningProgram,
  conditions: StopConditions,
): Promise<{ readonly end: ProgramEnd; readonly stopping?: Stopping }> {
  const { promise: asked, resolve: ask } = Promise.withResolvers<"timed-out" | "stopped">();
  const onAbort = () => ask("stopped");
  const signals = conditions.signal === undefined ? [spoiled] : [spoiled, conditions.signal];
  for (const signal of signals) signal.addEventListener("abort", onAbort, { once: true });
  if (signals.some(({ aborted }) => aborted)) onAbort();
  using stack = new DisposableStack();
  stack.defer(() => {
    for (const signal of signals) signal.removeEventListener("abort", onAbort);
  });
  if (conditions.timeLimit !== undefined) {
    stack.use(startDeadline(conditions.timeLimit, () => ask("timed-out")));
  }
  const first = await Promise.race([child.status, asked]);
  if (typeof first !== "string") {
    return first.signal === null
      ? { end: { kind: "exited", code: first.code } }
      : { end: { kind: "killed", signal: first.signal } };
  }
  const { stop = STOP_POLITELY } = conditions;
  const sequence = typeof stop === "function" ? stop() : stop;
  const { status, stopping } = await stopProgram(child, group, sequence, onSignalled);
  const end = status === undefined
    ? { kind: "unkillable", reason: first } as const
    : { kind: first, code: status.code } as const;
  return { end, stopping };
}
