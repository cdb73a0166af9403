/**
 * Programs that play what they are told instead of being started.
 *
 * @module
 */
import { AppError } from "../../lib/errors.ts";
import type {
  InteractiveRequest,
  StartInteractive,
} from "../../lib/process/interactive_program.ts";
import type {
  ProgramEnd,
  ProgramRequest,
  ProgramResult,
  StartProgram,
  Stopping,
} from "../../lib/process/program.ts";
import { Tail } from "../../lib/process/output.ts";

/** What a program does: its exit code, or another end, and what it prints. */
export interface Played {
  /** 0 when left out. */
  readonly code?: number;
  /** Instead of an exit code. */
  readonly end?: ProgramEnd;
  /** How it was stopped. */
  readonly stopping?: Stopping;
  readonly stdout?: string;
  /** Lines of standard error. */
  readonly stderr?: readonly string[];
  /** Milliseconds; a second when left out. */
  readonly duration?: number;
}

/** Plays a program; it may look at what it was asked, and wait. */
export type Play = Played | ((request: ProgramRequest) => Played | Promise<Played>);

/** The programs of a machine, by their names and the first argument: "borg create", "zfs list". */
export class ProgramsDouble {
  /** Everything that was started, in this order. */
  readonly requests: (ProgramRequest | InteractiveRequest)[] = [];
  readonly #plays: Map<string, Play>;

  /** @param plays what each program does; one that has no play is not installed */
  constructor(plays: Readonly<Record<string, Play>>) {
    this.#plays = new Map(Object.entries(plays));
  }

  /** What was started, as "borg create". */
  get started(): readonly string[] {
    return this.requests.map(nameOf);
  }

  /** Changes what a program does from now on. */
  set(name: string, play: Play): void {
    this.#plays.set(name, play);
  }

  /** Plays something else at some starts, which are counted from 1 now. */
  setAt(name: string, others: Readonly<Record<number, Played>>): void {
    const usual = this.#plays.get(name) ?? {};
    let starts = 0;
    this.set(name, (request) => {
      starts += 1;
      return others[starts] ?? (typeof usual === "function" ? usual(request) : usual);
    });
  }

  /** Takes a program away. */
  remove(name: string): void {
    this.#plays.delete(name);
  }

  /** Plays a program. */
  readonly start: StartProgram = async (request) => {
    request.signal?.throwIfAborted();
    const played = await this.#play(request);
    const { end, code = 0, stdout = "", stderr = [], stopping, duration = 1_000 } = played;
    const tail = new Tail();
    for (const line of stderr) {
      tail.push(line);
      request.onStderrLine?.(line);
    }
    const { onStdoutLine } = request;
    if (onStdoutLine !== undefined) {
      for (const line of stdout.split("\n").filter((line) => line !== "")) onStdoutLine(line);
    }
    return {
      end: end ?? { kind: "exited", code },
      stdout: onStdoutLine === undefined ? stdout : "",
      stderr: tail,
      duration,
      ...(stopping === undefined ? {} : { stopping }),
    } satisfies ProgramResult;
  };

  /** Plays a program that a person works with; what it prints is lost. */
  readonly startInteractive: StartInteractive = async (request) =>
    (await this.#play(request)).code ?? 0;

  async #play(request: ProgramRequest | InteractiveRequest): Promise<Played> {
    this.requests.push(request);
    const play = this.#plays.get(nameOf(request)) ?? this.#plays.get(request.program);
    if (play === undefined) {
      throw new AppError(`Cannot start "${request.program}": it is not installed`, {
        cause: new Deno.errors.NotFound(),
      });
    }
    return typeof play === "function" ? await play(request) : play;
  }
}

function nameOf({ program, args }: ProgramRequest | InteractiveRequest): string {
  return [program, ...args.slice(0, 1)].join(" ");
}
