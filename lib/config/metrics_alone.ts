/** Reads where the metrics of an invalid configuration are, so that they can say so. @module */
import { configSchema } from "./config_schema.ts";
import { absolute } from "./paths.ts";
import { readTableAlone } from "./table_alone.ts";

/** The part of an invalid configuration that its metrics need. */
export interface MetricsAlone {
  /** The file, absolute. */
  readonly textfile: string;
  /** The name of the series, when it is valid. */
  readonly name: string | undefined;
}

/** Reads the path of the metrics; `undefined` when there is none, or it is invalid, too. */
export async function loadMetricsAlone(path: string): Promise<MetricsAlone | undefined> {
  const alone = await readTableAlone(path, "metrics");
  if (alone === undefined) return undefined;
  const { table, name, directory } = alone;
  const textfile = configSchema.shape.metrics.safeParse(table).data?.textfile;
  return textfile === undefined ? undefined : { textfile: absolute(textfile, { directory }), name };
}
