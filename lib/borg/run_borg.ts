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
import { hasReason, isBrokenPipe } from "./connection_failure.ts";
import { borgEnvironment, type InheritedEnvironment } from "./environment.ts";
import { explainFailure } from "./failure.ts";
import { type BorgFailure, other } from "./failure_kinds.ts";
import { type BorgLine, parseBorgLine } from "./log_line.ts";
import { limitedCommand, tellsTimeIsOver } from "./passphrase_command.ts";
import type { BorgRepository } from "./repository.ts";

/** What shall be run. */
export interface BorgRequest {
  readonly repository: BorgRepository;
  /** The arguments, from `commands.ts`. */
  readonly args: readonly string[];
  /** Borg's working directory; the root when left out. */
  readonly cwd?: string;
  /** Our own environment, as far as Borg may see it. */
  readonly outer: InheritedEnvironment;
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
  /** What Borg reads on standard input, such as patterns; nothing when left out. */
  readonly stdin?: string;
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

/** How Borg ended. */
type BorgEnd =
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
  /** How it was stopped, if it was. */
  readonly stopping?: Stopping;
}

/**
 * The first SIGINT makes Borg write a checkpoint and give its locks back. Over a dead connection it
 * can't even notice, hence the others; Borg removes the stale locks of its own host by itself.
 */
export const STOP_BORG: StopSequence = [
  { signal: "SIGINT", patience: 60_000 },
  { signal: "SIGTERM", patience: 15_000 },
  { signal: "SIGKILL", patience: 5_000 },
];

/**
 * When ssh can't connect it says why and ends, and Borg may notice its end before it reads what it
 * said: every 30th time, on a busy machine every fifth time (measured). Whether an optional
 * repository is absent hangs on that sentence; nothing was done yet, so Borg is started again.
 */
const CONNECTION_ATTEMPTS = 6;

/** How many error messages are kept; the first ones name the cause. */
const KEPT_ERRORS = 20;
/** How many lines for people are kept. */
const KEPT_LINES = 40;

/**
 * Runs Borg to its end.
 *
 * @returns how it ended; a failure of Borg's is a result, not an error
 * @throws {AppError} when Borg can't be started
 */
export async function runBorg(request: BorgRequest): Promise<BorgResult> {
  for (let attempt = 1;; attempt += 1) {
    const { result, reasonLost } = await runOnce(request);
    if (!reasonLost || attempt === CONNECTION_ATTEMPTS || request.signal.aborted) return result;
  }
}

async function runOnce(
  request: BorgRequest,
): Promise<{ readonly result: BorgResult; readonly reasonLost: boolean }> {
  const { repository, outer, args, signal, limits = BORG_LIMITS, start = runProgram } = request;
  using startup = new StartupDeadline(repository, limits);
  const listener = new Listener(request.onLine, startup);
  const [command = "", ...options] = args;
  const { onStdoutLine } = request;
  const program = await start({
    program: "borg",
    args: options.includes("--log-json") ? [command, SAY_WHEN_OPEN, ...options] : args,
    env: { ...environment(repository, outer, limits), ...request.variables },
    ...(request.cwd === undefined ? {} : { cwd: request.cwd }),
    ...(request.stdin === undefined ? {} : { stdin: request.stdin }),
    ...(onStdoutLine === undefined ? {} : {
      onStdoutLine: (line) => {
        startup.end();
        onStdoutLine(line);
      },
    }),
    signal: AbortSignal.any([signal, startup.signal]),
    // Where nothing has begun there is no checkpoint to wait for, and a Borg that waits for its
    // server does not hear SIGINT.
    stop: () => startup.isOver ? request.stop ?? STOP_BORG : STOP_POLITELY,
    background: request.background ?? "end",
    onStderrLine: (line) => listener.hear(line),
  });
  const { stdout, duration, stopping, end: processEnd } = program;
  const { failure } = startup;
  const end: BorgEnd = failure !== undefined && !signal.aborted
    ? { kind: "failed", failure }
    : judge(repository, processEnd, listener);
  const reasonLost = failure === undefined && end.kind === "failed" && isReasonLost(listener);
  const how = stopping === undefined ? {} : { stopping };
  return { result: { end, processEnd, stdout, duration, ...how }, reasonLost };
}

function environment(
  repository: BorgRepository,
  outer: InheritedEnvironment,
  { passphraseCommand }: BorgLimits,
): Record<string, string> {
  const variables = borgEnvironment(repository, outer);
  const { BORG_PASSCOMMAND: command, PATH = "" } = variables;
  if (command === undefined) return variables;
  return { ...variables, BORG_PASSCOMMAND: limitedCommand(command, PATH, passphraseCommand) };
}

function judge(repository: BorgRepository, end: ProgramEnd, listener: Listener): BorgEnd {
  if (end.kind === "stopped") return { kind: "stopped" };
  if (end.kind === "killed") {
    const hint = end.signal === "SIGKILL"
      ? "The kernel may have run out of memory; see dmesg"
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

function isReasonLost({ errors, last, own }: Listener): boolean {
  const isClosed = errors.some(({ msgid, text }) => {
    // "WithHint" means that not even a first word came from a Borg on the server.
    if (msgid === "ConnectionClosedWithHint") return true;
    // When ssh ends just before Borg's own first word, Borg 1.2 writes how it opened a repository,
    if (isBrokenPipe(text)) return /\bremote\.py", line \d+, in __init__$/m.test(text);
    // and Borg 1.4 a message that it has also for later, but then it is not the first one.
    return msgid === "ConnectionBrokenWithHint" && own === 1;
  });
  return isClosed && !last.some(hasReason);
}

/** Borg repeats the command that failed, and a careless one has the passphrase in it. */
function withoutPasscommand(line: BorgLine): BorgLine {
  if (line.kind !== "message" || line.msgid !== "PasscommandFailure") return line;
  return { ...line, text: "The command in BORG_PASSCOMMAND failed" };
}

/** Remembers, in bounded memory, what matters if Borg should fail. */
class Listener {
  readonly errors: Extract<BorgLine, { kind: "message" }>[] = [];
  readonly last: string[] = [];
  /** How many lines Borg wrote, without those in which it passes on what ssh or a server said. */
  own = 0;
  /** Whether it was Borg that spoke. */
  isBorg = false;
  readonly #onLine: (line: BorgLine) => void;
  readonly #startup: StartupDeadline;

  constructor(onLine: (line: BorgLine) => void, startup: StartupDeadline) {
    this.#onLine = onLine;
    this.#startup = startup;
  }

  hear(text: string): void {
    const line = withoutPasscommand(parseBorgLine(text));
    if (line.kind === "text" && tellsTimeIsOver(line.text)) return this.#startup.commandIsLate();
    if (line.kind === "message") {
      if (line.level === "error" && this.errors.length < KEPT_ERRORS) this.errors.push(line);
      if (line.level === "error" || line.level === "warning") this.#remember(line.text);
    }
    if (line.kind === "text") this.#remember(line.text);
    else this.isBorg = true;
    if (line.kind !== "text" && !(line.kind === "message" && line.text.startsWith("Remote:"))) {
      this.own += 1;
      this.#startup.end();
    }
    // Nothing is said at debug level but that the repository is open.
    if (line.kind !== "message" || line.level !== "debug") this.#onLine(line);
  }

  #remember(text: string): void {
    this.last.push(text.slice(0, 4_096));
    if (this.last.length > KEPT_LINES) this.last.shift();
  }
}
