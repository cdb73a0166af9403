/**
 * Reads where the logs of an invalid configuration are, so that one says why no run begins.
 * @module
 */
import { valueAt } from "./config_problem.ts";
import { configSchema } from "./config_schema.ts";
import { absolute } from "./paths.ts";
import { DEFAULT_CONFIG } from "../text/own_command.ts";
import { readTableAlone } from "./table_alone.ts";

/** The part of an invalid configuration that its logs need. */
export interface LogsAlone {
  /** Absolute. */
  readonly directory: string;
  /** How many logs are kept; the default where that is invalid, too. */
  readonly keep: number;
  /** The name of the series, when it is valid. */
  readonly name: string | undefined;
}

/** Reads the directory of the logs; `undefined` when it is invalid, too, or not known. */
export async function loadLogsAlone(path: string): Promise<LogsAlone | undefined> {
  const alone = await readTableAlone(path, "logs");
  if (alone === undefined) return path === DEFAULT_CONFIG ? await usualLogs() : undefined;
  const { table, name, directory: surroundings } = alone;
  const part = (key: string) => ({ [key]: valueAt(table, [key]) });
  const { logs } = configSchema.shape;
  const { directory } = logs.safeParse(part("directory")).data ?? {};
  if (directory === undefined) return undefined;
  const { keep } = logs.safeParse(part("keep")).data ?? logs.parse({});
  return { directory: absolute(directory, { directory: surroundings }), keep, name };
}

/** The default directory, when runs have made it: where the machine's configuration can't be read. */
async function usualLogs(): Promise<LogsAlone | undefined> {
  const { directory, keep } = configSchema.shape.logs.parse({});
  try {
    const { isDirectory } = await Deno.stat(directory);
    return isDirectory ? { directory, keep, name: undefined } : undefined;
  } catch {
    return undefined;
  }
}
