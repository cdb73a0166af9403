/** By which rules a series of archives is pruned. Pure. @module */
import type { Config, Repository } from "../config/config_schema.ts";
import { parseDatabaseSeries } from "../text/database_series.ts";

/**
 * The rules by which a series is pruned in a repository: those of its table of databases, or else those
 * of the repository.
 *
 * @param series that of the files, or of a database
 */
export function retentionOf(
  { name, databases }: Pick<Config, "name" | "databases">,
  { retention }: Pick<Repository, "retention">,
  series: string,
): Repository["retention"] {
  const database = parseDatabaseSeries(name, series);
  const entry = databases.find(({ label }) => label === database?.label);
  return entry?.retention ?? retention;
}
