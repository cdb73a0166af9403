/** The mail about a run that ended. @module */
import type { Emit } from "../backup/events.ts";
import { type Problem, type RunOutcome, withProblems } from "../backup/outcome.ts";
import type { Plan } from "../backup/plan.ts";
import type { Mail } from "../config/config_schema.ts";
import { reasonOf } from "../errors.ts";
import { badOf } from "../report/notify/channel_view.ts";
import { decide } from "../report/told_decision.ts";
import { readTold, writeTold } from "../state/told_state.ts";
import { logFileName } from "../report/log/log_retention.ts";
import type { RunHistory } from "../report/history/run_history.ts";
import type { Masker } from "../text/secret.ts";
import type { DroppedReports } from "../state/dropped_reports.ts";
import type { MailSpool } from "../state/mail_spool.ts";
import { VERSION } from "./version.ts";

interface EndedRun {
  readonly mail: Mail;
  readonly spool: MailSpool;
  readonly logsDirectory: string;
  readonly plan: Plan;
  readonly history: RunHistory;
  /** Reports of earlier runs that nobody ever got; the outcome names them. */
  readonly dropped: DroppedReports;
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
  const { mail, spool, plan, history, dropped, emit, outcome, mask, signal } = ended;
  try {
    const isWanted = await isMailWanted(ended);
    if (!isWanted && !await hasWaiting(spool)) return [];
    const { runMail } = await import("../report/mail/report_mail.ts");
    const reportOf = (told: RunOutcome) =>
      runMail(told, {
        version: VERSION,
        run: plan.archive,
        logPath: `${ended.logsDirectory}/${logFileName(plan.archive)}`,
        recentCreates: (label, count) => history.recentCreates(label, count),
        lastGood: (label) => history.lastGood(label),
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

/** Whether the run is mailed, by what was mailed last; remembers it. */
async function isMailWanted({ mail, spool, plan, outcome }: EndedRun): Promise<boolean> {
  if (mail.when !== "changes") return mail.when === "always" || outcome.state !== "ok";
  const path = `${spool.directory}/${plan.name}.told.json`;
  const { state } = outcome;
  const current = { state, bad: badOf(outcome), now: outcome.finishedAt.getTime() };
  const { send, next } = decide(mail, await readTold(path), current);
  try {
    writeTold(path, next);
  } catch {
    // The spool is in the same directory and says so; better a mail too many.
    return send || state !== "ok";
  }
  return send;
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
