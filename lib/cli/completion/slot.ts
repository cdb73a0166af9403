/** What is wanted at the end of a command line that is not complete. Pure. @module */
import { sharedFlags } from "../options/shared_flags.ts";
import type { Argument, Flag, Verb } from "../help/verb_tree.ts";
import { COMMAND_SYNONYMS, optionName } from "../options/synonyms.ts";
import { splitAtCommand } from "../options/typed_line.ts";

/** What the last word of a command line has to be. */
export type Slot =
  | { readonly kind: "verb" }
  | { readonly kind: "own flag"; readonly flags: readonly Flag[] }
  | {
    readonly kind: "flag";
    /** Those that may still be given. */
    readonly flags: readonly Flag[];
  }
  | {
    readonly kind: "value";
    readonly flag: Flag;
    /** What stands before the value in the same word: `--repo=`, or nothing. */
    readonly before: string;
  }
  | {
    readonly kind: "argument";
    /** Absent: there are too many already. */
    readonly argument?: Argument;
    /** How many arguments stand before it. */
    readonly index: number;
    /** Whether `--` stands before it. */
    readonly escaped: boolean;
    /** The flags that may be given instead. */
    readonly flags: readonly Flag[];
  }
  | { readonly kind: "nothing" };

/** A command line that is not complete. */
interface Unfinished {
  readonly slot: Slot;
  /** The value of `--config`, if it is given. */
  readonly config?: string;
}

const FLAG = /^(--[a-z][\w-]+|-\w)(=([^]*))?$/;

/** Reads the words behind the program's name, of which the last one is to be completed. */
export function readUnfinished(verbs: readonly Verb[], words: readonly string[]): Unfinished {
  const typed = words.slice(0, -1);
  const last = words.at(-1) ?? "";
  const { before, name = "", after } = splitAtCommand(verbs, typed);
  if (name === "" || (name === "help" && after.length === 0)) {
    const common = { name, brief: "", flags: sharedFlags(verbs), arguments: [] };
    const read = readWords(common, before);
    const slot = slotOf(common, read, last);
    const isVerb = read.waiting === undefined && !last.startsWith("-");
    const isFlag = slot.kind === "flag" && name === "";
    return unfinished(
      isVerb ? { kind: "verb" } : isFlag ? { ...slot, kind: "own flag" } : slot,
      read,
    );
  }
  const verb = verbs.find((one) => one.name === (COMMAND_SYNONYMS.get(name) ?? name));
  if (verb === undefined) return { slot: { kind: "nothing" } };
  const read = readWords(verb, [...before, ...after]);
  return unfinished(slotOf(verb, read, last), read);
}

function unfinished(slot: Slot, { config }: Read): Unfinished {
  return config === undefined ? { slot } : { slot, config };
}

interface Read {
  readonly given: ReadonlySet<Flag>;
  /** The flag whose value comes next. */
  readonly waiting: Flag | undefined;
  readonly escaped: boolean;
  readonly count: number;
  readonly config: string | undefined;
}

function readWords(verb: Verb, words: readonly string[]): Read {
  const given = new Set<Flag>();
  let waiting: Flag | undefined;
  let escaped = false;
  let count = 0;
  let config: string | undefined;
  for (const word of words) {
    if (waiting !== undefined) {
      if (waiting.name === "--config") config = word;
      waiting = undefined;
    } else if (escaped || !word.startsWith("-")) count += 1;
    else if (word === "--") escaped = true;
    else {
      const [, name = "", withValue, value] = FLAG.exec(word) ?? [];
      const flag = flagNamed(verb, name);
      if (flag === undefined) continue;
      given.add(flag);
      if (flag.value !== undefined && withValue === undefined) waiting = flag;
      if (flag.name === "--config" && withValue !== undefined) config = value;
    }
  }
  return { given, waiting, escaped, count, config };
}

function slotOf(verb: Verb, { given, waiting, escaped, count }: Read, last: string): Slot {
  if (waiting !== undefined) return { kind: "value", flag: waiting, before: "" };
  const flags = verb.flags.filter((flag) => flag.repeatable || !given.has(flag));
  if (!escaped && last.startsWith("-")) {
    const [, name = "", withValue] = FLAG.exec(last) ?? [];
    if (withValue === undefined) return { kind: "flag", flags };
    const flag = flagNamed(verb, name);
    if (flag?.value === undefined) return { kind: "nothing" };
    return { kind: "value", flag, before: `${name}=` };
  }
  const tail = verb.arguments.at(-1);
  const argument = verb.arguments[count] ?? (tail?.repeatable === true ? tail : undefined);
  const found = argument === undefined ? {} : { argument };
  return { kind: "argument", ...found, index: count, escaped, flags };
}

function flagNamed(verb: Verb, typed: string): Flag | undefined {
  const name = optionName(typed);
  return verb.flags.find((flag) => flag.name === name || flag.negated === name);
}
