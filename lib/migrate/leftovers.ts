/**
 * The constants of a script that no key of the configuration is for.
 *
 * @module
 */
import type { Script, Variable } from "./python/script.ts";
import { isSecretive, roleOf } from "./roles.ts";
import { writeComment } from "./toml.ts";

/** What is left of a script. */
export interface Leftovers {
  readonly unknown: readonly { readonly name: string; readonly line: number }[];
  /** The same as lines of a comment; none when nothing is left. */
  readonly comment: readonly string[];
}

/**
 * Finds the constants that nobody knows and that are no part of a setting either.
 *
 * @param script the script
 * @returns what is left, in the order of the script
 */
export function leftovers(script: Script): Leftovers {
  const variables = [...script.variables.values()];
  const used = new Set(
    variables.filter(({ name }) => roleOf(name) !== undefined).flatMap(({ uses }) => [...uses]),
  );
  const left = variables
    .filter(({ name }) => /^_*[A-Z][A-Z0-9_]*$/.test(name) && roleOf(name) === undefined)
    .filter((variable) => !used.has(variable.name) && !isImported(variable))
    .toSorted((one, other) => one.line - other.line);
  if (left.length === 0) return { unknown: [], comment: [] };
  const lines = left.flatMap(({ name, line, value }) => {
    const source = value.kind === "unread" && !isSecretive(name) ? ` = ${value.source}` : "";
    return writeComment(`line ${line}: ${name}${source}`, "#   ");
  });
  return {
    unknown: left.map(({ name, line }) => ({ name, line })),
    comment: [...writeComment("Not taken over, because autoborg has no such setting:"), ...lines],
  };
}

function isImported({ value }: Variable): boolean {
  return value.kind === "unread" && /^from\b/.test(value.source);
}
