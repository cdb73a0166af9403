/**
 * The flags that nearly every verb has: they are explained once.
 *
 * @module
 */
import { commonFlags } from "../../lib/cli/options/flags.ts";
import type { Flag, Verb } from "../../lib/cli/help/verb_tree.ts";

const SHARED: readonly string[] = Object.keys(commonFlags).map((name) => `--${name}`);

/** What is explained once. */
export function sharedFlags(verbs: readonly Verb[]): readonly Flag[] {
  return SHARED.flatMap((name) =>
    verbs.flatMap(({ flags }) => flags).find((flag) => flag.name === name) ?? []
  );
}

/** What is explained with its verb. */
export function ownFlags({ flags }: Verb): readonly Flag[] {
  return flags.filter(({ name }) => !SHARED.includes(name));
}
