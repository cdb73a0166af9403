/**
 * The world outside of the verbs, of which nothing is real but the files.
 *
 * @module
 */
import assert from "node:assert/strict";
import { runCommandLine } from "../../lib/cli/app.ts";
import type { CliContext } from "../../lib/cli/context.ts";
import type { ProgramsDouble } from "../process/double.ts";

/** When it is, for the verbs of the tests. */
export const NOW = new Date("2026-11-22T04:00:00Z");

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
    attend: ({ program }) => assert.fail(`nobody asked for ${program}`),
    now: () => NOW,
    print() {},
    tell() {},
    end() {},
    catchUncaught: () => new DisposableStack(),
    ...different,
  };
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
 */
export async function runWith(
  args: readonly string[],
  programs: Pick<ProgramsDouble, "start" | "attend">,
  variables: Readonly<Record<string, string>> = {},
): Promise<Said> {
  let out = "";
  let err = "";
  const code = await runCommandLine(args, {
    ...contextWith(),
    start: programs.start,
    attend: programs.attend,
    variable: (name) => variables[name],
    print: (text) => void (out += text),
    tell: (text) => void (err += text),
  });
  return { code, out, err };
}
