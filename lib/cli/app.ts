/**
 * Runs a command line: finds the verb in the command tree, and turns what became of it into an exit
 * code.
 * @module
 */
import {
  buildApplication,
  ExitCode as ScannerExitCode,
  run,
  type StricliIntegration,
  text_en,
  version,
} from "@stricli/core";
import { ExitCode } from "../errors.ts";
import { routes } from "./command_tree.ts";
import { withoutUnseen } from "../text/printable.ts";
import { runInteractive } from "../process/interactive_program.ts";
import { runProgram } from "../process/program.ts";
import type { CliContext } from "./context.ts";
import { describeError, exitCodeOfError } from "./describe_error.ts";
import { tellJournal } from "./systemd_journal.ts";
import { outputWidth } from "./terminal.ts";
import { VERSION } from "./version.ts";

/** What a command line works with: the verbs' world, of which the machine may be left out. */
type Outside =
  & Pick<CliContext, "variable" | "print" | "tell" | "catchUncaught">
  & Partial<Pick<CliContext, "start" | "startInteractive" | "streams" | "now">>;

/** The real machine. */
const MACHINE = {
  start: runProgram,
  startInteractive: runInteractive,
  streams: { output: Deno.stdout, error: Deno.stderr },
  now: () => new Date(),
} as const;

/** Runs a command line to its end, and gives the exit code. */
export async function runCommandLine(
  args: readonly string[],
  given: Outside,
): Promise<number> {
  if (args[0] === "completions" && args[1] === "propose") {
    const { propose } = await import("./completion/propose.ts");
    await propose(routes, args.slice(2), given);
    return ExitCode.ok;
  }
  // Names of files that turn or hide text get no further than here, whoever prints them.
  const print = (text: string) => given.print(withoutUnseen(text));
  const visible = {
    ...MACHINE,
    ...given,
    print,
    tell: (text: string) => given.tell(withoutUnseen(text)),
  };
  const outside = { ...visible, tell: tellJournal(visible) };
  let code: number = ExitCode.ok;
  let helpText = "";
  const process: { stdout: Writer; stderr: Writer; exitCode?: number | string | null } = {
    stdout: { write: outside.print },
    stderr: { write: outside.tell },
  };
  const application = buildApplication(routes, {
    name: "autoborg",
    scanner: { caseStyle: "allow-kebab-for-camel", allowArgumentEscapeSequence: true },
    documentation: { caseStyle: "convert-camel-to-kebab", disableAnsiColor: true },
    localization: {
      loadText: () => ({ ...text_en, exceptionWhileRunningCommand: describeError }),
    },
    determineExitCode: exitCodeOfError,
  }, {
    help: help((text) => helpText = text),
    version: version({ brief: "", info: { currentVersion: VERSION } }),
  });
  const context: CliContext = { ...outside, process, end: (given) => code = given };
  await run(application, withHelpAsFlag(args), context);
  // Stricli takes what goes wrong with a help for a mistake of the program, and prints its place.
  if (helpText !== "") outside.print(helpText);
  return ownExitCode(process.exitCode, code);
}

/** `--help`, `-h`; and what is printed when there is no verb. */
function help(give: (text: string) => void): StricliIntegration<CliContext> {
  return {
    flag: {
      brief: "",
      aliases: ["h"],
      global: true,
      defaultForRouteMap: true,
      async run(_application, { result: { target, prefix } }) {
        const { helpOf } = await import("./help/help.ts");
        // Lines that are longer than this are hard to read.
        const width = Math.min(outputWidth(), 100);
        give(helpOf(target, prefix.at(-1) ?? "", width));
      },
    },
  };
}

/** `autoborg help VERB` is what people try first. */
function withHelpAsFlag(args: readonly string[]): readonly string[] {
  return args[0] === "help" ? [...args.slice(1), "--help"] : args;
}

interface Writer {
  write(text: string): void;
}

/** Stricli's own errors have negative exit codes; those of a wrong command line are ours. */
function ownExitCode(given: number | string | null | undefined, code: number): number {
  if (given === ScannerExitCode.InvalidArgument || given === ScannerExitCode.UnknownCommand) {
    return ExitCode.usage;
  }
  const known = Object.values(ExitCode).find((value) => value === given);
  if (known === undefined) return ExitCode.failed;
  return known === ExitCode.ok ? code : known;
}
