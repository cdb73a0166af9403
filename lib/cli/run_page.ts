/** The page about the backups, which a web server shows. @module */
import type { Problem } from "../backup/outcome.ts";
import type { OutcomeSink } from "../backup/session.ts";
import type { Config } from "../config/config_schema.ts";
import { AppError, reasonOf, warningOf } from "../errors.ts";
import { replaceNamedFile } from "../files/durable_file.ts";
import { runReport } from "../report/run_report.ts";
import { withHistory } from "./past_runs.ts";
import { currentStatus } from "./current_status.ts";

/** How many runs are drawn at most. */
const DRAWN = 400;

/** Writes the page after each run; nobody when no file is set. */
export function pageSinks(config: Config, runId: string): readonly OutcomeSink[] {
  const { file } = config.page;
  if (file === undefined) return [];
  return [{ name: "page", write: () => writePage(config, file, runId) }];
}

async function writePage(config: Config, file: string, runId: string): Promise<readonly Problem[]> {
  try {
    // It takes a tenth of all that a run loads, and most machines have no page.
    const { historyPage } = await import("../report/page/history_page.ts");
    const now = new Date();
    const { name } = config;
    // The run that writes it has ended, as far as the page is concerned.
    const runs = withHistory(config, (history) => history?.runs(name, DRAWN) ?? [])
      .map((recorded) => {
        const own = recorded.run.id === runId;
        return runReport(own ? ended(recorded) : recorded);
      });
    const status = await currentStatus({ now: () => now }, config);
    const last = runs.find(({ refused }) => !refused) ?? null;
    const shown = { ...status, running: null, lastRun: last };
    replaceNamedFile(file, historyPage({ name, runs, now, status: shown }), 0o644);
    return [];
  } catch (error) {
    const hint = "page.file must be in a directory that exists and is writable";
    return [
      warningOf(new AppError(`Cannot write the page "${file}": ${reasonOf(error)}`, { hint })),
    ];
  }
}

type Recorded = Parameters<typeof runReport>[0];

function ended(recorded: Recorded): Recorded {
  return { ...recorded, run: { ...recorded.run, ending: "reported" } };
}
