/**
 * Reads where the metrics of an invalid configuration are, so that they can say so.
 * @module
 */
import { dirname, resolve as absolutePath } from "node:path";
import { unfilled, valueAt } from "./config_problem.ts";
import { configSchema } from "./config_schema.ts";
import { parseDocument, readText } from "./document.ts";
import { absolute } from "./paths.ts";

/** The part of an invalid configuration that its metrics need. */
export interface MetricsAlone {
  /** The file, absolute. */
  readonly textfile: string;
  /** The name of the series, when it is valid. */
  readonly name: string | undefined;
}

/** The table up to the next one; it is read alone when the file as a whole is no TOML. */
const TABLE = /^[ \t]*\[[ \t]*metrics[ \t]*\](?:.*\n?(?![ \t]*\[))*/m;

/** Reads the path of the metrics; `undefined` when there is none, or it is invalid, too. */
export async function loadMetricsAlone(path: string): Promise<MetricsAlone | undefined> {
  try {
    const text = await readText(path);
    const document = parsed(path, text);
    const table = valueAt(document ?? parsed(path, TABLE.exec(text)?.[0] ?? ""), ["metrics"]);
    if (unfilled(table).length > 0) return undefined;
    const { shape } = configSchema;
    const textfile = shape.metrics.safeParse(table).data?.textfile;
    if (textfile === undefined) return undefined;
    // What stands before the first table.
    const head = document ?? parsed(path, text.split(/^[ \t]*\[/m)[0] ?? "");
    const name = shape.name.safeParse(valueAt(head, ["name"])).data;
    const directory = dirname(absolutePath(path));
    return { textfile: absolute(textfile, { directory }), name };
  } catch {
    // Loading the configuration as a whole reports what is wrong with it.
    return undefined;
  }
}

function parsed(path: string, text: string): unknown {
  try {
    return parseDocument(path, text);
  } catch {
    return undefined;
  }
}
