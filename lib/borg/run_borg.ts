/** Runs Borg and listens to it. @module */
import {
  type ProgramEnd,
  runProgram,
  type StartProgram,
  STOP_POLITELY,
  type Stopping,
  type StopSequence,
} from "../process/program.ts";
import { BORG_LIMITS, type BorgLimits, StartupDeadline } from "./startup_deadline.ts";
import { BorgListener } from "./borg_listener.ts";
import { hasReason, isBrokenPipe, isExplained } from "./connection_failure.ts";
import { borgEnvironment, type InheritedEnvironment, remoteShell } from "./environment.ts";
import { explainFailure } from "./failure.ts";
import { type BorgFailure, other } from "./failure_kinds.ts";
import type { BorgLine } from "./log_line.ts";
import { limitedCommand } from "./passphrase_command.ts";
import type { BorgRepository } from "./repository.ts";
import { SshLog } from "./ssh_log.ts";
import type { ProgramInput } from "../process/input.ts";

/** What shall be run. */
export interface BorgRequest {
  readonly repository: BorgRepository;
  /** The arguments, from `commands.ts`. */
  readonly args: readonly string[];
  /** Borg's working directory; the root when left out. */
  readonly cwd?: string;
  /** Our own environment, as far as Borg may see it. */
  readonly inherited: InheritedEnvironment;
  /** Stops Borg when it aborts. */
  readonly signal: AbortSignal;
  /** Starts Borg; {@linkcode runProgram} when left out. */
  readonly start?: StartProgram;
  /** Hears every line as it comes. */
  readonly onLine: (line: BorgLine) => void;
  /** Takes the lines of standard output, which is kept as text otherwise. */
  readonly onStdoutLine?: (line: string) => void;
  /** Variables besides those that every Borg gets. */
  readonly variables?: Readonly<Record<string, string>>;
  /**
   * What Borg reads on standard input, such as patterns; nothing when left out. Bytes must not be given
   * out before Borg asks for them: it may be started more than once until it has opened the repository.
   */
  readonly stdin?: ProgramInput;
  /** Takes the bytes of standard output, which is kept as text otherwise. */
  readonly onStdoutBytes?: (bytes: Uint8Array) => void | Promise<void>;
  /** How Borg is stopped; {@linkcode STOP_BORG} when left out. */
  readonly stop?: StopSequence;
  /** What it leaves behind when it has ended: nothing, unless it goes to the background itself. */
  readonly background?: "keep";
  /** Time limits; those of {@linkcode BORG_LIMITS} when left out. */
  readonly limits?: BorgLimits;
}

/**
 * Makes Borg say at debug level that it has read the repository's manifest. All else that it says
 * may come much later, and what shall not wait for ever for a server must know that it answers.
 */
const SAY_WHEN_OPEN = "--debug-topic=borg.crypto.key";

/** Borg's arguments, with the word that makes it say when it has opened the repository. */
export function withOpenWord(args: readonly string[]): readonly string[] {
  const [command = "", ...options] = args;
  return options.includes("--log-json") ? [command, SAY_WHEN_OPEN, ...options] : args;
}

/** How Borg ended. */
export type BorgEnd =
  | { readonly kind: "success" }
  /** Borg did it, with warnings: exit code 1, or 100 to 127 of Borg 1.4. */
  | { readonly kind: "warnings" }
  | { readonly kind: "failed"; readonly failure: BorgFailure }
  /** It was stopped because the run's signal aborted. */
  | { readonly kind: "stopped" };

/** What Borg did. */
export interface BorgResult {
  readonly end: BorgEnd;
  /** How the process ended, for the log. */
  readonly processEnd: ProgramEnd;
  /** Standard output: the JSON of `--json`. */
  readonly stdout: string;
  /** Milliseconds. */
  readonly duration: number;
  readonly stopping?: Stopping;
}

/**
 * The first SIGINT makes Borg write a checkpoint and give its locks back. Over a dead connection it
 * can't even notice, hence the others; Borg removes the stale locks of its own host by itself.
 */
export const STOP_BORG: StopSequence = [
  { signal: "SIGINT", timeout: 60_000 },
  { signal: "SIGTERM", timeout: 15_000 },
  { signal: "SIGKILL", timeout: 5_000 },
];

/**
 * When ssh can't connect it says why and ends, and Borg may notice its end before it reads what it
 * said, or all of it: every 30th time, on a busy machine every fifth time (measured). Whether an
 * optional repository is absent hangs on that sentence; nothing was done yet, so Borg is started
 * again, and ssh writes into a file then. What a shell on the server says may still get lost.
 */
const CONNECTION_ATTEMPTS = 4;

/**
 * Runs Borg to its end.
 *
 * @returns how it ended; a failure of Borg's is a result, not an error
 * @throws {AppError} when Borg can't be started
 */
export async function runBorg(request: BorgRequest): Promise<BorgResult> {
  for (let attempt = 1;; attempt += 1) {
    const isLast = attempt === CONNECTION_ATTEMPTS;
    const keepsLog = attempt > 1 && request.variables?.BORG_RSH === undefined;
    using log = keepsLog ? SshLog.open(request.inherited.TMPDIR) : undefined;
    const { result, reasonLost } = await runOnce(request, log);
    if (!reasonLost || isLast || request.signal.aborted) return result;
  }
}

async function runOnce(
  request: BorgRequest,
  log: SshLog | undefined,
): Promise<{ readonly result: BorgResult; readonly reasonLost: boolean }> {
  const { repository, inherited, args, signal, limits = BORG_LIMITS, start = runProgram } = request;
  using startup = new StartupDeadline(repository, limits);
  const listener = new BorgListener(request, startup);
  const { onStdoutLine, onStdoutBytes } = request;
  const program = await start({
    program: "borg",
    args: withOpenWord(args),
    env: {
      ...processEnvironment(repository, inherited, limits),
      ...(log === undefined ? {} : { BORG_RSH: remoteShell(repository, false, log.options) }),
      ...request.variables,
    },
    ...(request.cwd === undefined ? {} : { cwd: request.cwd }),
    ...(request.stdin === undefined ? {} : { stdin: request.stdin }),
    ...(onStdoutLine === undefined ? {} : {
      onStdoutLine: (line) => {
        startup.end();
        onStdoutLine(line);
      },
    }),
    ...(onStdoutBytes === undefined ? {} : {
      onStdoutBytes: (bytes) => {
        startup.end();
        return onStdoutBytes(bytes);
      },
    }),
    signal: AbortSignal.any([signal, startup.signal]),
    // Where nothing has begun there is no checkpoint to wait for, and a Borg that waits for its
    // server does not hear SIGINT.
    stop: () => startup.isOver ? request.stop ?? STOP_BORG : STOP_POLITELY,
    background: request.background ?? "end",
    onStderrLine: (line) => listener.hear(line),
  });
  if (log !== undefined) listener.read(log);
  const { stdout, duration, stopping, end: processEnd } = program;
  const { failure } = startup;
  const end: BorgEnd = failure !== undefined && !signal.aborted
    ? { kind: "failed", failure }
    : judgeEnd(repository, processEnd, listener);
  const reasonLost = failure === undefined && end.kind === "failed" && isClosed(listener) &&
    !hasWords(repository, listener, log !== undefined);
  const how = stopping === undefined ? {} : { stopping };
  return { result: { end, processEnd, stdout, duration, ...how }, reasonLost };
}

/** The whole environment of a Borg: its passphrase command has a time limit. */
export function processEnvironment(
  repository: BorgRepository,
  inherited: InheritedEnvironment,
  { passphraseCommand }: BorgLimits,
): Record<string, string> {
  const variables = borgEnvironment(repository, inherited);
  const { BORG_PASSCOMMAND: command, PATH = "" } = variables;
  if (command === undefined) return variables;
  return { ...variables, BORG_PASSCOMMAND: limitedCommand(command, PATH, passphraseCommand) };
}

/** What the end of its process says of Borg, by the words that were heard of it. */
export function judgeEnd(
  repository: BorgRepository,
  end: ProgramEnd,
  listener: BorgListener,
): BorgEnd {
  if (end.kind === "stopped") return { kind: "stopped" };
  if (end.kind === "killed") {
    const hint = end.signal === "SIGKILL"
      ? "The kernel may have run out of memory; check dmesg"
      : undefined;
    return { kind: "failed", failure: other(`Borg was killed by ${end.signal}`, hint) };
  }
  if (end.kind !== "exited") {
    return { kind: "failed", failure: other("Borg did not exit, even after SIGKILL") };
  }
  if (end.code === 0) return { kind: "success" };
  // A Python that can't even load Borg ends with 1, an interpreter that is missing with 127.
  if (isWarning(end.code) && listener.isBorg) return { kind: "warnings" };
  return { kind: "failed", failure: explainFailure(repository, listener) };
}

/** Whether an exit code means "done, with warnings"; 100 to 127 with BORG_EXIT_CODES=modern. */
export function isWarning(code: number): boolean {
  return code === 1 || (code >= 100 && code <= 127);
}

function isClosed({ errors, own }: BorgListener): boolean {
  return errors.some(({ msgid, text }) => {
    // "WithHint" means that not even a first word came from a Borg on the server.
    if (msgid === "ConnectionClosedWithHint") return true;
    // When ssh ends just before Borg's own first word, Borg 1.2 writes how it opened a repository,
    if (isBrokenPipe(text)) return /\bremote\.py", line \d+, in __init__$/m.test(text);
    // and Borg 1.4 a message that it has also for later, but then it is not the first one.
    return msgid === "ConnectionBrokenWithHint" && own === 1;
  });
}

/**
 * Whether it is known why a connection failed. What means nothing to us may be but the first of
 * several lines, such as the server's banner, unless ssh has written down the others.
 */
function hasWords(repository: BorgRepository, listener: BorgListener, isLogged: boolean): boolean {
  if (isExplained(repository, listener)) return true;
  if (!isLogged) return false;
  // Those are as good as words; another one may be that of any program.
  return [126, 127].includes(listener.exitStatus ?? 0) || listener.last.some(hasReason);
}
