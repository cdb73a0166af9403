/** Flags that several verbs share, and what the flags of one verb are made of. @module */
import { STEPS } from "../../backup/outcome.ts";

/** A flag that is off unless it is given. */
export function switchFlag(brief: string) {
  return { kind: "boolean", default: false, withNegated: false, brief } as const;
}

/** A flag with any text as its value. */
export function textFlag(placeholder: string, brief: string) {
  return { kind: "parsed", parse: asTyped, optional: true, placeholder, brief } as const;
}

/** A flag with a whole number of at least 1 as its value. */
export function countFlag(brief: string) {
  const parse = (input: string) => parseCount(input);
  return { kind: "parsed", parse, optional: true, placeholder: "N", brief } as const;
}

/** An argument with any text as its value. */
export function textArgument(placeholder: string, brief: string) {
  return { parse: asTyped, placeholder, brief } as const;
}

function asTyped(input: string): string {
  return input;
}

function parseCount(text: string, or = ""): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1 && count <= 1_000_000) return count;
  throw new RangeError(`expected a whole number of at least 1${or}`);
}

/** The flags that every verb has. */
export const commonFlags = {
  config: textFlag(
    "FILE",
    "Configuration file; default: $AUTOBORG_CONFIG or " +
      "/etc/autoborg/config.toml",
  ),
  color: {
    kind: "boolean",
    default: true,
    brief: "Use colour, or none; NO_COLOR is honoured too",
  },
} as const;

/** Picks repositories. */
export const repoFlag = {
  ...textFlag("LABEL", "Only this repository; can be repeated"),
  variadic: true,
} as const;

/** Leaves out steps. */
export const skipFlag = {
  kind: "enum",
  values: STEPS.filter((step) => step !== "inspect"),
  variadic: ",",
  optional: true,
  placeholder: "STEP",
  brief: "Steps to skip, separated by commas",
} as const;

/** How progress is shown. */
export const progressFlag = {
  kind: "enum",
  values: ["auto", "bar", "plain", "json", "none"],
  default: "auto",
  placeholder: "STYLE",
  brief: "How to show progress; json writes one object per line to standard output",
} as const;

/** Output for programs. */
export const jsonFlag = switchFlag("Print JSON");

/** Archives of other series, too. */
export const allFlag = switchFlag("Include archives of other configurations and programs");

/** The flags of all verbs that read archives. */
export const readingFlags = { ...commonFlags, repo: repoFlag } as const;

/** Picks an archive. */
export const archiveFlag = {
  kind: "parsed",
  parse: asTyped,
  default: "latest",
  placeholder: "NAME",
  brief: "Archive name; latest: the newest archive of this configuration",
} as const;

/** How many files `verify` reads. */
export const filesFlag = {
  kind: "parsed",
  parse: (input: string) => input === "all" ? input : parseCount(input, ' or "all"'),
  optional: true,
  placeholder: "N|all",
  brief: "Number of files to read back; all: everything; default: verify.files",
} as const;
