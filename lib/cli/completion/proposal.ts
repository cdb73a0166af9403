/**
 * What a word of the command line can be completed to. What a flag or an argument takes is known by
 * what stands for it: `LABEL` is the label of a repository, `FILE` a file. Pure.
 * @module
 */
import { parseArchiveName } from "../../text/archive_name.ts";
import { localTime } from "../../text/local_time.ts";
import type { Flag, Verb } from "../help/verb_tree.ts";
import type { ConfiguredNames } from "./configured_names.ts";
import type { Slot } from "./slot.ts";

/** A word that is proposed. */
interface Candidate {
  readonly word: string;
  /** What it is, in a line; may be empty. */
  readonly brief: string;
}

/** Everything that is proposed. */
export interface Proposal {
  /** What stands before all candidates in the same word and stays: `--skip=create,`. */
  readonly before: string;
  readonly candidates: readonly Candidate[];
  /** What the shell shall add by itself. */
  readonly places: "none" | "files" | "directories";
  /** What may follow in the same word; a space: nothing. */
  readonly end: "space" | "comma" | "open";
}

/** What the proposals are made from. */
interface Surroundings {
  readonly verbs: readonly Verb[];
  /** Reads the configuration; it is asked only when its names are needed. */
  readonly names: () => Promise<ConfiguredNames>;
  /** Reads the names of the archives that are known to exist, the newest first. */
  readonly archives: (names: ConfiguredNames) => Promise<readonly string[]>;
  /** Reads the databases of which archives are known to exist, as commands take them. */
  readonly databases: (names: ConfiguredNames) => Promise<readonly string[]>;
  /** Whether a directory is there. */
  readonly isDirectory: (path: string) => Promise<boolean>;
}

const NOTHING: Proposal = { before: "", candidates: [], places: "none", end: "space" };

const HELP: Candidate = { word: "--help", brief: "Print help" };

/** Proposes words. */
export async function proposalFor(
  slot: Slot,
  last: string,
  surroundings: Surroundings,
): Promise<Proposal> {
  switch (slot.kind) {
    case "verb":
      return words(surroundings.verbs.map(({ name, brief }) => ({ word: name, brief })));
    case "own flag":
      return words([...flagWords(slot.flags), { word: "--version", brief: "Print the version" }]);
    case "flag":
      return words(flagWords(slot.flags));
    case "value":
      return await ofFlag(slot.flag, slot.before, last.slice(slot.before.length), surroundings);
    case "argument": {
      const { argument, index, escaped, flags } = slot;
      // Where no word is wanted, only flags can follow.
      if (argument === undefined) return words(escaped ? [] : flagWords(flags));
      const parts = argument.value.split(" ");
      const value = parts[escaped ? parts.length - 1 : Math.min(index, parts.length - 1)] ?? "";
      if (parts.includes("--") && index > 0 && !escaped) {
        return words([{ word: "--", brief: "What follows is for Borg" }]);
      }
      return await ofValue(value, last, surroundings);
    }
    case "nothing":
      return NOTHING;
  }
}

function words(candidates: readonly Candidate[]): Proposal {
  return { ...NOTHING, candidates };
}

function flagWords(flags: readonly Flag[]): Candidate[] {
  const own = flags.flatMap(({ name, negated, brief, default: preset }) => {
    const off = { word: negated ?? name, brief: `Not ${name}` };
    // What is on already need not be turned on.
    return negated !== undefined && preset === "on" ? [off] : [{ word: name, brief }];
  });
  return [...own, HELP];
}

async function ofFlag(
  flag: Flag,
  before: string,
  typed: string,
  surroundings: Surroundings,
): Promise<Proposal> {
  if (flag.choices.length === 0) {
    const presets = flag.default === undefined ? [] : [{ word: flag.default, brief: "" }];
    const proposal = await ofValue(flag.value ?? "", typed, surroundings);
    const known = new Set(proposal.candidates.map(({ word }) => word));
    const more = presets.filter(({ word }) => !known.has(word));
    return { ...proposal, before, candidates: [...more, ...proposal.candidates] };
  }
  if (flag.separator === undefined) {
    return { ...words(flag.choices.map((word) => ({ word, brief: "" }))), before };
  }
  const given = typed.split(flag.separator).slice(0, -1);
  const left = flag.choices.filter((choice) => !given.includes(choice));
  const fixed = given.map((choice) => `${choice}${flag.separator}`).join("");
  return {
    ...words(left.map((word) => ({ word, brief: "" }))),
    before: before + fixed,
    end: left.length > 1 ? "comma" : "space",
  };
}

/** What stands for a value tells what it may be. */
async function ofValue(value: string, typed: string, around: Surroundings): Promise<Proposal> {
  // Such as "bash|zsh|fish", or "N|all": what is in capitals stands for something.
  if (value.includes("|")) {
    const choices = value.split("|").filter((choice) => choice === choice.toLowerCase());
    return words(choices.map((word) => ({ word, brief: "" })));
  }
  switch (value) {
    case "LABEL": {
      const { repositories } = await around.names();
      return words(repositories.map(({ label, url }) => ({ word: label, brief: shown(url) })));
    }
    case "CHANNEL": {
      const { channels } = await around.names();
      return words(channels.map((word) => ({ word, brief: "" })));
    }
    case "LABEL/NAME": {
      const databases = await around.databases(await around.names());
      return words(databases.map((word) => ({ word, brief: "" })));
    }
    case "PATH":
    case "PATTERN":
      return await ofPaths(typed, around);
    case "NAME":
    case "ARCHIVE":
      return words([
        { word: "latest", brief: "The newest archive" },
        ...(await around.archives(await around.names())).map((word) => ({
          word,
          brief: timeOf(word),
        })),
      ]);
    case "DIR":
    case "DIRECTORY":
      return { ...NOTHING, places: "directories" };
    case "ARGUMENT":
      return { ...NOTHING, places: "files" };
    default:
      return { ...NOTHING, places: /^FILE$|\.\w+$/.test(value) ? "files" : "none" };
  }
}

/** What an archive holds is known only to Borg; what it was made from is in the configuration. */
async function ofPaths(typed: string, around: Surroundings): Promise<Proposal> {
  // Relative to the working directory, as it is for the verbs.
  if (/^\.{1,2}(?:\/|$)/.test(typed)) return { ...NOTHING, places: "files" };
  const { directories, datasets } = await around.names();
  // Where a dataset is unless it was told otherwise.
  const mounted: string[] = [];
  for (const dataset of datasets) {
    if (await around.isDirectory(`/${dataset}`)) mounted.push(dataset);
  }
  // An archive has its paths without the first slash.
  const relative = typed !== "" && !typed.startsWith("/");
  const word = (path: string) => relative ? path.slice(1) : path;
  const candidates = [
    ...directories.map((path) => ({ word: word(path), brief: "A directory of the configuration" })),
    ...mounted.map((name) => ({ word: word(`/${name}`), brief: `The dataset ${name}` })),
  ].filter(({ word }) => word !== "");
  return { ...words(candidates), places: typed.startsWith("/") ? "files" : "none", end: "open" };
}

/** When an archive was made. */
function timeOf(archive: string): string {
  const { startedAt } = parseArchiveName(archive) ?? {};
  return startedAt === undefined ? "" : localTime(startedAt);
}

/** A url without the name of a user. */
function shown(url: string): string {
  return url.replace(/^(\w+:\/\/)[^/]*@/, "$1");
}
