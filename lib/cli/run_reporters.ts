/** Everybody who hears of a run, in the order in which they are asked when it ends. @module */
import { formatArchiveName } from "../text/archive_name.ts";
import { runFinishedHook } from "../backup/hooks.ts";
import type { Emit } from "../backup/events.ts";
import type { InterruptionWatch } from "../backup/interruption.ts";
import type { Problem } from "../backup/outcome.ts";
import type { Plan } from "../backup/plan.ts";
import type { OutcomeSink, RunReporters } from "../backup/session.ts";
import type { LoadedConfig } from "../config/load.ts";
import { warningOf } from "../errors.ts";
import { recordedRun } from "../report/history/recorded_run.ts";
import { openLogFile } from "../report/log/log_file.ts";
import { OutcomeLog } from "../report/log/outcome_log.ts";
import { logFileName, removeExpiredLogs } from "../report/log/log_retention.ts";
import { droppedProblems } from "../report/mail/dropped.ts";
import { type Reporter, Reporters } from "../report/reporter.ts";
import { RunHistory } from "../report/history/run_history.ts";
import { runReport } from "../report/run_report.ts";
import type { Masker } from "../text/secret.ts";
import { type DroppedReports, NONE_DROPPED } from "../state/dropped_reports.ts";
import { MailSpool } from "../state/mail_spool.ts";
import { type CliContext, inheritedEnvironment } from "./context.ts";
import { historyPath } from "../state/history_opening.ts";
import { mailOutcome } from "./run_mail.ts";
import { pageSinks } from "./run_page.ts";
import { RunNotifier, startSignals } from "./run_notify.ts";
import { beginMetrics, metricsSinks } from "./run_metrics.ts";
import type { RunTerminal } from "./run_terminal.ts";
import { VERSION } from "./version.ts";

/** Whose run it is. */
interface ReportersRequest {
  readonly context: CliContext;
  readonly loaded: LoadedConfig;
  readonly plan: Plan;
  readonly mask: Masker;
  readonly terminal: RunTerminal;
  readonly watch: InterruptionWatch;
}

/** Who hears of a run, and what is known before it. */
interface OpenReporters extends RunReporters {
  readonly history: RunHistory;
  /** Problems that are known before the run: reporters that could not begin, runs that crashed. */
  readonly problems: readonly Problem[];
}

/**
 * Begins the work of all reporters. A log or a history that can't be opened is a problem of the run;
 * the backup goes on without it.
 */
export async function openReporters(request: ReportersRequest): Promise<OpenReporters> {
  const { loaded: { config }, plan, mask, terminal, watch: { signal } } = request;
  const problems: Problem[] = [];
  const open: Reporter[] = [terminal.reporter, ...await openLog(request, problems)];
  const spool = config.mail === undefined ? undefined : new MailSpool(plan.stateDir, plan.name);
  const dropped = droppedMails(spool, config.logs.directory, problems);
  const history = beginHistory(request, problems);
  problems.push(...beginMetrics(config, plan, history));
  const run = { config, plan, mask, signal, emit: ((event) => emit(event)) satisfies Emit };
  const starts = startSignals(run);
  open.push(starts);
  const reporters = new Reporters(open);
  const log = new OutcomeLog(reporters);
  const { emit } = log;
  terminal.onLost(({ severity: level, message: text }) => {
    emit({ type: "note", scope: {}, level, text });
  });
  const flush = async () => {
    await terminal.flush();
    return terminal.problems;
  };
  const { first: notified, again: notifiedAgain } =
    new RunNotifier({ ...run, history, starts }).sinks;
  const terminalSink: OutcomeSink = { name: "terminal", write: flush };
  return {
    emit,
    history,
    problems,
    closing: [
      hookSink(request, emit),
      oldLogsSink(request, history),
      ...spoolSinks(spool),
      // Lost in mid-run, it is known before the log calls the run "ok".
      terminalSink,
    ],
    // Asked again after each line of the log, which it may have failed to take.
    records: [...recordSinks(request, history), log, terminalSink],
    reports: [
      notified,
      ...mailSinks(request, { spool, dropped, history, emit }),
      notifiedAgain,
    ],
    flush,
    async close() {
      log.close();
      await reporters.close();
      return reporters.problems;
    },
  };
}

/** The log of the run, if it can be opened. */
async function openLog(
  { loaded: { config }, plan, mask }: ReportersRequest,
  problems: Problem[],
): Promise<readonly Reporter[]> {
  const { directory, level } = config.logs;
  try {
    return [await openLogFile({ directory, name: logFileName(plan.archive), level, mask })];
  } catch (error) {
    problems.push(warningOf(error));
    return [];
  }
}

/** Records that the run has begun, and what earlier ones did not come to record. */
function beginHistory(
  { loaded: { config }, plan, terminal }: ReportersRequest,
  problems: Problem[],
): RunHistory {
  const history = new RunHistory(historyPath(plan.stateDir), plan.name);
  terminal.lastGood = (label) => history.lastGood(label);
  problems.push(...history.problems);
  const crashed = history.begin(plan, VERSION, (run) => {
    const startedAt = new Date(run.startedAt);
    const archive = formatArchiveName({ series: run.name, startedAt, runId: run.id });
    return `${config.logs.directory}/${logFileName(archive)}`;
  });
  problems.push(...crashed);
  return history;
}

/** Reports that were dropped are named at the beginning, so that every trace of the run has them. */
function droppedMails(
  spool: MailSpool | undefined,
  logs: string,
  problems: Problem[],
): DroppedReports {
  if (spool === undefined) return NONE_DROPPED;
  try {
    const dropped = spool.dropped();
    problems.push(...droppedProblems(dropped, logs));
    // Known now, it is in the mail itself, which must not say that all is well.
    spool.check();
    return dropped;
  } catch (error) {
    problems.push(warningOf(error));
    return NONE_DROPPED;
  }
}

/** Does something whose failure is a warning in its own words. */
async function orWarning(work: () => unknown): Promise<readonly Problem[]> {
  try {
    await work();
    return [];
  } catch (error) {
    return [warningOf(error)];
  }
}

/** The hook `finished` comes before the records, so that its failure is in every report. */
function hookSink({ plan, context, mask, watch }: ReportersRequest, emit: Emit): OutcomeSink {
  const { name, runId } = plan;
  return {
    name: 'hook "finished"',
    write: (outcome) => {
      const report = runReport(recordedRun(outcome, { version: VERSION, mask }));
      const path = inheritedEnvironment(context.variable).PATH ?? "";
      const { start } = context;
      const hook = { name, runId, path, emit, start, stopped: watch.signal };
      return runFinishedHook(hook, `${JSON.stringify(report)}\n`);
    },
  };
}

function oldLogsSink(
  { loaded: { config }, plan }: ReportersRequest,
  history: RunHistory,
): OutcomeSink {
  const { directory, keep } = config.logs;
  const running = logFileName(plan.archive);
  return {
    name: "removal of old logs",
    write: () =>
      orWarning(() => {
        const order = { running, known: history.runIds() };
        return removeExpiredLogs(directory, plan.name, keep, order);
      }),
  };
}

/** Tried again before the mail is written: what broke during the run is in the mail itself. */
function spoolSinks(spool: MailSpool | undefined): readonly OutcomeSink[] {
  if (spool === undefined) return [];
  return [{ name: "mail spool", write: () => orWarning(() => spool.check()) }];
}

function mailSinks(
  { loaded: { config }, plan, mask, watch: { signal } }: ReportersRequest,
  known: {
    readonly spool: MailSpool | undefined;
    readonly dropped: DroppedReports;
    readonly history: RunHistory;
    readonly emit: Emit;
  },
): readonly OutcomeSink[] {
  const { mail, logs: { directory: logsDirectory } } = config;
  const { spool } = known;
  if (mail === undefined || spool === undefined) return [];
  return [{
    name: "mail",
    write: (outcome) =>
      mailOutcome({ ...known, spool, mail, logsDirectory, plan, outcome, mask, signal }),
  }];
}

function recordSinks(
  { loaded: { config }, plan, mask }: ReportersRequest,
  history: RunHistory,
): readonly OutcomeSink[] {
  const options = { version: VERSION, mask };
  const record: OutcomeSink = {
    name: "history",
    write: (outcome, reported) =>
      history.record(outcome, { ...options, ending: reported ? "reported" : "running" }),
  };
  return [record, ...metricsSinks(config, history), ...pageSinks(config, plan.runId)];
}
