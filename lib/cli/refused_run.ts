/** Runs that could not begin: what is recorded, said and mailed of them. @module */
import type { Plan } from "../backup/plan.ts";
import { failedOutcome } from "../backup/session.ts";
import { serviceOf } from "../channels/services.ts";
import { ConfigError } from "../config/config_error.ts";
import type { Mail } from "../config/config_schema.ts";
import type { LoadedConfig } from "../config/load.ts";
import { AppError, ExitCode, hintOf, reasonOf } from "../errors.ts";
import { lastGoodBackup } from "../report/last_good.ts";
import { recordedRun } from "../report/history/recorded_run.ts";
import type { Refusal } from "../report/mail/report_content.ts";
import { History } from "../state/history.ts";
import { MailSpool } from "../state/mail_spool.ts";
import { LockHeldError } from "../state/run_lock.ts";
import { formatArchiveName, formatRunId } from "../text/archive_name.ts";
import type { Masker } from "../text/secret.ts";
import type { CliContext } from "./context.ts";
import type { Audience } from "./notify_event.ts";
import { SHORT_NOTIFY_LIMITS } from "./notify_limits.ts";
import { tellProblems } from "./describe_error.ts";
import { logRefusal } from "./refused_log.ts";
import { refuseMetrics } from "./run_metrics.ts";
import { historyPath } from "../state/history_opening.ts";
import { VERSION } from "./version.ts";

/**
 * Records that another run holds the lock; a log, the metrics and a mail say why the run could not
 * begin, whatever it was.
 */
export async function reportRefusal(
  context: CliContext,
  { config }: LoadedConfig,
  plan: Plan | undefined,
  mask: Masker,
  error: unknown,
): Promise<void> {
  const { channels, logs, mail, metrics, name, page, paths } = config;
  const run = plan ?? identified(context, name);
  const { directory, keep } = logs;
  const { runId, archive } = run;
  await logRefusal(context, { name, runId, archive, directory, keep, mask }, error);
  if (plan !== undefined && error instanceof LockHeldError) {
    recordRefusal(context, plan, mask, error);
  }
  const kind = error instanceof LockHeldError ? "lock-held" : "cannot-begin";
  await refuseMetrics(context, { ...metrics, name }, kind);
  const { stateDir } = paths;
  const link = page.url ?? null;
  await notifyRefusal(context, { channels, name, stateDir, link, mask }, error);
  if (mail === undefined) return;
  await mailRefusal(context, { mail, name, archive, stateDir: paths.stateDir, mask }, error);
}

/** Writes down that a run did not begin; the other run may write at the same time. */
function recordRefusal(context: CliContext, plan: Plan, mask: Masker, error: LockHeldError): void {
  const problem = { severity: "error", message: error.message, ...hintOf(error) } as const;
  try {
    // A damaged history is left to the run that holds the lock.
    using history = History.open(historyPath(plan.stateDir));
    const options = { version: VERSION, mask, refused: true };
    history.record(recordedRun(failedOutcome(plan, problem), options));
  } catch (failure) {
    context.tell(`warning: ${mask(reasonOf(failure))}\n`);
  }
}

/** Who is notified of a run that could not begin. */
interface RefusedRun {
  readonly mail: Mail;
  readonly name: string;
  /** The name that its archive would have had. */
  readonly archive: string;
  readonly stateDir: string | undefined;
  readonly mask: Masker;
}

/** Mails why a run could not begin; what waits is left to the run that may hold the lock. */
export async function mailRefusal(
  context: CliContext,
  run: RefusedRun,
  error: unknown,
): Promise<void> {
  const { mail, name, archive, stateDir, mask } = run;
  const at = context.now();
  const hostname = Deno.hostname();
  const lastGood = stateDir === undefined ? [] : lastBackups(stateDir, name);
  const refusal = { name, hostname, at, version: VERSION, ...refusalOf(error), lastGood };
  try {
    const { refusalMail } = await import("../report/mail/report_mail.ts");
    const { SEND_TIMEOUTS, sendMails } = await import("../report/mail/outbox.ts");
    const problems = await sendMails(refusalMail(refusal, archive, mask), {
      mail,
      hostname,
      mask,
      spool: stateDir === undefined ? undefined : new MailSpool(stateDir, name),
      sendWaiting: false,
      // A user at the terminal waits for the reason.
      timeouts: {
        ...SEND_TIMEOUTS,
        pauses: SEND_TIMEOUTS.pauses.slice(0, 1),
        whole: SEND_TIMEOUTS.limits.whole,
      },
      signal: new AbortController().signal,
      note: () => {},
    });
    tellProblems(context, problems, mask);
  } catch (failure) {
    context.tell(`warning: ${mask(`Cannot mail the report: ${reasonOf(failure)}`)}\n`);
  }
}

/** Tells the channels why a run could not begin. */
export async function notifyRefusal(
  context: CliContext,
  audience: Omit<Audience, "hostname">,
  error: unknown,
): Promise<void> {
  if (audience.channels.length === 0) return;
  const { message, hint, reason = message } = refusalOf(error);
  const { notifyEvent } = await import("./notify_event.ts");
  // The other run tells how it ends; that would be a false alarm of a service that waits for it.
  const channels = audience.channels.filter(({ kind }) =>
    !(error instanceof LockHeldError && serviceOf(kind).isHeartbeat)
  );
  const problems = await notifyEvent({ ...audience, channels, hostname: Deno.hostname() }, {
    event: "refused",
    at: context.now(),
    exitCode: error instanceof AppError ? error.exitCode : ExitCode.internal,
    things: [{
      word: "run refused",
      lines: [
        { label: "", text: `no backup was made: ${reason}` },
        ...(reason === message ? [] : [{ label: "error", text: message }]),
        ...(hint === undefined ? [] : [{ label: "hint", text: hint }]),
      ],
    }],
  }, SHORT_NOTIFY_LIMITS);
  tellProblems(context, problems, audience.mask);
}

/** What names a run for which there is no plan. */
export function identified(
  { now }: CliContext,
  name: string,
): Pick<Plan, "name" | "runId" | "archive"> {
  const runId = formatRunId(crypto.getRandomValues(new Uint8Array(4)));
  return { name, runId, archive: formatArchiveName({ series: name, startedAt: now(), runId }) };
}

/** The last good backup in each repository of the last run; none when nothing is known. */
function lastBackups(stateDir: string, name: string): Refusal["lastGood"] {
  try {
    using history = History.openForReading(historyPath(stateDir));
    const runs = history?.runs(name, RECENT) ?? [];
    const last = runs.find(({ repositories }) => repositories.length > 0);
    return (last?.repositories ?? []).map(({ repository: { label } }) => {
      const backup = history === undefined ? undefined : lastGoodBackup(history, name, label);
      return [label, backup] as const;
    });
  } catch {
    // Why there was no run matters more than a history that can't be read.
    return [];
  }
}

/** How many of the last runs are searched for one that had to do with repositories. */
const RECENT = 100;

function refusalOf(error: unknown): Pick<Refusal, "reason" | "message" | "hint"> {
  const hint = error instanceof AppError ? error.hint : undefined;
  const message = reasonOf(error);
  if (error instanceof LockHeldError) {
    return { reason: "another run holds the lock", message, hint };
  }
  if (error instanceof ConfigError && error.findings.length > 0) {
    const count = error.findings.length;
    const mistakes = `${count} ${count === 1 ? "mistake" : "mistakes"}`;
    return { reason: `the configuration is invalid (${mistakes})`, message, hint };
  }
  return { message, hint };
}
