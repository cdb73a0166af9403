/**
 * The mails of `autoborg run`: about a run that ended, and about one that could not begin.
 * @module
 */
import { formatArchiveName, formatRunId } from "../text/archive_name.ts";
import type { Emit } from "../backup/events.ts";
import { type Problem, type RunOutcome, withProblems } from "../backup/outcome.ts";
import type { Plan } from "../backup/plan.ts";
import { ConfigError } from "../config/config_error.ts";
import type { LoadedConfig } from "../config/load.ts";
import type { Mail } from "../config/config_schema.ts";
import { AppError, reasonOf } from "../errors.ts";
import { logFileName } from "../report/log/log_retention.ts";
import type { RunHistory } from "../report/history/run_history.ts";
import type { Refusal } from "../report/mail/report_content.ts";
import { createMasker, type Masker } from "../text/secret.ts";
import type { DroppedMails } from "../state/dropped_mails.ts";
import { MailSpool } from "../state/mail_spool.ts";
import { LockHeldError } from "../state/run_lock.ts";
import type { chosenConfig, CliContext } from "./context.ts";
import { VERSION } from "./version.ts";

/** A run that ended. */
interface EndedRun {
  readonly loaded: LoadedConfig;
  readonly plan: Plan;
  readonly history: RunHistory;
  /** Reports of earlier runs that nobody ever got; the outcome names them. */
  readonly dropped: DroppedMails;
  /** Takes what belongs into the log. */
  readonly emit: Emit;
  /** What became of it; log and history must have heard of it. */
  readonly outcome: RunOutcome;
  readonly mask: Masker;
  /** Aborted when the process shall end soon. */
  readonly signal: AbortSignal;
}

/** Mails what became of a run, if anybody wants to hear of it, and what waits from earlier ones. */
export async function mailOutcome(ended: EndedRun): Promise<readonly Problem[]> {
  const { loaded, plan, history, dropped, emit, outcome, mask, signal } = ended;
  const { mail, logs } = loaded.config;
  if (mail === undefined) return [];
  try {
    const spool = new MailSpool(plan.stateDir, plan.name);
    const isWanted = mail.when === "always" || outcome.state !== "ok";
    if (!isWanted && !await hasWaiting(spool)) return [];
    const { runMail } = await import("../report/mail/report_mail.ts");
    const reportOf = (told: RunOutcome) =>
      runMail(told, {
        version: VERSION,
        run: plan.archive,
        logPath: `${logs.directory}/${logFileName(plan.archive)}`,
        recentCreates: (label, count) => history.recentCreates(label, count),
        mask,
      });
    const report = isWanted ? await reportOf(outcome) : undefined;
    const { SEND_TIMEOUTS, replaceWaiting, sendMails } = await import("../report/mail/outbox.ts");
    const problems = await sendMails(report, {
      mail,
      hostname: plan.hostname,
      mask,
      spool,
      told: dropped,
      sendWaiting: true,
      timeouts: SEND_TIMEOUTS,
      signal,
      note: (level, text) => emit({ type: "note", scope: {}, level, text }),
    });
    // That nothing can be written down was found at the beginning.
    const known = new Set(outcome.problems.map(({ message }) => message));
    const added = problems.filter(({ message }) => !known.has(message));
    if (report !== undefined && added.length > 0) {
      const told = await reportOf(withProblems(outcome, added));
      try {
        await replaceWaiting(told, mail, spool);
      } catch (error) {
        // The report is on its way or already said to wait or to be lost: only the spool is at fault.
        return isSpoolNamed([...outcome.problems, ...added], spool)
          ? added
          : [...added, { severity: "warning", message: mask(reasonOf(error)) }];
      }
    }
    return added;
  } catch (error) {
    return [{ severity: "warning", message: mask(`Cannot mail the report: ${reasonOf(error)}`) }];
  }
}

/** A spool that can't be read is named when it is tried, and holds nothing that could be sent. */
async function hasWaiting(spool: MailSpool): Promise<boolean> {
  try {
    return (await spool.list()).length > 0;
  } catch {
    return false;
  }
}

/** Whether it is said already that the spool is broken. */
function isSpoolNamed(problems: readonly Problem[], spool: MailSpool): boolean {
  return problems.some(({ message }) => message.includes(`the mail spool "${spool.directory}"`));
}

/** Who is told of a run that could not begin. */
interface RefusedRun {
  readonly mail: Mail;
  readonly name: string;
  readonly stateDir: string | undefined;
  readonly mask: Masker;
}

/**
 * Mails why a run could not begin. What waits from earlier runs is left alone: another run, which
 * holds the lock, may be sending it.
 */
export async function mailRefusal(
  context: CliContext,
  run: RefusedRun,
  error: unknown,
): Promise<void> {
  const { mail, name, stateDir, mask } = run;
  const at = context.now();
  const hostname = Deno.hostname();
  const runId = formatRunId(crypto.getRandomValues(new Uint8Array(4)));
  const refusal = { name, hostname, at, version: VERSION, ...refusalOf(error) };
  try {
    const { refusalMail } = await import("../report/mail/report_mail.ts");
    const { SEND_TIMEOUTS, sendMails } = await import("../report/mail/outbox.ts");
    const archive = formatArchiveName({ series: name, startedAt: at, runId });
    const problems = await sendMails(refusalMail(refusal, archive, mask), {
      mail,
      hostname,
      mask,
      spool: stateDir === undefined ? undefined : new MailSpool(stateDir, name),
      sendWaiting: false,
      // Whoever stands at the terminal waits for the reason.
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

/**
 * Mails why an invalid configuration keeps runs from beginning, if its `[mail]` table is usable.
 */
export async function mailInvalidConfig(
  context: CliContext,
  chosen: ReturnType<typeof chosenConfig>,
  error: ConfigError,
): Promise<void> {
  const { loadMailAlone } = await import("../config/mail_alone.ts");
  const alone = await loadMailAlone(chosen.path, chosen.environment);
  if (alone === undefined) return;
  const { mail, name = "autoborg", stateDir, secrets } = alone;
  await mailRefusal(context, { mail, name, stateDir, mask: createMasker(secrets) }, error);
}

/** Prints problems for the person at the terminal. */
export function tellProblems(
  context: CliContext,
  problems: readonly Problem[],
  mask: Masker,
): void {
  for (const { severity, message, hint } of problems) {
    const advice = hint === undefined ? "" : `\nhint: ${hint}`;
    context.tell(mask(`${severity}: ${message}${advice}\n`));
  }
}

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
