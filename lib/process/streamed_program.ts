/** Programs whose output is data for others, such as a dump. @module */
import { within } from "../async/deadline.ts";
import { InputFeed, type ProgramInput } from "./input.ts";
import { readInPieces, readLines } from "./lines.ts";
import { Listeners, Tail } from "./output.ts";
import { ProcessGroup } from "./process_group.ts";
import { type ProgramEnd, type StopConditions, waitForEnd } from "./program_end.ts";
import { spawnProgram, type SpawnRequest } from "./spawn.ts";
import type { ProgramResult } from "./program.ts";

/** What shall be started, and how. */
export interface StreamRequest extends SpawnRequest, StopConditions {
  /** What it reads on standard input; nothing when left out. */
  readonly stdin?: ProgramInput;
  /** Called with every line of standard error as it comes; must not throw. */
  readonly onStderrLine?: (line: string) => void;
}

/** How a program ended whose output was a stream. */
export interface StreamEnd extends Omit<ProgramResult, "stdout"> {
  /** Why it ended; only an exit code of 0 says that its output is whole. */
  readonly end: ProgramEnd;
}

/** A program that runs; disposing of it ends it, with everything that it has started. */
interface StreamedProgram extends AsyncDisposable {
  /**
   * Its standard output, read no faster than it is taken: the program waits meanwhile. It ends as
   * well when the program is killed; `ended` says what that end is worth.
   */
  readonly stdout: ReadableStream<Uint8Array>;
  /** Resolves when the program has ended; never rejects. */
  readonly ended: Promise<StreamEnd>;
}

/** Starts a program as {@linkcode startStreamed} does. */
export type StartStream = (request: StreamRequest) => StreamedProgram;

/** How long the end of standard error is waited for when the program has ended, in milliseconds. */
const DRAIN_TIMEOUT = 5_000;

/**
 * Starts a program, and hands out its standard output while it runs.
 *
 * @throws {AppError} when the program can't be started
 * @throws the reason of the request's signal when that has aborted already
 */
export function startStreamed(request: StreamRequest): StreamedProgram {
  request.signal?.throwIfAborted();
  const child = spawnProgram(request, request.stdin !== undefined);
  const disposed = new AbortController();
  const ended = waitForStream(child, request, disposed);
  return {
    stdout: child.stdout,
    ended,
    async [Symbol.asyncDispose]() {
      disposed.abort();
      await ended;
      // A reader that gave up leaves the pipe open; one that is at work closes it by itself.
      if (!child.stdout.locked) await child.stdout.cancel();
    },
  };
}

async function waitForStream(
  child: Deno.ChildProcess,
  request: StreamRequest,
  stops: AbortController,
): Promise<StreamEnd> {
  const started = performance.now();
  const group = new ProcessGroup(child.pid, request.env.PATH);
  const stderr = new Tail();
  const listeners = new Listeners(stops);
  const words = readLines(
    readInPieces(child.stderr),
    listeners.guard((line) => {
      stderr.push(line);
      request.onStderrLine?.(line);
    }),
  );
  words.catch(() => {});
  const { stdin } = request;
  const input = stdin === undefined
    ? undefined
    : new InputFeed(stdin, child.stdin, () => stops.abort());
  const onSignalled = () => input?.end();
  const running = { child, group, spoiled: stops.signal, onSignalled };
  const { end, stopping } = await waitForEnd(running, request);
  input?.end();
  if (end.kind === "unkillable") child.unref();
  if (end.kind === "exited" || end.kind === "killed") await group.end();
  await within(words, end.kind === "unkillable" ? 0 : DRAIN_TIMEOUT);
  const duration = performance.now() - started;
  return { end, stderr, duration, ...(stopping === undefined ? {} : { stopping }) };
}
