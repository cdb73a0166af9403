/**
 * The command tree. A verb's code is loaded when the verb is called, so that `--version` and
 * `--help` answer at once.
 * @module
 */
import { buildCommand, buildRouteMap } from "@stricli/core";
import { parseShell } from "./completion/scripts.ts";
import { withExamples } from "./help/examples.ts";
import {
  commonFlags,
  countFlag,
  jsonFlag,
  progressFlag,
  repoFlag,
  skipFlag,
  switchFlag,
  textArgument,
  textFlag,
} from "./options/flags.ts";
import { systemdFlags } from "./options/systemd_flags.ts";
import { restoreRoutes } from "./restore_routes.ts";

/** Every verb with its flags, arguments and texts. */
export const routes = buildRouteMap({
  routes: {
    run: buildCommand({
      loader: async () => (await import("./verbs/run.ts")).runVerb,
      parameters: {
        flags: {
          ...commonFlags,
          dryRun: switchFlag("Print the commands that would be run, and change nothing"),
          repo: repoFlag,
          skip: skipFlag,
          progress: progressFlag,
        },
      },
      docs: withExamples("run", "Back up into every repository, check, prune, compact"),
    }),
    checkConfig: buildCommand({
      loader: async () => (await import("./verbs/check_config.ts")).checkConfigVerb,
      parameters: {
        flags: {
          ...commonFlags,
          probe: switchFlag(
            "Ask Borg, repositories, sources, mail server, directories and timer as well",
          ),
          json: jsonFlag,
        },
      },
      docs: withExamples(
        "check-config",
        "Validate the configuration; --probe asks everything that a run depends on",
      ),
    }),
    showConfig: buildCommand({
      loader: async () => (await import("./verbs/show_config.ts")).showConfigVerb,
      parameters: { flags: commonFlags },
      docs: withExamples("show-config", "Print the effective configuration, secrets masked"),
    }),
    init: buildCommand({
      loader: async () => (await import("./verbs/init.ts")).initVerb,
      parameters: { flags: { ...commonFlags, repo: repoFlag } },
      docs: withExamples("init", "Create the repositories that do not exist yet"),
    }),
    status: buildCommand({
      loader: async () => (await import("./verbs/status.ts")).statusVerb,
      parameters: { flags: { ...commonFlags, json: jsonFlag } },
      docs: withExamples(
        "status",
        "Say how old the last good backups are; exit 1 when one is too old",
      ),
    }),
    accept: buildCommand({
      loader: async () => (await import("./verbs/accept.ts")).acceptVerb,
      parameters: {
        flags: { ...commonFlags, reason: textFlag("TEXT", "Why, for the history") },
        positional: {
          kind: "tuple",
          parameters: [textArgument("LABEL", "The repository with the alarms")],
        },
      },
      docs: withExamples(
        "accept",
        "Accept the alarms of a repository, so that it is pruned and compacted again",
      ),
    }),
    history: buildCommand({
      loader: async () => (await import("./verbs/history.ts")).historyVerb,
      parameters: {
        flags: {
          ...commonFlags,
          last: countFlag("Only the last N runs; 20 when listed, 400 when drawn"),
          repo: textFlag("LABEL", "Only this repository, even if it is no longer configured"),
          json: jsonFlag,
          html: textFlag("FILE", "Draw the runs on a page of HTML instead of listing them"),
        },
      },
      docs: withExamples("history", "List the runs of the past, or draw them on a page"),
    }),
    testMail: buildCommand({
      loader: async () => (await import("./verbs/test_mail.ts")).testMailVerb,
      parameters: { flags: commonFlags },
      docs: withExamples("test-mail", "Mail a sample of a good report and one of a bad one"),
    }),
    ...restoreRoutes,
    recover: buildCommand({
      loader: async () => (await import("./verbs/recover.ts")).recoverVerb,
      parameters: { flags: commonFlags },
      docs: withExamples(
        "recover",
        "Clean up after runs that died, as each run does when it starts",
      ),
    }),
    systemd: buildCommand({
      loader: async () => (await import("./verbs/systemd.ts")).systemdVerb,
      parameters: { flags: systemdFlags },
      docs: withExamples("systemd", "Print or write the service and the timer for systemd"),
    }),
    migrate: buildCommand({
      loader: async () => (await import("./verbs/migrate.ts")).migrateVerb,
      parameters: {
        flags: {
          write: textFlag(
            "DIR",
            "Write config.toml and a file for each secret into this directory, readable by root alone",
          ),
        },
        positional: {
          kind: "tuple",
          parameters: [textArgument("OLD.py", "The Python script; it is read, not run")],
        },
      },
      docs: withExamples(
        "migrate",
        "Print the settings of the Python script that autoborg replaces as a configuration",
      ),
    }),
    completions: buildCommand({
      loader: async () => (await import("./verbs/completions.ts")).completionsVerb,
      parameters: {
        flags: {},
        positional: {
          kind: "tuple",
          parameters: [{
            ...textArgument("bash|zsh|fish", "The shell that reads the script"),
            parse: parseShell,
          }],
        },
      },
      docs: withExamples(
        "completions",
        "Print a script that completes commands, flags and names in a shell",
      ),
    }),
    schema: buildCommand({
      loader: async () => (await import("./verbs/schema.ts")).schemaVerb,
      parameters: { flags: {} },
      docs: withExamples("schema", "Print the JSON Schema of the configuration"),
    }),
  },
  docs: {
    brief:
      "Back up a Linux server with BorgBackup and ZFS, unattended, and tell the truth about it",
  },
});
