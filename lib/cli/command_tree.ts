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
  readingFlags,
  repoFlag,
  skipFlag,
  switchFlag,
  textArgument,
  textFlag,
} from "./options/flags.ts";
import { setupFlags } from "./options/setup_flags.ts";
import { systemdFlags } from "./options/systemd_flags.ts";
import { restoreRoutes } from "./restore_routes.ts";

/** Every verb with its flags, arguments and texts. */
export const routes = buildRouteMap({
  routes: {
    setup: buildCommand({
      loader: async () => (await import("./verbs/setup.ts")).setupVerb,
      parameters: { flags: setupFlags },
      docs: withExamples("setup", "Write a configuration from your answers, make the first backup"),
    }),
    run: buildCommand({
      loader: async () => (await import("./verbs/run.ts")).runVerb,
      parameters: {
        flags: {
          ...commonFlags,
          dryRun: switchFlag("Print the commands that would be run; change nothing"),
          list: switchFlag(
            "With --dry-run: list the files to back up, and why others are excluded",
          ),
          repo: repoFlag,
          skip: skipFlag,
          progress: progressFlag,
        },
      },
      docs: withExamples("run", "Back up to every repository, then check, prune and compact"),
    }),
    checkConfig: buildCommand({
      loader: async () => (await import("./verbs/check_config.ts")).checkConfigVerb,
      parameters: {
        flags: {
          ...commonFlags,
          probe: switchFlag(
            "Also test Borg, repositories, sources, mail server, directories and timer",
          ),
          json: jsonFlag,
        },
      },
      docs: withExamples(
        "check-config",
        "Validate the configuration; --probe also tests what a run needs",
      ),
    }),
    showConfig: buildCommand({
      loader: async () => (await import("./verbs/show_config.ts")).showConfigVerb,
      parameters: { flags: commonFlags },
      docs: withExamples(
        "show-config",
        "Print the effective configuration and where secrets come from",
      ),
    }),
    init: buildCommand({
      loader: async () => (await import("./verbs/init.ts")).initVerb,
      parameters: {
        flags: {
          ...commonFlags,
          repo: repoFlag,
          anew: switchFlag("Create an empty repository even where archives are known to have been"),
        },
      },
      docs: withExamples("init", "Create the repositories that do not exist yet"),
    }),
    status: buildCommand({
      loader: async () => (await import("./verbs/status.ts")).statusVerb,
      parameters: {
        flags: {
          ...commonFlags,
          json: jsonFlag,
          notify: switchFlag("Also tell [[notify]] and [mail] what changed; for a timer"),
        },
      },
      docs: withExamples(
        "status",
        "Show the age of the last good backups; exit 1 if one is too old",
      ),
    }),
    accept: buildCommand({
      loader: async () => (await import("./verbs/accept.ts")).acceptVerb,
      parameters: {
        flags: { ...commonFlags, reason: textFlag("TEXT", "Reason, recorded in the history") },
        positional: {
          kind: "tuple",
          parameters: [textArgument("LABEL", "Repository with the alarms")],
        },
      },
      docs: withExamples("accept", "Accept the alarms of a repository; prune and compact resume"),
    }),
    key: buildCommand({
      loader: async () => (await import("./verbs/key.ts")).keyVerb,
      parameters: {
        flags: readingFlags,
        positional: {
          kind: "array",
          parameter: textArgument(
            "export|check FILE",
            "export, and a directory for copies of the keys; or check, and the copies to check",
          ),
          minimum: 1,
        },
      },
      docs: withExamples("key", "Export the keys of the repositories, or check exported copies"),
    }),
    pin: buildCommand({
      loader: async () => (await import("./verbs/pin.ts")).pinVerb,
      parameters: {
        flags: {
          ...readingFlags,
          reason: textFlag("TEXT", "Why it is kept; shown wherever the pin is"),
          remove: switchFlag("Unpin it; retention decides about the archive again"),
        },
        positional: {
          kind: "tuple",
          parameters: [textArgument("archive", 'Archive name, or "latest"')],
        },
      },
      docs: withExamples("pin", "Keep an archive whatever retention says, or no longer"),
    }),
    history: buildCommand({
      loader: async () => (await import("./verbs/history.ts")).historyVerb,
      parameters: {
        flags: {
          ...commonFlags,
          last: countFlag("Only the last N runs; default: 20, or 400 with --html"),
          repo: textFlag("LABEL", "Only this repository, even if it is no longer configured"),
          json: jsonFlag,
          html: textFlag("FILE", "Write an HTML page with charts instead of printing a list"),
        },
      },
      docs: withExamples("history", "List past runs, or chart them on an HTML page"),
    }),
    testNotify: buildCommand({
      loader: async () => (await import("./verbs/test_notify.ts")).testNotifyVerb,
      parameters: {
        flags: commonFlags,
        positional: {
          kind: "tuple",
          parameters: [{
            ...textArgument("CHANNEL", "Only this channel, by its label; mail: the table [mail]"),
            optional: true,
          }],
        },
      },
      docs: withExamples("test-notify", "Send a good and a bad sample report"),
    }),
    ...restoreRoutes,
    recover: buildCommand({
      loader: async () => (await import("./verbs/recover.ts")).recoverVerb,
      parameters: {
        flags: {
          ...commonFlags,
          services: switchFlag("Only start services that a crashed run left stopped"),
        },
      },
      docs: withExamples("recover", "Clean up after crashed runs, as each run does when it starts"),
    }),
    systemd: buildCommand({
      loader: async () => (await import("./verbs/systemd.ts")).systemdVerb,
      parameters: { flags: systemdFlags },
      docs: withExamples("systemd", "Print or install the systemd service and timer"),
    }),
    migrate: buildCommand({
      loader: async () => (await import("./verbs/migrate.ts")).migrateVerb,
      parameters: {
        flags: {
          write: textFlag(
            "DIR",
            "Write config.toml and one file per secret to this directory, readable by root only",
          ),
        },
        positional: {
          kind: "tuple",
          parameters: [textArgument("OLD.py", "Python script; it is read, not run")],
        },
      },
      docs: withExamples(
        "migrate",
        "Convert the settings of the Python script that autoborg replaces to a configuration",
      ),
    }),
    completions: buildCommand({
      loader: async () => (await import("./verbs/completions.ts")).completionsVerb,
      parameters: {
        flags: {},
        positional: {
          kind: "tuple",
          parameters: [{
            ...textArgument("bash|zsh|fish", "Shell that the script is for"),
            parse: parseShell,
          }],
        },
      },
      docs: withExamples("completions", "Print the completion script for a shell"),
    }),
    schema: buildCommand({
      loader: async () => (await import("./verbs/schema.ts")).schemaVerb,
      parameters: { flags: {} },
      docs: withExamples("schema", "Print the JSON Schema of the configuration"),
    }),
  },
  docs: { brief: "Back up a Linux server with BorgBackup and ZFS, and tell the truth about it" },
});
