/** Writes report mails: about a run, or about why there was none. @module */
import type { RunOutcome } from "../../backup/outcome.ts";
import type { Masker } from "../../text/secret.ts";
import type { PastCreate } from "../../state/history.ts";
import type { LastGood } from "../last_good.ts";
import type { MailContent } from "./content.ts";
import { renderHtml } from "./html.ts";
import { type LogLimits, readLog, withoutAttachment } from "./log_excerpt.ts";
import type { Message } from "./message.ts";
import type { ReportMail } from "./queued_mail.ts";
import { type Refusal, refusalContent, runContent } from "./report_content.ts";
import { statusContent, type StatusTold } from "./status_content.ts";
import { renderText } from "./text.ts";
import { SHOWN_RUNS, trendOf } from "./trend.ts";

/** What a report about a run contains besides its outcome. */
export interface RunSources {
  readonly version: string;
  readonly run: string;
  /** The log file; the run must have written all of it. */
  readonly logPath: string;
  /** What became of a repository's newest archives, this run's among them; oldest first. */
  readonly recentCreates: (label: string, count: number) => readonly PastCreate[];
  readonly lastGood: LastGood;
  readonly mask: Masker;
  readonly logLimits?: LogLimits;
}

/** Writes about a run. */
export async function runMail(outcome: RunOutcome, sources: RunSources): Promise<ReportMail> {
  const { version, run, logPath, mask, recentCreates, lastGood } = sources;
  const { excerpt, attachment } = await readLog(logPath, sources.logLimits);
  const trends = outcome.repositories.flatMap(({ label }) => {
    return trendOf(label, recentCreates(label, SHOWN_RUNS)) ?? [];
  });
  const content = runContent(outcome, { version, lastGood, trends, log: excerpt, mask });
  if (attachment === undefined) return { run, message: messageOf(content) };
  const small = { ...content, log: withoutAttachment(excerpt, logPath) };
  return {
    run,
    message: { ...messageOf(content), attachments: [attachment] },
    small: messageOf(small),
  };
}

/** Writes about a run that ended before it began. */
export function refusalMail(refusal: Refusal, run: string, mask: Masker): ReportMail {
  return { run, message: messageOf(refusalContent(refusal, mask)) };
}

/** Writes about the state of the backups when no run can tell it. */
export function statusMail(told: StatusTold, run: string, mask: Masker): ReportMail {
  return { run, message: messageOf(statusContent(told, mask)) };
}

/** Gives content the forms in which it is sent. */
export function messageOf(content: MailContent): Message {
  const { subject } = content;
  return { subject, text: renderText(content), html: renderHtml(content), attachments: [] };
}
