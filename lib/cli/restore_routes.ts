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
      flags: {
        ...readingFlags,
        all: allFlag,
        json: jsonFlag,
        database: textFlag("LABEL/NAME", "List the dumps of this database"),
        retention: switchFlag(
          "List what prune would keep, by which rule, and what it would remove",
        ),
      },
      positional: {
        kind: "tuple",
        parameters: [
          { ...textArgument("archive", 'Archive name, or "latest"'), optional: true },
          { ...textArgument("path", "Path or glob in the archive"), optional: true },
        ],
      },
    },
    docs: withExamples("list", "List the archives of all repositories, or the contents of one"),
  }),
  find: buildCommand({
    loader: async () => (await import("./verbs/find.ts")).findVerb,
    parameters: {
      flags: {
        ...readingFlags,
        last: countFlag("Search only the newest N archives; each is read once and remembered"),
        all: allFlag,
        content: switchFlag("Read every match, to tell its versions apart by content"),
        json: jsonFlag,
      },
      positional: {
        kind: "tuple",
        parameters: [textArgument("pattern", 'Name, path or glob, such as "*.conf"')],
      },
    },
    docs: withExamples("find", "Find which archives contain a file, and how to restore it"),
  }),
  restore: buildCommand({
    loader: async () => (await import("./verbs/restore.ts")).restoreVerb,
    parameters: {
      flags: {
        ...readingFlags,
        database: textFlag(
          "LABEL/NAME",
          "Restore a database instead of files: label of [[databases]], and its name",
        ),
        into: textFlag(
          "NEWNAME",
          "With --database: restore into this database, which must be new; for SQLite a path",
        ),
        archive: archiveFlag,
        at: textFlag(
          "TIME",
          'Newest archive from before this local time, such as "2026-11-20 08:00"',
        ),
        to: textFlag(
          "DIR",
          "Target directory; default: a new directory named after the archive; with --database: " +
            "file to write the dump to",
        ),
        overwrite: switchFlag(
          "Overwrite existing files, in place if --to is missing, or an existing database; without " +
            "it nothing is restored when one exists",
        ),
        allowShared: switchFlag("Allow target directories that other users can change"),
        numericIds: switchFlag("Restore numeric user and group ids; for use from a rescue system"),
        dryRun: switchFlag("List what would be restored; write nothing"),
        yes: switchFlag("Overwrite without asking"),
        progress: progressFlag,
      },
      positional: {
        kind: "array",
        parameter: textArgument("path", "Path or glob in the archive; /: everything"),
        minimum: 0,
      },
    },
    docs: withExamples("restore", "Restore files or databases; nothing is overwritten unasked"),
  }),
  verify: buildCommand({
    loader: async () => (await import("./verbs/verify.ts")).verifyVerb,
    parameters: {
      flags: { ...readingFlags, archive: archiveFlag, files: filesFlag, progress: progressFlag },
    },
    docs: withExamples("verify", "Read files back from an archive; compare them with their source"),
  }),
  borg: buildCommand({
    loader: async () => (await import("./verbs/borg.ts")).borgVerb,
    parameters: {
      flags: commonFlags,
      positional: {
        kind: "array",
        parameter: textArgument(
          "label -- argument",
          "Label of a repository, --, and the command of Borg",
        ),
        minimum: 1,
      },
    },
    docs: withExamples(
      "borg",
      "Run any Borg command with a repository's key, passphrase and SSH key",
    ),
  }),
  mount: buildCommand({
    loader: async () => (await import("./verbs/mount.ts")).mountVerb,
    parameters: {
      flags: { ...commonFlags, archive: { ...archiveFlag, default: "all" } },
      positional: {
        kind: "tuple",
        parameters: [
          textArgument("label", "Label of a repository"),
          textArgument("directory", "Empty directory, created if missing"),
        ],
      },
    },
    docs: withExamples("mount", "Mount archives as directories to browse them; needs FUSE"),
  }),
  umount: buildCommand({
    loader: async () => (await import("./verbs/mount.ts")).umountVerb,
    parameters: {
      flags: commonFlags,
      positional: {
        kind: "tuple",
        parameters: [textArgument("directory", "Directory that was given to mount")],
      },
    },
    docs: withExamples("umount", "Unmount what mount mounted"),
  }),
};
