/**
 * What the verbs of the command line work with: the world outside, as far as they may see it.
 * @module
 */
import { dirname } from "node:path";
import type { CommandContext } from "@stricli/core";
import { type InheritedEnvironment, PASSED_ON } from "../borg/environment.ts";
import type { StartInteractive } from "../process/interactive_program.ts";
import type { StartProgram } from "../process/program.ts";
import type { StartStream } from "../process/streamed_program.ts";
import type { inhibitSleep } from "../process/sleep_inhibitor.ts";
import type { OnUncaught } from "../backup/session.ts";
import type { LoadedConfig, LoadEnvironment } from "../config/load.ts";
import type { Prompts } from "./prompts.ts";
import type { OutputStream } from "./steady_terminal.ts";
import { DEFAULT_CONFIG, nameConfig } from "../text/own_command.ts";

/** Reads a variable of the environment. */
export type ReadVariable = (name: string) => string | undefined;

/** A stream that may be a terminal, and may go away. */
export interface TerminalStream extends OutputStream {
  isTerminal(): boolean;
}

/** What every verb gets as `this`. */
export interface CliContext extends CommandContext {
  readonly variable: ReadVariable;
  /** Starts programs: Borg, ZFS, mounts, hooks. */
  readonly start: StartProgram;
  /** Starts programs whose output is data. */
  readonly startStream: StartStream;
  /** Starts programs that a person works with. */
  readonly startInteractive: StartInteractive;
  /** Keeps the machine from being suspended while something long is going on, if it can be. */
  readonly inhibitSleep: typeof inhibitSleep;
  /** Standard input, output and error, for what must know whether they are terminals. */
  readonly streams: {
    readonly input: Pick<TerminalStream, "isTerminal">;
    readonly output: TerminalStream;
    readonly error: TerminalStream;
  };
  /** Gives the one who asks questions; `undefined`: there is no terminal to ask on. */
  readonly prompts: () => Promise<Prompts | undefined>;
  /** The clock on the wall. */
  readonly now: () => Date;
  /** Writes what was asked for: standard output. */
  readonly print: (text: string) => void;
  /** Writes messages: standard error. */
  readonly tell: (text: string) => void;
  /**
   * Sets the exit code of a verb that ended as it should, but with something to say. It is one of
   * `ExitCode`, but for `borg`, whose exit code is Borg's.
   */
  readonly end: (code: number) => void;
  /**
   * Hands over errors that nothing catches, until what it returns is disposed of; without it they
   * end the process.
   */
  readonly catchUncaught: (handler: OnUncaught) => Disposable;
}

/** The flags that every verb has. */
export interface CommonFlags {
  readonly config?: string;
  readonly color: boolean;
}

/** Loads the configuration that a verb was told to use; throws a ConfigError when it can't. */
export async function loadChosenConfig(
  context: CliContext,
  flags: CommonFlags,
): Promise<LoadedConfig> {
  const { path, environment } = chosenConfig(context, flags);
  // Loaded only now: `--version` and `--help` need no validation library.
  const { loadConfig } = await import("../config/load.ts");
  return await loadConfig(path, environment);
}

/** Which configuration a verb was told to use. Commands in hints name it from then on. */
export function chosenConfig(
  context: Pick<CliContext, "variable">,
  flags: Pick<CommonFlags, "config">,
  otherwise: string = DEFAULT_CONFIG,
): { readonly path: string; readonly environment: LoadEnvironment } {
  const path = flags.config ?? nonEmpty(context.variable("AUTOBORG_CONFIG")) ?? otherwise;
  nameConfig(path, Deno.uid() !== 0 && isOfRoot(path));
  const credentialsDirectory = nonEmpty(context.variable("CREDENTIALS_DIRECTORY"));
  return { path, environment: credentialsDirectory === undefined ? {} : { credentialsDirectory } };
}

/**
 * Whether a configuration can't be seen by a plain user, or belongs to root; of one that does not
 * exist, whether only root could create it.
 */
export function isOfRoot(path: string): boolean {
  try {
    return Deno.statSync(path).uid === 0;
  } catch (error) {
    if (error instanceof Deno.errors.PermissionDenied) return true;
    const above = dirname(path);
    return error instanceof Deno.errors.NotFound && above !== path && isClosed(above);
  }
}

/** Whether a directory, or the nearest one above it that exists, is writable only by root. */
function isClosed(directory: string): boolean {
  try {
    const { uid, mode } = Deno.statSync(directory);
    return uid === 0 && ((mode ?? 0) & 0o002) === 0;
  } catch {
    const above = dirname(directory);
    return above === directory || isClosed(above);
  }
}

/** The environment of the programs that look at the machine. */
export function searchPath(variable: ReadVariable): Readonly<Record<string, string>> {
  const path = variable("PATH");
  return path === undefined ? {} : { PATH: path };
}

/** Our own environment, as far as Borg may see it. */
export function inheritedEnvironment(variable: ReadVariable): InheritedEnvironment {
  const entries = PASSED_ON.flatMap((name) => {
    const value = variable(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(entries);
}

function nonEmpty(value: string | undefined): string | undefined {
  return value === "" ? undefined : value;
}
