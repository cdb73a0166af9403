/**
 * The command tree. A verb's code is loaded when the verb is called, so that `--version` and
 * `--help` answer at once.
 *
 * @module
 */
import {
  buildApplication,
  buildCommand,
  buildRouteMap,
  ExitCode as ScannerExitCode,
  run,
  text_en,
} from "@stricli/core";
import { AppError, ExitCode } from "../errors.ts";
import type { CliContext } from "./context.ts";
import { describeError } from "./describe_error.ts";
import {
  commonFlags,
  htmlFlag,
  jsonFlag,
  lastFlag,
  oneRepoFlag,
  progressFlag,
  repoFlag,
  skipFlag,
} from "./flags.ts";
import { tellJournal } from "./journal.ts";
import { restoreRoutes } from "./restore_routes.ts";
import { VERSION } from "./version.ts";

const routes = buildRouteMap({
  routes: {
    run: buildCommand({
      loader: async () => (await import("./run.ts")).runVerb,
      parameters: {
        flags: {
          ...commonFlags,
          dryRun: {
            kind: "boolean",
            default: false,
            withNegated: false,
            brief: "Print the commands that would be run, and change nothing",
          },
          acceptShrink: {
            kind: "boolean",
            default: false,
            withNegated: false,
            brief: "It is right that the new archive is much smaller than the last one",
          },
          repo: repoFlag,
          skip: skipFlag,
          progress: progressFlag,
        },
      },
      docs: {
        brief: "Back up into every repository, check, prune, compact",
        customUsage: ["[--config FILE] [--dry-run] [--repo LABEL]... [--skip STEP,...]"],
      },
    }),
    checkConfig: buildCommand({
      loader: async () => (await import("./check_config.ts")).checkConfigVerb,
      parameters: { flags: commonFlags },
      docs: { brief: "Validate the configuration and say what a run would do" },
    }),
    showConfig: buildCommand({
      loader: async () => (await import("./show_config.ts")).showConfigVerb,
      parameters: { flags: commonFlags },
      docs: { brief: "Print the effective configuration, secrets masked" },
    }),
    init: buildCommand({
      loader: async () => (await import("./init.ts")).initVerb,
      parameters: { flags: { ...commonFlags, repo: repoFlag } },
      docs: { brief: "Create the repositories that do not exist yet" },
    }),
    status: buildCommand({
      loader: async () => (await import("./status.ts")).statusVerb,
      parameters: { flags: { ...commonFlags, json: jsonFlag } },
      docs: { brief: "Say how old the last good backups are; exit 1 when one is too old" },
    }),
    history: buildCommand({
      loader: async () => (await import("./history.ts")).historyVerb,
      parameters: {
        flags: {
          ...commonFlags,
          last: lastFlag,
          repo: oneRepoFlag,
          json: jsonFlag,
          html: htmlFlag,
        },
      },
      docs: { brief: "List the runs of the past, or draw them on a page" },
    }),
    testMail: buildCommand({
      loader: async () => (await import("./test_mail.ts")).testMailVerb,
      parameters: { flags: commonFlags },
      docs: { brief: "Mail a sample of a good report and one of a bad one" },
    }),
    ...restoreRoutes,
    recover: buildCommand({
      loader: async () => (await import("./recover.ts")).recoverVerb,
      parameters: { flags: commonFlags },
      docs: { brief: "Clean up after runs that died, as each run does when it starts" },
    }),
    schema: buildCommand({
      loader: async () => (await import("./schema.ts")).schemaVerb,
      parameters: { flags: {} },
      docs: { brief: "Print the JSON Schema of the configuration" },
    }),
  },
  docs: {
    brief:
      "Back up a Linux server with BorgBackup and ZFS, unattended, and tell the truth about it",
  },
});

/**
 * Runs a command line to its end.
 *
 * @param args the arguments, without the program's name
 * @param given how to read the environment and where to write to
 * @returns the exit code
 */
export async function runCommandLine(
  args: readonly string[],
  given: Pick<CliContext, "variable" | "print" | "tell">,
): Promise<number> {
  const outside = { ...given, tell: tellJournal(given) };
  let code: number = ExitCode.ok;
  const process: { stdout: Writer; stderr: Writer; exitCode?: number | string | null } = {
    stdout: { write: outside.print },
    stderr: { write: outside.tell },
  };
  const application = buildApplication(routes, {
    name: "autoborg",
    versionInfo: { currentVersion: VERSION },
    scanner: { caseStyle: "allow-kebab-for-camel", allowArgumentEscapeSequence: true },
    documentation: {
      caseStyle: "convert-camel-to-kebab",
      disableAnsiColor: true,
      useAliasInUsageLine: true,
    },
    localization: {
      loadText: () => ({ ...text_en, exceptionWhileRunningCommand: describeError }),
    },
    determineExitCode: (error) => error instanceof AppError ? error.exitCode : ExitCode.failed,
  });
  const context: CliContext = { ...outside, process, end: (given) => code = given };
  await run(application, args.length === 0 ? ["--help"] : args, context);
  return ownExitCode(process.exitCode, code);
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
