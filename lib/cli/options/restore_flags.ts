/**
 * Flags of the verbs that read archives.
 *
 * @module
 */
import { commonFlags, progressFlag, repoFlag } from "./flags.ts";

const text = (input: string) => input;

/** The flags that all of them have. */
export const readingFlags = { ...commonFlags, repo: repoFlag } as const;

/** Picks an archive. */
export const archiveFlag = {
  kind: "parsed",
  parse: text,
  default: "latest",
  placeholder: "NAME",
  brief: "The archive; latest: the newest one of this configuration",
} as const;

/** The flags of `restore`. */
export const restoreFlags = {
  ...readingFlags,
  archive: archiveFlag,
  at: {
    kind: "parsed",
    parse: text,
    optional: true,
    placeholder: "TIME",
    brief: 'The newest archive that is not after this local time, such as "2026-11-20 08:00"',
  },
  to: {
    kind: "parsed",
    parse: text,
    optional: true,
    placeholder: "DIR",
    brief: "Where to; else a new directory with the archive's name, in the working directory",
  },
  overwrite: {
    kind: "boolean",
    default: false,
    withNegated: false,
    brief: "Replace what is there already; else nothing is restored then",
  },
  allowShared: {
    kind: "boolean",
    default: false,
    withNegated: false,
    brief: "Restore also into directories that other users can change",
  },
  numericIds: {
    kind: "boolean",
    default: false,
    withNegated: false,
    brief: "Owners by their numbers instead of their names: from a rescue system",
  },
  dryRun: {
    kind: "boolean",
    default: false,
    withNegated: false,
    brief: "List what would be restored, and write nothing",
  },
  progress: progressFlag,
} as const;

/** Archives of other series, too. */
export const allFlag = {
  kind: "boolean",
  default: false,
  withNegated: false,
  brief: "Archives of other series and of other programs, too",
} as const;

/** How many archives are searched. */
export const lastArchivesFlag = {
  kind: "parsed",
  parse: (input: string) => atLeastOne(input),
  optional: true,
  placeholder: "N",
  brief: "Look only into the newest N archives; each one costs a look into a repository",
} as const;

/** Tells versions apart by their content. */
export const contentFlag = {
  kind: "boolean",
  default: false,
  withNegated: false,
  brief: "Read every file that is found, to tell its versions apart by their content",
} as const;

/** How many files `verify` reads. */
export const filesFlag = {
  kind: "parsed",
  parse: (input: string) => input === "all" ? input : atLeastOne(input, ' or "all"'),
  optional: true,
  placeholder: "N|all",
  brief: "How many files are read back; all: everything is read. Else verify.files",
} as const;

function atLeastOne(text: string, or = ""): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1 && count <= 1_000_000) return count;
  throw new RangeError(`Cannot read "${text}": expected a whole number of at least 1${or}`);
}
