/**
 * The room that starts programs; this is how those that nobody watches are started.
 *
 * No shell, no inherited environment, no terminal: the program runs in a session of its own
 * (`setsid`), so that nothing it starts can ask a question on `/dev/tty` and a Ctrl-C on the
 * terminal reaches autoborg alone, which then stops the program in the way that is right for it.
 *
 * @module
 */
import { within } from "../async/deadline.ts";
import { AppError } from "../errors.ts";
import { InputFeed, type ProgramInput } from "./input.ts";
import { readBytes, readInPieces, readLines, readText } from "./lines.ts";
import { KeptText, Listeners, Tail } from "./output.ts";
import { ProcessGroup } from "./process_group.ts";
import { type ProgramEnd, type StopConditions, waitForEnd } from "./program_end.ts";
import { spawnProgram, type SpawnRequest } from "./spawn.ts";
import type { Stopping } from "./stopping.ts";

export type { ProgramEnd } from "./program_end.ts";
export { STOP_POLITELY, type Stopping, type StopSequence } from "./stopping.ts";

/** What shall be run, and how. */
export interface ProgramRequest extends SpawnRequest, StopConditions {
  /**
   * What it reads on standard input; nothing when left out. When it is bytes that can't be made to
   * their end, the program is stopped before it can take them for all.
   */
  readonly stdin?: ProgramInput;
  /**
   * What becomes of processes that it leaves in its process group when it ends by itself; they are
   * kept when left out. When it is stopped or killed they always end with it.
   */
  readonly background?: "keep" | "end";
  /**
   * Called with every line of standard output; without it standard output is kept as text. When a
   * listener throws, the program is stopped, its output still being read so that it can't hang, and
   * the error is thrown when it has ended.
   */
  readonly onStdoutLine?: (line: string) => void;
  /**
   * Called with every piece of standard output, which is valid only until it returns, or until what it
   * returns is settled; nothing more is read meanwhile. It must not fail.
   */
  readonly onStdoutBytes?: (bytes: Uint8Array) => void | Promise<void>;
  /** Called with every line of standard error as it comes. */
  readonly onStderrLine?: (line: string) => void;
}

/** What a program did. */
export interface ProgramResult {
  /** Why it ended. */
  readonly end: ProgramEnd;
  /** Standard output; empty when `onStdoutLine` took the lines. */
  readonly stdout: string;
  /** The last lines of standard error. */
  readonly stderr: Tail;
  /** Milliseconds, by the monotonic clock. */
  readonly duration: number;
  readonly stopping?: Stopping;
}

/** Starts a program and waits for its end, as {@linkcode runProgram} does. */
export type StartProgram = (request: ProgramRequest) => Promise<ProgramResult>;

/**
 * How long output is waited for when the program itself has ended: something that it left in the
 * background (an ssh connection master, a daemon that a hook started) may keep the pipes open.
 */
const DRAIN_TIMEOUT = 5_000;

/**
 * Runs a program to its end.
 *
 * @returns how it ended and what it printed; a non-zero exit code is a result, not an error
 * @throws {AppError} when the program can't be started, or printed too much
 * @throws whatever a listener threw
 */
export async function runProgram(request: ProgramRequest): Promise<ProgramResult> {
  const started = performance.now();
  request.signal?.throwIfAborted();
  const { stdin } = request;
  const child = spawnProgram(request, stdin !== undefined);
  const group = new ProcessGroup(child.pid, request.env.PATH);
  const spoiled = new AbortController();
  const listeners = new Listeners(spoiled);
  const stderr = new Tail();
  const stdout = new KeptText(spoiled);
  const cut = new AbortController();
  const input = stdin === undefined
    ? undefined
    : new InputFeed(stdin, child.stdin, () => cut.abort());
  const pieces = readInPieces(child.stdout);
  const output = Promise.all([
    request.onStdoutBytes !== undefined
      ? readBytes(pieces, request.onStdoutBytes)
      : request.onStdoutLine === undefined
      ? readText(pieces, (text) => stdout.push(text))
      : readLines(pieces, listeners.guard(request.onStdoutLine)),
    readLines(
      readInPieces(child.stderr),
      listeners.guard((line) => {
        stderr.push(line);
        request.onStderrLine?.(line);
      }),
    ),
    input?.over,
  ]);
  // A rejection is looked at below, when the program has ended; until then it must not be "unhandled".
  output.catch(() => {});
  const stops = AbortSignal.any([spoiled.signal, cut.signal]);
  const onSignalled = () => input?.end();
  const running = { child, group, spoiled: stops, onSignalled };
  const { end, stopping } = await waitForEnd(running, request);
  input?.end();
  if (end.kind === "unkillable") child.unref();
  if (end.kind === "killed" || (end.kind === "exited" && request.background === "end")) {
    await group.end();
  }
  await within(output, end.kind === "unkillable" ? 0 : DRAIN_TIMEOUT);
  listeners.close();
  if (spoiled.signal.aborted) {
    const command = [request.program, ...request.args.slice(0, 1)].join(" ");
    throw new AppError(`Stopped "${command}": it printed more than 64 MiB`);
  }
  const result = { end, stdout: stdout.text, stderr };
  const duration = performance.now() - started;
  return { ...result, duration, ...(stopping === undefined ? {} : { stopping }) };
}
