/** Everybody who hears of a run, in the order in which they are asked when it ends. @module */
import { formatArchiveName } from "../text/archive_name.ts";
import { runFinishedHook } from "../backup/hooks.ts";
import type { Emit } from "../backup/events.ts";
import type { InterruptionWatch } from "../backup/interruption.ts";
import type { Problem, RunOutcome } from "../backup/outcome.ts";
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
  const { loaded: { config }, plan, mask, terminal } = request;
  const problems: Problem[] = [];
  const open: Reporter[] = [terminal.reporter];
  const { directory, level } = config.logs;
  try {
    open.push(await openLogFile({ directory, name: logFileName(plan.archive), level, mask }));
  } catch (error) {
    problems.push(warningOf(error));
  }
  const { mail } = config;
  const spool = mail === undefined ? undefined : new MailSpool(plan.stateDir, plan.name);
  const dropped = spool === undefined ? NONE_DROPPED : droppedMails(spool, directory, problems);
  const history = new RunHistory(historyPath(plan.stateDir), plan.name);
  terminal.lastGood = (label) => history.lastGood(label);
  problems.push(...history.problems);
  problems.push(...history.begin(plan, VERSION, (run) => {
    const startedAt = new Date(run.startedAt);
    const archive = formatArchiveName({ series: run.name, startedAt, runId: run.id });
    return `${directory}/${logFileName(archive)}`;
  }));
  problems.push(...beginMetrics(config, plan, history));
  const { watch: { signal } } = request;
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
      ...(mail === undefined || spool === undefined ? [] : [{
        name: "mail",
        write: (outcome: RunOutcome) =>
          mailOutcome({
            mail,
            spool,
            logsDirectory: directory,
            plan,
            history,
            dropped,
            emit,
            outcome,
            mask,
            signal: request.watch.signal,
          }),
      }]),
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

/** Reports that were dropped are named at the beginning, so that every trace of the run has them. */
function droppedMails(spool: MailSpool, logs: string, problems: Problem[]): DroppedReports {
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
