/** Questions on the terminal. The library behind each is loaded when it is asked. @module */
import process from "node:process";
import { Transform, Writable } from "node:stream";
import { AppError, ExitCode } from "../errors.ts";
import { printableLine } from "../text/printable.ts";
import { columns, fit } from "../text/width.ts";
import { wrapped } from "../text/wrap.ts";

/** Says what is wrong with an answer; `undefined`: nothing. */
export type Check = (answer: string) => string | undefined | Promise<string | undefined>;

/** Something that can be picked. */
export interface Choice {
  readonly value: string;
  readonly text: string;
  readonly picked: boolean;
}

/** Asks a person. Ctrl-C and Ctrl-D at a question end in an AppError with exit code 130. */
export interface Prompts {
  /** Asks for a text, which may be the one that is shown. */
  text(message: string, check: Check, shown?: string): Promise<string>;
  /** Asks for a text that is not shown. */
  secret(message: string, check: Check): Promise<string>;
  /** Lets any of several be picked. */
  choose(message: string, choices: readonly Choice[]): Promise<readonly string[]>;
  /** Asks for yes or no, until the signal aborts. */
  confirm(message: string, otherwise: boolean, signal?: AbortSignal): Promise<boolean>;
}

/** What stands before a question, and before something that can be picked, in columns. */
const MARGIN = 4;

/** What a terminal sends for Ctrl-D, which readline takes for the end without saying so. */
const END_OF_TRANSMISSION = 4;

/**
 * Standard input for all questions together: in Deno before 2.7 Node's own loses what is typed after
 * the first one.
 */
class TerminalInput extends Transform {
  readonly isTTY = true;
  readonly #ended = new AbortController();

  constructor() {
    super();
    void Deno.stdin.readable.pipeTo(Writable.toWeb(this)).catch(() => {})
      .finally(() => this.#ended.abort());
  }

  /** Aborts when nothing more is typed. */
  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  /** Whether each key is read as it is pressed, and the terminal shows none. */
  setRawMode(on: boolean): this {
    Deno.stdin.setRaw(on);
    return this;
  }

  override _transform(
    keys: Uint8Array,
    _encoding: string,
    done: (error: null, keys: Uint8Array) => void,
  ): void {
    if (keys.includes(END_OF_TRANSMISSION)) this.#ended.abort();
    done(null, keys);
  }
}

/** What the library needs of a terminal. */
interface Terminal {
  readonly input: TerminalInput;
  readonly output: NodeJS.WriteStream;
  readonly signal: AbortSignal;
}

/**
 * Asks on standard error, as results go to standard output; reads nothing before it asks.
 *
 * @param width gives the columns of the terminal
 */
export function openTerminal(width: () => number): Prompts {
  let input: TerminalInput | undefined;
  const validated = (check: Check) => async (answer: string) => {
    const reason = await check(answer);
    return reason === undefined ? true : broken(reason, width());
  };
  const ask = async <T>(question: (on: Terminal) => Promise<T>, signal?: AbortSignal) => {
    input ??= new TerminalInput();
    const signals = signal === undefined ? [input.ended] : [input.ended, signal];
    return await answered(
      question({ input, output: process.stderr, signal: AbortSignal.any(signals) }),
    );
  };
  return {
    text: async (question, check, shown) => {
      const { default: text } = await import("@inquirer/input");
      const message = broken(question, width());
      const preset = shown === undefined ? {} : { default: shown };
      // A blank at the end comes from pasting, and nobody can see it.
      const validate = validated((answer) => check(answer.trim()));
      return (await ask((on) => text({ message, validate, ...preset }, on))).trim();
    },
    secret: async (question, check) => {
      const { default: password } = await import("@inquirer/password");
      const message = broken(question, width());
      return await ask((on) => password({ message, validate: validated(check), mask: "*" }, on));
    },
    choose: async (question, choices) => {
      const { default: checkbox } = await import("@inquirer/checkbox");
      const message = broken(question, width());
      const items = choices.map(({ value, text, picked }) => ({
        value,
        name: fit(printableLine(text), width() - MARGIN),
        short: printableLine(value),
        checked: picked,
      }));
      return await ask((on) =>
        checkbox({ message, choices: items, pageSize: 15, loop: false }, on)
      );
    },
    confirm: async (question, otherwise, signal) => {
      const { default: confirm } = await import("@inquirer/confirm");
      const message = broken(question, width());
      return await ask((on) => confirm({ message, default: otherwise }, on), signal);
    },
  };
}

/** Breaks a text between words, as the library breaks it anywhere. */
function broken(text: string, width: number): string {
  return wrapped(printableLine(text), width - MARGIN, columns).join("\n");
}

/** Ctrl-C is an answer, too. */
async function answered<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    const isEnd = error instanceof Error && /^(?:Exit|Abort)PromptError$/.test(error.name);
    if (!isEnd) throw error;
    throw new AppError("Interrupted", { exitCode: ExitCode.interrupted, cause: error });
  }
}
