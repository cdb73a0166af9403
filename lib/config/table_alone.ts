/**
 * Reads one table of a configuration that is invalid as a whole, also when it is no TOML elsewhere.
 * @module
 */
import { dirname, resolve as absolutePath } from "node:path";
import { unfilled, valueAt } from "./config_problem.ts";
import { configSchema } from "./config_schema.ts";
import { parseDocument, readText } from "./document.ts";

/** A table, and what is needed to use it. */
interface TableAlone {
  /** As it is in the file, not validated; `undefined`: the file has none. */
  readonly table: unknown;
  /** The name of the series, when it is valid. */
  readonly name: string | undefined;
  /** The directory of the configuration, absolute. */
  readonly directory: string;
}

/**
 * Reads a table of the configuration.
 *
 * @returns `undefined` when the file can't be read, when it is no TOML and the table is not found in
 * it, and when a person has not filled in the table
 */
export async function readTableAlone(path: string, key: string): Promise<TableAlone | undefined> {
  let text: string;
  try {
    text = await readText(path);
  } catch {
    // Loading the configuration as a whole reports what is wrong with it.
    return undefined;
  }
  const document = parsed(path, text);
  const found = document ?? parsed(path, textOf(key, text) ?? "");
  const table = valueAt(found, [key]);
  if (document === undefined && table === undefined || unfilled(table).length > 0) return undefined;
  // What stands before the first table.
  const head = document ?? parsed(path, text.split(/^[ \t]*\[/m)[0] ?? "");
  const name = configSchema.shape.name.safeParse(valueAt(head, ["name"])).data;
  return { table, name, directory: dirname(absolutePath(path)) };
}

/** The text of a table up to the next one. */
function textOf(key: string, text: string): string | undefined {
  const table = new RegExp(`^[ \\t]*\\[[ \\t]*${key}[ \\t]*\\](?:.*\\n?(?![ \\t]*\\[))*`, "m");
  return table.exec(text)?.[0];
}

function parsed(path: string, text: string): unknown {
  try {
    return parseDocument(path, text);
  } catch {
    return undefined;
  }
}
