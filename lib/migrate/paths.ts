/**
 * Paths of the script, which nobody expands in a configuration.
 *
 * @module
 */
import type { z } from "zod";
import type { Draft, Taken } from "./draft.ts";

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
    return { ...taken, value: `/root${value.slice(1)}` };
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
