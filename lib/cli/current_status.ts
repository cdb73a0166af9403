import type { Config } from "../config/config_schema.ts";
import { collectStatus, type StatusReport } from "../report/status/backup_status.ts";
import { lookAround } from "../report/status/surroundings.ts";
import type { CliContext } from "./context.ts";
import { questionedDatabases } from "./database_knowledge.ts";
import { withHistory } from "./past_runs.ts";

/**
 * How the backups are now; contacts no repository.
 *
 * @param only the label of the one repository that matters
 */
export async function currentStatus(
  { now }: Pick<CliContext, "now">,
  config: Config,
  only?: string,
): Promise<StatusReport> {
  const { running, leftovers, problems } = await lookAround(config);
  return withHistory(config, (history) =>
    collectStatus(history, {
      name: config.name,
      repositories: config.repositories.filter(({ label }) => only === undefined || label === only),
      databases: questionedDatabases(config),
      maxAge: config.status.maxAge,
      now: now(),
      running,
      leftovers,
      problems,
    }));
}
