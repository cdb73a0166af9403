import type { Problem } from "../backup/outcome.ts";
import type { ArchiveExtent } from "../backup/shrink.ts";
import type { Plan } from "../backup/plan.ts";
import type { LoadedConfig } from "../config/load.ts";
import { AppError, reasonOf } from "../errors.ts";
import { ConsoleReporter, type ProgressStyle } from "../report/console.ts";
import type { TerminalSize } from "../report/frame.ts";
import { historyReporter } from "../report/history.ts";
import { openLogFile } from "../report/log_file.ts";
import { logFileName, removeExpiredLogs } from "../report/log_retention.ts";
import { droppedProblems } from "../report/mail/dropped.ts";
import { type MetricsOptions, metricsReporter } from "../report/metrics_reporter.ts";
import { Ping } from "../report/ping.ts";
import { type Reporter, Reporters } from "../report/reporter.ts";
import type { Masker } from "../secret.ts";
import { type DroppedMails, NONE_DROPPED } from "../state/dropped_mails.ts";
import { History, type PastCreate } from "../state/history.ts";
import { MailSpool } from "../state/mail_spool.ts";
import { type CliContext, type CommonFlags, wantsColour } from "./context.ts";
import { historyPath } from "./history_file.ts";
import { isJournal } from "./journal.ts";
import { VERSION } from "./version.ts";

/** Everybody who hears of a run, and what is known before it. */
export interface ReportingDesk {
  readonly reporters: Reporters;
  /** Reporters that could not begin their work. */
  readonly problems: readonly Problem[];
  /** When a repository's last good check ended, if ever. */
  readonly lastCheck: (label: string) => Date | undefined;
  /** The last archive of a repository that was not suspicious, if any is known. */
  readonly baseline: (label: string) => ArchiveExtent | undefined;
  /** A repository's newest archives, oldest first; this run's too once it has ended. */
  readonly recentCreates: (label: string, count: number) => readonly PastCreate[];
  /** Ids of the runs that are known, the last one first. */
  readonly runIds: () => readonly string[];
  /** Tells a monitoring service of the run, if one is configured. */
  readonly ping: Ping | undefined;
  /** Reports of earlier runs that nobody ever got; {@linkcode problems} names them. */
  readonly dropped: DroppedMails;
}

/** The flags that reporting depends on. */
export interface ReportingFlags extends CommonFlags {
  readonly progress: "auto" | ProgressStyle;
}

/**
 * Begins the work of all reporters. A log or a history that can't be opened is reported; the backup
 * goes on without it.
 *
 * @param context the world outside
 * @param flags what the command line says
 * @param loaded the configuration
 * @param plan the run
 * @param mask keeps secrets out of everything
 * @returns the reporters at work
 */
export async function openReporters(
  context: CliContext,
  flags: ReportingFlags,
  loaded: LoadedConfig,
  plan: Plan,
  mask: Masker,
): Promise<ReportingDesk> {
  const { logs } = loaded.config;
  const problems: Problem[] = [];
  const open: Reporter[] = [consoleReporter(context, flags, mask)];
  try {
    const name = logFileName(plan.archive);
    open.push(await openLogFile({ directory: logs.directory, name, level: logs.level, mask }));
  } catch (error) {
    problems.push(asWarning(error));
  }
  const dropped = droppedMails(loaded, plan, problems);
  const ping = pingOf(loaded, plan, mask);
  if (ping !== undefined) open.push(ping);
  const history = openHistory(plan, problems);
  open.push(historyReporter(history, { version: VERSION, mask }));
  const metrics = metricsOptions(loaded);
  if (metrics !== undefined) open.push(metricsReporter(history, metrics));
  const lastCheck = (label: string) => history.lastSuccess(plan.name, label, "check");
  const recentCreates = (label: string, count: number) =>
    history.recentCreates(plan.name, label, count);
  const baseline = (label: string) => history.baseline(plan.name, label);
  const reporters = new Reporters(open);
  const runIds = () => history.runIds(plan.name);
  return { reporters, problems, lastCheck, baseline, recentCreates, runIds, ping, dropped };
}

/** Reports that were dropped are named at the beginning, so that every trace of the run has them. */
function droppedMails({ config }: LoadedConfig, plan: Plan, problems: Problem[]): DroppedMails {
  if (config.mail === undefined) return NONE_DROPPED;
  try {
    const dropped = new MailSpool(plan.stateDir, plan.name).dropped();
    problems.push(...droppedProblems(dropped, config.logs.directory));
    return dropped;
  } catch (error) {
    problems.push(asWarning(error));
    return NONE_DROPPED;
  }
}

/** A history that can't be opened is replaced by one that ends with the run. */
function openHistory(plan: Plan, problems: Problem[]): History {
  try {
    return History.open(historyPath(plan.stateDir), (message) => {
      problems.push({ severity: "warning", message });
    });
  } catch (error) {
    problems.push(asWarning(error));
    return History.inMemory();
  }
}

function pingOf({ config }: LoadedConfig, plan: Plan, mask: Masker): Ping | undefined {
  const { url } = config.ping;
  if (url === undefined) return undefined;
  return new Ping({ url, mask, withoutBackup: plan.skip.has("create") });
}

function metricsOptions({ config }: LoadedConfig): MetricsOptions | undefined {
  const { name, repositories, status, metrics } = config;
  if (metrics.textfile === undefined) return undefined;
  return {
    path: metrics.textfile,
    name,
    repositories,
    maxAge: status.max_age,
    version: VERSION,
  };
}

function consoleReporter(
  context: CliContext,
  flags: ReportingFlags,
  mask: Masker,
): ConsoleReporter {
  const automatic = Deno.stderr.isTerminal() && context.variable("TERM") !== "dumb";
  return new ConsoleReporter({
    write: context.tell,
    writeOutput: context.print,
    size: terminalSize,
    colour: wantsColour(context, flags),
    progress: flags.progress !== "auto" ? flags.progress : automatic ? "bar" : "plain",
    journal: isJournal(context.variable),
    mask,
    now: () => performance.now(),
  });
}

function terminalSize(): TerminalSize {
  try {
    const { columns, rows } = Deno.consoleSize();
    // Terminals that do not know their size say that it is 0.
    return { columns: columns || 80, rows: rows || 24 };
  } catch {
    return { columns: 80, rows: 24 };
  }
}

/**
 * Removes the oldest log files, as the configuration says.
 *
 * @param loaded the configuration
 * @param plan the run
 * @param desk knows in which order the runs were made
 * @returns what went wrong
 */
export async function removeOldLogs(
  loaded: LoadedConfig,
  plan: Plan,
  desk: Pick<ReportingDesk, "runIds">,
): Promise<readonly Problem[]> {
  const { directory, keep } = loaded.config.logs;
  try {
    const order = { running: logFileName(plan.archive), known: knownRuns(desk) };
    await removeExpiredLogs(directory, plan.name, keep, order);
    return [];
  } catch (error) {
    return [asWarning(error)];
  }
}

/** A history that can't be read says so itself when the run is written down. */
function knownRuns(desk: Pick<ReportingDesk, "runIds">): readonly string[] {
  try {
    return desk.runIds();
  } catch {
    return [];
  }
}

function asWarning(error: unknown): Problem {
  const hint = error instanceof AppError && error.hint !== undefined ? { hint: error.hint } : {};
  return { severity: "warning", message: reasonOf(error), ...hint };
}
