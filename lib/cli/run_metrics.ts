/** The metrics of a run from its beginning to its end, and of what is no run. @module */
import type { Problem, RunOutcome } from "../backup/outcome.ts";
import type { Plan } from "../backup/plan.ts";
import type { OutcomeSink } from "../backup/session.ts";
import type { Config } from "../config/config_schema.ts";
import type { ServiceSettings } from "../config/service_settings.ts";
import { reasonOf } from "../errors.ts";
import type { RunHistory } from "../report/history/run_history.ts";
import {
  type MetricsOptions,
  writeDeaths,
  writeMetrics,
  writeRefusal,
} from "../report/metrics/metrics_file.ts";
import type { RefusalKind } from "../report/metrics/metrics.ts";
import { runningRun } from "../report/status/surroundings.ts";
import { History } from "../state/history.ts";
import { historyPath } from "../state/history_opening.ts";
import type { CliContext } from "./context.ts";
import { questionedDatabases } from "./database_knowledge.ts";
import { configOptionText } from "../text/own_command.ts";
import { tellProblems } from "./describe_error.ts";
import { VERSION } from "./version.ts";

/**
 * Writes the metrics of a run that begins: killed from here on, it is one that they say has not
 * ended.
 *
 * @returns what is wrong with the file that was there
 */
export function beginMetrics(
  config: Config,
  { runId, startedAt }: Plan,
  history: RunHistory,
): readonly Problem[] {
  const options = metricsOptions(config);
  if (options === undefined) return [];
  const running = { runId, process: null, startedAt: null };
  const moment = { now: startedAt, own: runId, running, began: startedAt };
  try {
    return writeMetrics(history.past, options, moment);
  } catch {
    // The end of the run tries again, and says so.
    return [];
  }
}

/** Writes the metrics of a run that ends; while it is not reported, it may still die. */
export function metricsSinks(config: Config, history: RunHistory): readonly OutcomeSink[] {
  const options = metricsOptions(config);
  if (options === undefined) return [];
  return [{
    name: "writing of the metrics",
    write({ runId: own, startedAt: began, finishedAt: now }: RunOutcome, reported) {
      return writeMetrics(history.past, options, { now, own, ...(reported ? {} : { began }) });
    },
  }];
}

/** Writes into the metrics why a run could not begin; everything else in them stays. */
export async function refuseMetrics(
  context: CliContext,
  { textfile, name }: {
    readonly textfile?: string | undefined;
    readonly name: string | undefined;
  },
  kind: RefusalKind,
): Promise<void> {
  if (textfile === undefined) return;
  const written = { kind, ...writer(), now: context.now() };
  await orTell(context, () => writeRefusal(textfile, name, written));
}

/** Writes into the metrics that what died was cleaned up; nothing else in them changes. */
export async function recoverMetrics(
  context: CliContext,
  { name, stateDirectory, metricsTextfile: path }: Pick<
    ServiceSettings,
    "name" | "stateDirectory" | "metricsTextfile"
  >,
): Promise<void> {
  if (path === undefined) return;
  await orTell(context, () => {
    using history = History.openForReading(historyPath(stateDirectory));
    writeDeaths(history, path, { name, ...writer(), now: context.now() });
  });
}

/** Writes the metrics again, when something other than a run has changed their values. */
export async function refreshMetrics(context: CliContext, config: Config): Promise<void> {
  const options = metricsOptions(config);
  if (options === undefined) return;
  await orTell(context, async () => {
    const running = await runningRun(config.paths.stateDir);
    const path = historyPath(config.paths.stateDir);
    using history = History.openForReading(path) ?? History.inMemory();
    const began = Date.parse(running?.startedAt ?? "");
    const problems = writeMetrics(history, options, {
      now: context.now(),
      running,
      ...(Number.isNaN(began) ? {} : { began: new Date(began) }),
    });
    tellProblems(context, problems, (text) => text);
  });
}

function metricsOptions(config: Config): MetricsOptions | undefined {
  const { name, repositories, status: { maxAge }, metrics: { textfile: path } } = config;
  if (path === undefined) return undefined;
  const databases = questionedDatabases(config);
  return { path, name, repositories, databases, maxAge, ...writer() };
}

function writer() {
  const configOption = configOptionText();
  return configOption === undefined ? { version: VERSION } : { version: VERSION, configOption };
}

/** Nobody's work ends because its metrics can't be written. */
async function orTell(context: CliContext, write: () => void | Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    context.tell(`warning: The metrics were not written: ${reasonOf(error)}\n`);
  }
}
