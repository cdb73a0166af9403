/** The verbs that read archives, as a part of the command tree. @module */
import { buildCommand } from "@stricli/core";
import { withExamples } from "./help/examples.ts";
import {
  allFlag,
  archiveFlag,
  commonFlags,
  countFlag,
  filesFlag,
  jsonFlag,
  progressFlag,
  readingFlags,
  switchFlag,
  textArgument,
  textFlag,
} from "./options/flags.ts";

/** The verbs, in the order in which the help shows them. */
export const restoreRoutes = {
  list: buildCommand({
    loader: async () => (await import("./verbs/list.ts")).listVerb,
    parameters: {
      flags: { ...readingFlags, all: allFlag, json: jsonFlag },
      positional: {
        kind: "tuple",
        parameters: [
          { ...textArgument("archive", 'An archive, or "latest"'), optional: true },
          { ...textArgument("path", "A path or a glob in it"), optional: true },
        ],
      },
    },
    docs: withExamples(
      "list",
      "List the archives of all repositories side by side, or what is in one",
    ),
  }),
  find: buildCommand({
    loader: async () => (await import("./verbs/find.ts")).findVerb,
    parameters: {
      flags: {
        ...readingFlags,
        last: countFlag(
          "Look only into the newest N archives; each one costs a look into a repository",
        ),
        all: allFlag,
        content: switchFlag(
          "Read every file that is found, to tell its versions apart by their content",
        ),
        json: jsonFlag,
      },
      positional: {
        kind: "tuple",
        parameters: [textArgument("pattern", 'A name, a path or a glob, such as "*.conf"')],
      },
    },
    docs: withExamples(
      "find",
      "Find in which archives a file is, and how to get each version of it back",
    ),
  }),
  restore: buildCommand({
    loader: async () => (await import("./verbs/restore.ts")).restoreVerb,
    parameters: {
      flags: {
        ...readingFlags,
        archive: archiveFlag,
        at: textFlag(
          "TIME",
          'The newest archive that is not after this local time, such as "2026-11-20 08:00"',
        ),
        to: textFlag(
          "DIR",
          "Where to; else a new directory with the archive's name, in the working directory",
        ),
        overwrite: switchFlag("Replace what is there already; else nothing is restored then"),
        allowShared: switchFlag("Restore also into directories that other users can change"),
        numericIds: switchFlag(
          "Owners by their numbers instead of their names: from a rescue system",
        ),
        dryRun: switchFlag("List what would be restored, and write nothing"),
        progress: progressFlag,
      },
      positional: {
        kind: "array",
        parameter: textArgument("path", "A path or a glob in the archive; /: everything"),
        minimum: 1,
      },
    },
    docs: withExamples(
      "restore",
      "Bring files back; nothing is overwritten unless it is asked for",
    ),
  }),
  verify: buildCommand({
    loader: async () => (await import("./verbs/verify.ts")).verifyVerb,
    parameters: {
      flags: { ...readingFlags, archive: archiveFlag, files: filesFlag, progress: progressFlag },
    },
    docs: withExamples(
      "verify",
      "Read files back from an archive and compare them with their source",
    ),
  }),
  borg: buildCommand({
    loader: async () => (await import("./verbs/borg.ts")).borgVerb,
    parameters: {
      flags: commonFlags,
      positional: {
        kind: "array",
        parameter: textArgument(
          "label -- argument",
          "The label of a repository, --, and what Borg shall do",
        ),
        minimum: 1,
      },
    },
    docs: withExamples(
      "borg",
      "Run any command of Borg with a repository's key, passphrase and SSH key",
    ),
  }),
  mount: buildCommand({
    loader: async () => (await import("./verbs/mount.ts")).mountVerb,
    parameters: {
      flags: { ...commonFlags, archive: { ...archiveFlag, default: "all" } },
      positional: {
        kind: "tuple",
        parameters: [
          textArgument("label", "The label of a repository"),
          textArgument("directory", "An empty directory"),
        ],
      },
    },
    docs: withExamples("mount", "Show archives as directories, to look into them; needs FUSE"),
  }),
  umount: buildCommand({
    loader: async () => (await import("./verbs/mount.ts")).umountVerb,
    parameters: {
      flags: commonFlags,
      positional: {
        kind: "tuple",
        parameters: [textArgument("directory", "The directory that was given to mount")],
      },
    },
    docs: withExamples("umount", "Take away what mount has made"),
  }),
};
