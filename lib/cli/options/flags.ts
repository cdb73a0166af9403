/**
 * Flags that several verbs share.
 *
 * @module
 */
import { STEPS } from "../../backup/outcome.ts";

const text = (input: string) => input;

/** The flags that every verb has. */
export const commonFlags = {
  config: {
    kind: "parsed",
    parse: text,
    optional: true,
    placeholder: "FILE",
    brief: "Configuration; else $AUTOBORG_CONFIG, else /etc/autoborg/config.toml",
  },
  color: {
    kind: "boolean",
    default: true,
    brief: "Colour on a terminal; NO_COLOR is honoured too",
  },
} as const;

/** Picks repositories. */
export const repoFlag = {
  kind: "parsed",
  parse: text,
  variadic: true,
  optional: true,
  placeholder: "LABEL",
  brief: "Only this repository; may be given several times",
} as const;

/** Leaves out steps. */
export const skipFlag = {
  kind: "enum",
  values: STEPS,
  variadic: ",",
  optional: true,
  placeholder: "STEP",
  brief: "Leave out steps, separated by commas",
} as const;

/** How progress is shown. */
export const progressFlag = {
  kind: "enum",
  values: ["auto", "bar", "plain", "json", "none"],
  default: "auto",
  placeholder: "STYLE",
  brief: "How progress is shown; json writes one object a line to standard output",
} as const;

/** Output for programs. */
export const jsonFlag = {
  kind: "boolean",
  default: false,
  withNegated: false,
  brief: "Print JSON, for programs",
} as const;

/** Asks what a run depends on. */
export const probeFlag = {
  kind: "boolean",
  default: false,
  withNegated: false,
  brief: "Ask Borg, repositories, sources, mail server, directories and timer as well",
} as const;

/** How many runs of the past. */
export const lastFlag = {
  kind: "parsed",
  parse: parseCount,
  optional: true,
  placeholder: "N",
  brief: "Only the last N runs; 20 when listed, 400 when drawn",
} as const;

/** Picks one repository. */
export const oneRepoFlag = {
  kind: "parsed",
  parse: text,
  optional: true,
  placeholder: "LABEL",
  brief: "Only this repository, even if it is no longer configured",
} as const;

/** Where a page is written to. */
export const htmlFlag = {
  kind: "parsed",
  parse: text,
  optional: true,
  placeholder: "FILE",
  brief: "Draw the runs on a page of HTML instead of listing them",
} as const;

/**
 * Reads the value of `--last`.
 *
 * @param text what stands on the command line
 * @returns a number of at least 1
 */
function parseCount(text: string): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1 && count <= 1_000_000) return count;
  throw new RangeError(`Cannot read "${text}": expected a whole number of at least 1`);
}

/** Where `migrate` writes to. */
export const writeConfigFlag = {
  kind: "parsed",
  parse: text,
  optional: true,
  placeholder: "DIR",
  brief: "Write config.toml and a file for each secret into this directory, readable by root alone",
} as const;
