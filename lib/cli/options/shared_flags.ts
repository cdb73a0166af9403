/**
 * The flags that nearly every verb has: they are explained once, and may stand before the verb.
 *
 * @module
 */
import { commonFlags } from "./flags.ts";
import type { Flag, Verb } from "../help/verb_tree.ts";

const SHARED: readonly string[] = Object.keys(commonFlags).map((name) => `--${name}`);

/** What is explained once. */
export function sharedFlags(verbs: readonly Verb[]): readonly Flag[] {
  // setup writes the configuration that the others read.
  const reading = verbs.filter(({ name }) => name !== "setup");
  return SHARED.flatMap((name) =>
    reading.flatMap(({ flags }) => flags).find((flag) => flag.name === name) ?? []
  );
}

/** What is explained with its verb. */
export function ownFlags({ flags }: Verb): readonly Flag[] {
  return flags.filter(({ name }) => !SHARED.includes(name));
}
