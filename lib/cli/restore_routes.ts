/**
 * The verbs that read archives, as a part of the command tree.
 *
 * @module
 */
import { buildCommand } from "@stricli/core";
import { withExamples } from "./help/examples.ts";
import { commonFlags, jsonFlag, progressFlag } from "./options/flags.ts";
import {
  allFlag,
  archiveFlag,
  contentFlag,
  filesFlag,
  lastArchivesFlag,
  readingFlags,
  restoreFlags,
} from "./options/restore_flags.ts";

const text = (input: string) => input;

/** A positional argument of text. */
function positional(placeholder: string, brief: string) {
  return { parse: text, placeholder, brief };
}

/** The verbs, in the order in which the help shows them. */
export const restoreRoutes = {
  list: buildCommand({
    loader: async () => (await import("./verbs/list.ts")).listVerb,
    parameters: {
      flags: { ...readingFlags, all: allFlag, json: jsonFlag },
      positional: {
        kind: "tuple",
        parameters: [
          { ...positional("archive", 'An archive, or "latest"'), optional: true },
          { ...positional("path", "A path or a glob in it"), optional: true },
        ],
      },
    },
    docs: withExamples("list", {
      brief: "List the archives of all repositories side by side, or what is in one",
    }),
  }),
  find: buildCommand({
    loader: async () => (await import("./verbs/find.ts")).findVerb,
    parameters: {
      flags: {
        ...readingFlags,
        last: lastArchivesFlag,
        all: allFlag,
        content: contentFlag,
        json: jsonFlag,
      },
      positional: {
        kind: "tuple",
        parameters: [positional("pattern", 'A name, a path or a glob, such as "*.conf"')],
      },
    },
    docs: withExamples("find", {
      brief: "Find in which archives a file is, and how to get each version of it back",
    }),
  }),
  restore: buildCommand({
    loader: async () => (await import("./verbs/restore.ts")).restoreVerb,
    parameters: {
      flags: restoreFlags,
      positional: {
        kind: "array",
        parameter: positional("path", "A path or a glob in the archive; /: everything"),
        minimum: 1,
      },
    },
    docs: withExamples("restore", {
      brief: "Bring files back; nothing is overwritten unless it is asked for",
    }),
  }),
  verify: buildCommand({
    loader: async () => (await import("./verbs/verify.ts")).verifyVerb,
    parameters: {
      flags: { ...readingFlags, archive: archiveFlag, files: filesFlag, progress: progressFlag },
    },
    docs: withExamples("verify", {
      brief: "Read files back from an archive and compare them with their source",
    }),
  }),
  borg: buildCommand({
    loader: async () => (await import("./verbs/borg.ts")).borgVerb,
    parameters: {
      flags: commonFlags,
      positional: {
        kind: "array",
        parameter: positional(
          "label -- argument",
          "The label of a repository, --, and what Borg shall do",
        ),
        minimum: 1,
      },
    },
    docs: withExamples("borg", {
      brief: "Run any command of Borg with a repository's key, passphrase and SSH key",
    }),
  }),
  mount: buildCommand({
    loader: async () => (await import("./verbs/mount.ts")).mountVerb,
    parameters: {
      flags: { ...commonFlags, archive: { ...archiveFlag, default: "all" } },
      positional: {
        kind: "tuple",
        parameters: [
          positional("label", "The label of a repository"),
          positional("directory", "An empty directory"),
        ],
      },
    },
    docs: withExamples("mount", {
      brief: "Show archives as directories, to look into them; needs FUSE",
    }),
  }),
  umount: buildCommand({
    loader: async () => (await import("./verbs/mount.ts")).umountVerb,
    parameters: {
      flags: commonFlags,
      positional: {
        kind: "tuple",
        parameters: [positional("directory", "The directory that was given to mount")],
      },
    },
    docs: withExamples("umount", { brief: "Take away what mount has made" }),
  }),
};
