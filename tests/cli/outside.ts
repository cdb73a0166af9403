/**
 * The world outside of the verbs, of which nothing is real but the files.
 *
 * @module
 */
import assert from "node:assert/strict";
import { runCommandLine } from "../../lib/cli/app.ts";
import type { Prompts } from "../../lib/cli/prompts.ts";
import type { CliContext, TerminalStream } from "../../lib/cli/context.ts";
import type { ProgramsDouble } from "../process/double.ts";

/** When it is, for the verbs of the tests: long after any file was changed. */
export const NOW: Date = new Date("2126-11-22T04:00:00Z");

/**
 * A world in which no program may be started.
 *
 * @param different what is different about it
 */
export function contextWith(different: Partial<CliContext> = {}): CliContext {
  return {
    process: { stdout: { write() {} }, stderr: { write() {} } },
    variable: () => undefined,
    start: ({ program }) => assert.fail(`nobody asked for ${program}`),
    startStream: ({ program }) => assert.fail(`nobody asked for ${program}`),
    startInteractive: ({ program }) => assert.fail(`nobody asked for ${program}`),
    inhibitSleep: () => new DisposableStack(),
    streams: {
      input: new Stream(() => {}),
      output: new Stream(() => {}),
      error: new Stream(() => {}),
    },
    prompts: () => Promise.resolve(undefined),
    now: () => NOW,
    print() {},
    tell() {},
    end() {},
    catchUncaught: () => new DisposableStack(),
    ...different,
  };
}

/** A stream that hands on what is written to it. */
export class Stream implements TerminalStream {
  readonly #take: (text: string) => void;
  readonly #terminal: boolean;

  /**
   * @param take hears what is written
   * @param terminal whether it is a terminal
   */
  constructor(take: (text: string) => void, terminal = false) {
    this.#take = take;
    this.#terminal = terminal;
  }

  write(bytes: Uint8Array): Promise<number> {
    this.#take(new TextDecoder().decode(bytes));
    return Promise.resolve(bytes.length);
  }

  isTerminal(): boolean {
    return this.#terminal;
  }
}

/** What a command line did. */
export interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/**
 * Runs a command line within this process.
 *
 * @param args the arguments
 * @param programs the programs of this world
 * @param variables its environment
 * @param terminal whether a person sees what it prints
 * @param prompts asks that person
 * @param now when it is
 */
export async function runWith(
  args: readonly string[],
  programs: Pick<ProgramsDouble, "start" | "startInteractive">,
  variables: Readonly<Record<string, string>> = {},
  terminal = false,
  prompts: Prompts | undefined = undefined,
  now: Date = NOW,
): Promise<Said> {
  let out = "";
  let err = "";
  const print = (text: string) => void (out += text);
  const tell = (text: string) => void (err += text);
  const code = await runCommandLine(args, {
    ...contextWith({ now: () => now }),
    start: programs.start,
    startInteractive: programs.startInteractive,
    variable: (name) => variables[name],
    streams: {
      input: new Stream(() => {}, terminal),
      output: new Stream(print, terminal),
      error: new Stream(tell, terminal),
    },
    prompts: () => Promise.resolve(prompts),
    print,
    tell,
  });
  return { code, out, err };
}
