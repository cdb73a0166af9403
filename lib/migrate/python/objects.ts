/**
 * Which values of Python are one and the same object, so that a change to one is a change to all.
 *
 * @module
 */
import type { Value } from "./value.ts";

/** What makes the identity of a list or a dict: names that stand for it have it in common. */
type Identity = readonly unknown[];

/**
 * Finds the objects in a value that can change, the value itself among them.
 *
 * @param value any value
 * @returns their identities
 */
export function partsOf(value: Value | undefined): ReadonlySet<Identity> {
  const found = new Set<Identity>();
  const waiting = value === undefined ? [] : [value];
  for (let part = waiting.pop(); part !== undefined; part = waiting.pop()) {
    if (part.kind === "sequence" && !found.has(part.items)) {
      found.add(part.items);
      waiting.push(...part.items);
    } else if (part.kind === "mapping" && !found.has(part.entries)) {
      found.add(part.entries);
      waiting.push(...part.entries.map(({ value }) => value));
    }
  }
  return found;
}

/**
 * Whether a value can be changed without being replaced.
 *
 * @param value any value
 */
export function isChangeable({ kind }: Value): boolean {
  return kind === "sequence" || kind === "mapping" || kind === "unread";
}

/**
 * Whether a value may have something in it that can be changed.
 *
 * @param value any value; `undefined` when it is not known
 */
export function hasParts(value: Value | undefined): boolean {
  if (value?.kind === "sequence") return value.items.some(isChangeable);
  if (value?.kind === "mapping") return value.entries.some(({ value }) => isChangeable(value));
  return value === undefined || value.kind === "unread";
}
