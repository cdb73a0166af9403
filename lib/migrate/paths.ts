/**
 * Paths of the script, which nobody expands in a configuration.
 *
 * @module
 */
import type { z } from "zod";
import type { Draft, Taken } from "./draft.ts";

/** What relative paths in the configuration are relative to, where it is going to be. */
export const SURROUNDINGS = { directory: "/etc/autoborg" } as const;

/**
 * Says which place a path of the script is taken for.
 *
 * @param path the path
 * @returns the path without a `~` at its beginning
 */
export function meantPath(path: string): string {
  return path.replace(/^~(?=\/|$)/, "/root");
}

/**
 * Writes a path so that the configuration can have it.
 *
 * @param draft is told when the path may mean another place than it did in the script
 * @param taken the path of the script
 * @returns the path without a `~` at its beginning
 */
export function writtenPath(draft: Draft, taken: Taken<string>): Taken<string> {
  const { name, line, value } = taken;
  if (/^~(?:\/|$)/.test(value)) {
    draft.look(line, `${name}: "~" is taken for /root; write the home directory that is meant`);
    return { ...taken, value: meantPath(value) };
  }
  if (/^\$|\/\$|^\/.*\{/.test(value)) {
    draft.look(
      line,
      `${name}: variables and placeholders in a path are not replaced; write it out`,
    );
  } else if (!/^(?:\/|~|$)/.test(value)) {
    draft.look(
      line,
      `${name} is relative: in the script to its working directory, here to this file`,
    );
  }
  return taken;
}

/**
 * Sets a key to a path of the script.
 *
 * @param draft the table
 * @param key the key
 * @param schema what the configuration allows
 * @param taken the path
 * @returns whether it was set
 */
export function takePath(
  draft: Draft,
  key: string,
  schema: z.ZodType,
  taken: Taken<string> | undefined,
): boolean {
  return taken !== undefined && draft.take(key, schema, writtenPath(draft, taken));
}
