/**
 * The room that starts programs; this is how those that nobody watches are started.
 *
 * No shell, no inherited environment, no terminal: the program runs in a session of its own
 * (`setsid`), so that nothing it starts can ask a question on `/dev/tty` and a Ctrl-C on the
 * terminal reaches autoborg alone, which then stops the program in the way that is right for it.
 *
 * @module
 */
import { startDeadline, within } from "../async/deadline.ts";
import { AppError } from "../errors.ts";
import { readInPieces, readLines, readText } from "./lines.ts";
import { KeptText, Listeners, Tail } from "./output.ts";
import { ProcessGroup } from "./process_group.ts";
import { cannotStart, safeEnvironment } from "./search_path.ts";
import { STOP_POLITELY, type Stopping, stopProgram, type StopSequence } from "./stopping.ts";

export { STOP_POLITELY, type Stopping, type StopSequence } from "./stopping.ts";

/** What shall be run, and how. */
export interface ProgramRequest {
  /** The program's name as the permission set has it: `borg`, `zfs`, `mount`, `umount`, or a hook. */
  readonly program: string;
  /** Its arguments; never a secret, as every user of the machine can read them. */
  readonly args: readonly string[];
  /** Its whole environment; nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  /** Its working directory; `/` when left out. */
  readonly cwd?: string;
  /** What it reads on standard input; nothing when left out. */
  readonly stdin?: string;
  /** Time limit in milliseconds; none when left out. */
  readonly timeLimit?: number;
  /** Stops the program when it aborts. */
  readonly signal?: AbortSignal;
  /** How it is stopped, asked for when it comes to that; {@linkcode STOP_POLITELY} when left out. */
  readonly stop?: StopSequence | (() => StopSequence);
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
  /** Called with every line of standard error as it comes. */
  readonly onStderrLine?: (line: string) => void;
}

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
  /** How it was stopped, if it was. */
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
  const child = spawn(request);
  const group = new ProcessGroup(child.pid, request.env.PATH);
  const spoiled = new AbortController();
  const listeners = new Listeners(spoiled);
  const stderr = new Tail();
  const stdout = new KeptText(spoiled);
  const output = Promise.all([
    request.onStdoutLine === undefined
      ? readText(readInPieces(child.stdout), (text) => stdout.push(text))
      : readLines(readInPieces(child.stdout), listeners.guard(request.onStdoutLine)),
    readLines(
      readInPieces(child.stderr),
      listeners.guard((line) => {
        stderr.push(line);
        request.onStderrLine?.(line);
      }),
    ),
    feed(child, request.stdin),
  ]);
  // A rejection is looked at below, when the program has ended; until then it must not be "unhandled".
  output.catch(() => {});
  const { end, stopping } = await waitFor(child, group, request, spoiled.signal);
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

function spawn(request: ProgramRequest): Deno.ChildProcess {
  const env = safeEnvironment(request.program, request.env);
  try {
    return new Deno.Command(request.program, {
      args: [...request.args],
      clearEnv: true,
      env,
      cwd: request.cwd ?? "/",
      stdin: request.stdin === undefined ? "null" : "piped",
      stdout: "piped",
      stderr: "piped",
      detached: true,
    }).spawn();
  } catch (error) {
    // Deno says "No such cwd …" and "cwd is not a directory …" with the same kind of error.
    if (error instanceof Error && /\bcwd\b/.test(error.message)) {
      throw new AppError(
        `Cannot start "${request.program}": its working directory "${request.cwd}" does not exist`,
        { cause: error },
      );
    }
    throw cannotStart(request.program, request.env.PATH, error);
  }
}

async function feed(child: Deno.ChildProcess, text: string | undefined): Promise<void> {
  if (text === undefined) return;
  try {
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(text));
    await writer.close();
  } catch {
    // A program that does not read its input is free to do so. Nothing else can go wrong with a
    // pipe, and what Deno throws then differs from version to version.
  }
}

async function waitFor(
  child: Deno.ChildProcess,
  group: ProcessGroup,
  request: ProgramRequest,
  spoiled: AbortSignal,
): Promise<{ readonly end: ProgramEnd; readonly stopping?: Stopping }> {
  const { promise: asked, resolve: ask } = Promise.withResolvers<"timed-out" | "stopped">();
  const onAbort = () => ask("stopped");
  const signals = request.signal === undefined ? [spoiled] : [spoiled, request.signal];
  for (const signal of signals) signal.addEventListener("abort", onAbort, { once: true });
  if (request.signal?.aborted) onAbort();
  using stack = new DisposableStack();
  stack.defer(() => {
    for (const signal of signals) signal.removeEventListener("abort", onAbort);
  });
  if (request.timeLimit !== undefined) {
    stack.use(startDeadline(request.timeLimit, () => ask("timed-out")));
  }
  const first = await Promise.race([child.status, asked]);
  if (typeof first !== "string") {
    return first.signal === null
      ? { end: { kind: "exited", code: first.code } }
      : { end: { kind: "killed", signal: first.signal } };
  }
  const { stop = STOP_POLITELY } = request;
  const sequence = typeof stop === "function" ? stop() : stop;
  const { status, stopping } = await stopProgram(child, group, sequence);
  const end = status === undefined
    ? { kind: "unkillable", reason: first } as const
    : { kind: first, code: status.code } as const;
  return { end, stopping };
}
