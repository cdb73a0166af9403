import type { Config } from "../../config/config_schema.ts";
import { AppError, UsageError } from "../../errors.ts";
import { type RunReport, runReport } from "../../report/run_report.ts";
import { type RunningRun, withoutRunning } from "../../report/status/backup_status.ts";
import { runningRun } from "../../report/status/surroundings.ts";
import { type CliContext, type CommonFlags, loadChosenConfig } from "../context.ts";
import type { Acceptance, PinChange } from "../../report/history/history_text.ts";
import { type CoverageReport, repositoryCoverage } from "../../report/coverage.ts";
import { currentStatus } from "../current_status.ts";
import { withHistory } from "../past_runs.ts";
import { outputWidth, wantsColour } from "../terminal.ts";

interface HistoryFlags extends CommonFlags {
  readonly json: boolean;
  readonly html?: string;
  readonly last?: number;
  readonly repo?: string;
}

/** How many runs are listed, or drawn, when `--last` does not say it. */
const LISTED = 20;
const DRAWN = 400;

/** `autoborg history`: lists the runs of the past, or draws them. */
export async function historyVerb(this: CliContext, flags: HistoryFlags): Promise<void> {
  const { config } = await loadChosenConfig(this, flags);
  const runs = pastRuns(config, flags, await orNone(config));
  if (flags.html !== undefined) {
    const { historyPage } = await import("../../report/page/history_page.ts");
    const { replaceNamedFile } = await import("../../files/durable_file.ts");
    const { name, repositories } = config;
    const isConfigured = flags.repo === undefined ||
      repositories.some(({ label }) => label === flags.repo);
    const status = isConfigured ? await currentStatus(this, config, flags.repo) : undefined;
    const page = historyPage({ name, runs, now: this.now(), status });
    replaceNamedFile(flags.html, page, 0o644);
  }
  if (flags.json) {
    const accepted = acceptances(config, flags);
    const pins = pinChanges(config, flags);
    const { name } = config;
    this.print(`${JSON.stringify({ version: 1, name, runs, accepted, pins }, null, 2)}\n`);
  } else if (flags.html === undefined) {
    const { historyText } = await import("../../report/history/history_text.ts");
    const colour = wantsColour(this, flags, this.streams.output);
    const verified = coverages(this, config, flags.repo);
    const style = { width: outputWidth(), colour };
    const noted = { accepted: acceptances(config, flags), pins: pinChanges(config, flags) };
    this.print(historyText(runs, noted, verified, style));
  } else {
    this.tell(`wrote ${runs.length} ${runs.length === 1 ? "run" : "runs"} to "${flags.html}"\n`);
  }
}

/** The runs that are asked for, the last one first; with `--repo` only what it had part in. */
function pastRuns(
  config: Config,
  flags: HistoryFlags,
  running: RunningRun | null,
): readonly RunReport[] {
  const { repo } = flags;
  const last = flags.last ?? (flags.html === undefined ? LISTED : DRAWN);
  const recorded = withHistory(config, (past) => past?.runs(config.name, last + 1, repo) ?? []);
  const runs = withoutRunning(recorded, { running }).slice(0, last).map(runReport);
  if (repo === undefined) return runs;
  // A repository that is no longer configured still has a past.
  if (runs.length === 0 && !config.repositories.some(({ label }) => label === repo)) {
    throw new UsageError(
      `Cannot find the repository "${repo}" in the configuration or the history`,
    );
  }
  return runs.map((run) => ({
    ...run,
    repositories: run.repositories.filter(({ label }) => label === repo),
  }));
}

/** What was read back from each repository, as far as anything was. */
function coverages(
  { now }: Pick<CliContext, "now">,
  config: Config,
  only: string | undefined,
): ReadonlyMap<string, CoverageReport> {
  const { name, repositories } = config;
  return withHistory(config, (past) =>
    new Map(repositories.flatMap((repository) => {
      if (only !== undefined && repository.label !== only) return [];
      const coverage = repositoryCoverage(past, name, repository, now());
      return coverage === null ? [] : [[repository.label, coverage] as const];
    })));
}

/** What people accepted, the last first. */
function acceptances(config: Config, { repo, last = LISTED }: HistoryFlags): readonly Acceptance[] {
  const all = withHistory(config, (past) => past?.acceptances(config.name, last) ?? []);
  return all.filter(({ label }) => repo === undefined || label === repo).map((one) => ({
    ...one,
    acceptedAt: one.acceptedAt.toISOString(),
    reason: one.reason ?? null,
  }));
}

/** What was pinned and unpinned, the last first. */
function pinChanges(config: Config, { repo, last = LISTED }: HistoryFlags): readonly PinChange[] {
  const all = withHistory(config, (past) => past?.pinChanges(config.name, last) ?? []);
  return all.filter(({ label }) => repo === undefined || label === repo).map((one) => ({
    ...one,
    at: one.at.toISOString(),
  }));
}

/** Who may not look at the lock still gets the history. */
async function orNone({ paths }: Config): Promise<RunningRun | null> {
  try {
    return await runningRun(paths.stateDir);
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}
