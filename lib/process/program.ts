/**
 * The room that starts programs; this is how those that nobody watches are started.
 *
 * No shell, no inherited environment, no terminal: the program runs in a session of its own
 * (`setsid`), so that nothing it starts can ask a question on `/dev/tty` and a Ctrl-C on the
 * terminal reaches autoborg alone, which then stops the program in the way that is right for it.
 *
 * @module
 */
import { AppError, reasonOf } from "../errors.ts";
import { readInPieces, readLines } from "./lines.ts";
import { safeEnvironment } from "./search_path.ts";
import { Tail } from "./tail.ts";

/** Signals that ask a program to end, in this order, each with its patience in milliseconds. */
export type StopSequence = readonly { readonly signal: Deno.Signal; readonly patience: number }[];

/** For programs that end at once when they are asked to. */
export const STOP_POLITELY: StopSequence = [
  { signal: "SIGTERM", patience: 5_000 },
  { signal: "SIGKILL", patience: 5_000 },
];

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
  /** How it is stopped; {@linkcode STOP_POLITELY} when left out. */
  readonly stop?: StopSequence;
  /** Called with every line of standard output; without it standard output is kept as text. */
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
  /** Wall-clock time in milliseconds. */
  readonly duration: number;
}

/**
 * How long output is waited for when the program itself has ended: something that it left in the
 * background (an ssh connection master, a daemon that a hook started) may keep the pipes open.
 */
const DRAIN_PATIENCE = 5_000;

/** Standard output that is kept as text may have this many characters; more is an error. */
const LARGEST_STDOUT = 64 * 1_048_576;

/**
 * Runs a program to its end.
 *
 * @param request what to run
 * @returns how it ended and what it printed; a non-zero exit code is a result, not an error
 * @throws {AppError} when the program can't be started
 */
export async function runProgram(request: ProgramRequest): Promise<ProgramResult> {
  const started = performance.now();
  request.signal?.throwIfAborted();
  const child = spawn(request);
  const stderr = new Tail();
  const stdout: string[] = [];
  let size = 0;
  const output = Promise.all([
    feed(child, request.stdin),
    readLines(readInPieces(child.stderr), (line) => {
      stderr.push(line);
      request.onStderrLine?.(line);
    }),
    readLines(
      readInPieces(child.stdout),
      request.onStdoutLine ?? ((line) => {
        size += line.length + 1;
        if (size <= LARGEST_STDOUT) stdout.push(line);
      }),
    ),
  ]);
  // A rejection is looked at below, when the program has ended; until then it must not be "unhandled".
  output.catch(() => {});
  const end = await waitFor(child, request);
  if (end.kind === "unkillable") child.unref();
  await drained(output, end.kind === "unkillable" ? 0 : DRAIN_PATIENCE);
  if (size > LARGEST_STDOUT) {
    throw new AppError(
      `Cannot run "${request.program} ${request.args[0] ?? ""}": it printed more than 64 MiB`,
    );
  }
  const result = { end, stdout: stdout.join("\n"), stderr };
  return { ...result, duration: performance.now() - started };
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
        `Cannot start "${request.program}": its working directory "${request.cwd}" is not there`,
        { cause: error },
      );
    }
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotCapable) {
      throw new AppError(`Cannot start "${request.program}": it is not installed`, {
        hint: `Install it, or see that its directory is in PATH (${request.env.PATH ?? "unset"})`,
        cause: error,
      });
    }
    throw new AppError(`Cannot start "${request.program}": ${reasonOf(error)}`, { cause: error });
  }
}

async function drained(output: Promise<unknown>, patience: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, patience);
  });
  try {
    await Promise.race([output, late]);
  } finally {
    clearTimeout(timer);
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

async function waitFor(child: Deno.ChildProcess, request: ProgramRequest): Promise<ProgramEnd> {
  const { promise: asked, resolve: ask } = Promise.withResolvers<"timed-out" | "stopped">();
  const onAbort = () => ask("stopped");
  request.signal?.addEventListener("abort", onAbort, { once: true });
  if (request.signal?.aborted) onAbort();
  const timer = request.timeLimit === undefined
    ? undefined
    : setTimeout(() => ask("timed-out"), request.timeLimit);
  try {
    const first = await Promise.race([child.status, asked]);
    if (typeof first !== "string") {
      return first.signal === null
        ? { kind: "exited", code: first.code }
        : { kind: "killed", signal: first.signal };
    }
    const status = await stop(child, request.stop ?? STOP_POLITELY);
    return status === undefined
      ? { kind: "unkillable", reason: first }
      : { kind: first, code: status.code };
  } finally {
    clearTimeout(timer);
    request.signal?.removeEventListener("abort", onAbort);
  }
}

async function stop(
  child: Deno.ChildProcess,
  sequence: StopSequence,
): Promise<Deno.CommandStatus | undefined> {
  for (const { signal, patience } of sequence) {
    try {
      child.kill(signal);
    } catch {
      // It ended in this very moment; its status says how.
    }
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), patience);
    });
    const status = await Promise.race([child.status, late]);
    clearTimeout(timer);
    if (status !== undefined) return status;
  }
  return undefined;
}
