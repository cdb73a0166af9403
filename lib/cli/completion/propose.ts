/**
 * `autoborg completions propose SHELL ...`: what the completion scripts ask. It is no verb, and it
 * never fails: a person who presses a key wants no error message.
 * @module
 */
import type { RouteMap } from "@stricli/core";
import { chosenConfig, type CliContext } from "../context.ts";
import { verbsOf } from "../help/verb_tree.ts";
import { readBashLine, writeBashWord } from "./bash_line.ts";
import { readConfiguredNames } from "./configured_names.ts";
import { type Proposal, proposalFor } from "./proposal.ts";
import { readUnfinished } from "./slot.ts";

type Outside = Pick<CliContext, "variable" | "print">;

/**
 * Prints what can follow. For bash: a line that says how to go on, and the candidates; `args` are
 * `$COMP_WORDBREAKS` and the line up to the cursor. For the others that line has behind a colon what
 * stands before all candidates in the same word, and a candidate has its explanation behind a tab;
 * `args` are the words behind the program's name.
 */
export async function propose(
  routes: RouteMap<CliContext>,
  args: readonly string[],
  outside: Outside,
): Promise<void> {
  try {
    const [shell, ...rest] = args;
    const answer = shell === "bash"
      ? await answerBash(routes, rest, outside)
      : answerOthers(await proposalTo(routes, rest, outside));
    outside.print(`${answer.join("\n")}\n`);
  } catch {
    // Then there is nothing to propose.
  }
}

async function answerBash(
  routes: RouteMap<CliContext>,
  [breaks = "", text = ""]: readonly string[],
  outside: Outside,
): Promise<string[]> {
  const line = readBashLine(text, breaks);
  if (line.redirected) return ["files space"];
  const last = line.words.at(-1) ?? "";
  const proposal = await proposalTo(routes, line.words.slice(1), outside);
  const { before, candidates, places, end } = proposal;
  const words = candidates.map(({ word }) => before + word).filter((word) => word.startsWith(last))
    .map((word) => writeBashWord(word, line));
  return [`${places} ${words.length === 0 ? "space" : end}`, ...words];
}

function answerOthers({ before, candidates, places, end }: Proposal): string[] {
  return [
    `${places} ${end}:${before}`,
    ...candidates.map(({ word, brief }) => `${word}\t${brief}`),
  ];
}

async function proposalTo(
  routes: RouteMap<CliContext>,
  words: readonly string[],
  { variable }: Outside,
): Promise<Proposal> {
  const verbs = verbsOf(routes);
  const { slot, config } = readUnfinished(verbs, words);
  const home = variable("HOME") ?? "~";
  const { path } = chosenConfig({ variable }, config === undefined ? {} : { config });
  return await proposalFor(slot, words.at(-1) ?? "", {
    verbs,
    names: () => readConfiguredNames(path.replace(/^~(?=\/)/, home)),
    archives: async (names) => {
      // Loaded only now: all other words need no database.
      const { recordedArchives } = await import("./recorded_archives.ts");
      return recordedArchives(names);
    },
    databases: async (names) => {
      const { recordedDatabases } = await import("./recorded_archives.ts");
      return recordedDatabases(names);
    },
    isDirectory,
  });
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch {
    return false;
  }
}
