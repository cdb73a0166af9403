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
import { verbsOf } from "./help/verb_tree.ts";
import { type CommandLine, configIn, readCommandLine } from "./options/typed_line.ts";
import { usageError, withHelpHint } from "./options/usage_error.ts";
import { withRootHint } from "./root_hint.ts";
import { withoutUnseen } from "../text/printable.ts";
import { runInteractive } from "../process/interactive_program.ts";
import { startStreamed } from "../process/streamed_program.ts";
import { runProgram } from "../process/program.ts";
import { inhibitSleep } from "../process/sleep_inhibitor.ts";
import { chosenConfig, type CliContext } from "./context.ts";
import { describeError, exitCodeOfError } from "./describe_error.ts";
import type { Edition } from "./manual/command_manual.ts";
import { tellJournal } from "./systemd_journal.ts";
import { completeArguments } from "./typed_arguments.ts";
import type { Prompts } from "./prompts.ts";
import { outputWidth, terminalSize } from "./terminal.ts";
import { VERSION } from "./version.ts";

/** What a command line works with: the verbs' world, of which the machine may be left out. */
type Outside =
  & Pick<CliContext, "variable" | "print" | "tell" | "catchUncaught">
  & Partial<
    Pick<
      CliContext,
      "start" | "startStream" | "startInteractive" | "inhibitSleep" | "streams" | "prompts" | "now"
    >
  >
  & {
    /** Who runs the program. */
    readonly uid?: number;
    /** The day on which the executable was made, for the manual page. */
    readonly builtOn?: string;
  };

/** The real machine. */
const MACHINE = {
  start: runProgram,
  startStream: startStreamed,
  startInteractive: runInteractive,
  inhibitSleep,
  streams: { input: Deno.stdin, output: Deno.stdout, error: Deno.stderr },
  prompts: openPrompts,
  now: () => new Date(),
} as const;

/** Loaded only now: few verbs ask anything. */
async function openPrompts(): Promise<Prompts | undefined> {
  const isTerminal = Deno.stdin.isTerminal() && Deno.stderr.isTerminal();
  if (!isTerminal || Deno.env.get("TERM") === "dumb") return undefined;
  return (await import("./prompts.ts")).openTerminal(() => terminalSize().columns);
}

/** Runs a command line to its end, and gives the exit code. */
export async function runCommandLine(args: readonly string[], given: Outside): Promise<number> {
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
  // So that the hints of a wrong command line name the configuration, too.
  const { path } = chosenConfig(outside, configIn(args));
  let typed: CommandLine;
  try {
    const edition = { version: VERSION, date: given.builtOn ?? "" };
    const page = args[0] === "help" ? await printedHelp(args.slice(1), edition) : undefined;
    if (page !== undefined) {
      outside.print(page);
      return ExitCode.ok;
    }
    typed = await completeArguments(readCommandLine(verbsOf(routes), args), path);
  } catch (error) {
    outside.tell(`${describeError(error)}\n`);
    return exitCodeOfError(error);
  }
  return await runWords(typed, outside, given.uid ?? Deno.uid());
}

/** Loaded only now: few ask for a page. */
async function printedHelp(args: readonly string[], edition: Edition): Promise<string | undefined> {
  return await (await import("./manual/printed_page.ts")).printedPage(args, edition);
}

/** Runs a command line that has only names of the command tree. */
async function runWords(
  { verb, words }: CommandLine,
  outside: Omit<CliContext, "process" | "end">,
  uid: number | null,
): Promise<number> {
  let code: number = ExitCode.ok;
  let helpText = "";
  const process: { stdout: Writer; stderr: Writer; exitCode?: number | string | null } = {
    stdout: { write: outside.print },
    stderr: { write: outside.tell },
  };
  const described = (thrown: unknown) =>
    describeError(withHelpHint(withRootHint(thrown, uid, words), verb));
  const application = buildApplication(routes, {
    name: "autoborg",
    scanner: { caseStyle: "allow-kebab-for-camel", allowArgumentEscapeSequence: true },
    documentation: { caseStyle: "convert-camel-to-kebab", disableAnsiColor: true },
    localization: {
      loadText: () => ({
        ...text_en,
        exceptionWhileParsingArguments: (thrown) =>
          described(verb === undefined ? thrown : usageError(thrown, verb, words)),
        exceptionWhileRunningCommand: described,
      }),
    },
    determineExitCode: exitCodeOfError,
  }, {
    help: help((text) => helpText = text),
    version: version({ brief: "", info: { currentVersion: VERSION } }),
  });
  const context: CliContext = { ...outside, process, end: (given) => code = given };
  await run(application, words, context);
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
