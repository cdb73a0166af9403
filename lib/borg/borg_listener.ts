/** Remembers what Borg says, as far as it matters if it should fail. @module */
import type { InheritedEnvironment } from "./environment.ts";
import type { BorgWords } from "./failure_kinds.ts";
import { type BorgLine, parseBorgLine } from "./log_line.ts";
import { tellsTimeIsOver } from "./passphrase_command.ts";
import { isSshTalk, type SshLog } from "./ssh_log.ts";
import type { StartupDeadline } from "./startup_deadline.ts";

/** How many error messages are kept; the first ones name the cause. */
const KEPT_ERRORS = 20;
/** How many lines for people are kept. */
const KEPT_LINES = 40;

/** Which Borg is heard. */
interface Heard {
  readonly args: readonly string[];
  readonly inherited: InheritedEnvironment;
  readonly onLine: (line: BorgLine) => void;
}

/** Borg repeats the command that failed, and a careless one has the passphrase in it. */
function withoutPasscommand(line: BorgLine): BorgLine {
  if (line.kind !== "message" || line.msgid !== "PasscommandFailure") return line;
  return { ...line, text: "The command in BORG_PASSCOMMAND failed" };
}

/** Remembers, in bounded memory, what matters if Borg should fail. */
export class BorgListener implements BorgWords {
  readonly errors: Extract<BorgLine, { kind: "message" }>[] = [];
  /** The last lines for people. */
  readonly last: string[] = [];
  /** How many lines Borg wrote, without those in which it passes on what ssh or a server said. */
  own = 0;
  /** Whether it was Borg that spoke. */
  isBorg = false;
  /** The command, as soon as Borg has opened the repository. */
  working: string | undefined;
  /** How the command on the server ended, when ssh has written it down. */
  exitStatus: number | undefined;
  /** The environment that Borg was started from. */
  readonly inherited: InheritedEnvironment;
  readonly #command: string;
  readonly #onLine: (line: BorgLine) => void;
  readonly #startup: StartupDeadline;

  /** @param startup is told when Borg has answered */
  constructor({ args: [command = ""], inherited, onLine }: Heard, startup: StartupDeadline) {
    this.inherited = inherited;
    this.#command = command;
    this.#onLine = onLine;
    this.#startup = startup;
  }

  /** Hears what ssh has written down. */
  read(log: SshLog): void {
    const { lines, exitStatus } = log.read();
    for (const line of lines) this.hear(`Remote: ${line}`);
    this.exitStatus = exitStatus;
  }

  /** Hears a line of Borg's standard error. */
  hear(text: string): void {
    const line = withoutPasscommand(parseBorgLine(text));
    if (line.kind === "text" && tellsTimeIsOver(line.text)) return this.#startup.commandIsLate();
    if (line.kind === "message" && isSshTalk(line.text)) return;
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
    const isDebug = line.kind === "message" && line.level === "debug";
    if (isDebug || line.kind === "archive-progress" || line.kind === "percent") {
      this.working = this.#command;
    }
    if (!isDebug) this.#onLine(line);
  }

  #remember(text: string): void {
    this.last.push(text.slice(0, 4_096));
    if (this.last.length > KEPT_LINES) this.last.shift();
  }
}
