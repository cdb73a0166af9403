/** The mail about what no run can say: `autoborg status --notify`. @module */
import type { LoadedConfig } from "../config/load.ts";
import type { Problem } from "../problem.ts";
import { reasonOf } from "../errors.ts";
import { changeLines } from "../report/notify/message_lines.ts";
import type { StatusReport } from "../report/status/backup_status.ts";
import { decideAndRemember } from "../report/told_memory.ts";
import { MailSpool } from "../state/mail_spool.ts";
import { formatArchiveName, formatRunId } from "../text/archive_name.ts";
import { createMasker } from "../text/secret.ts";
import { notToldYet } from "./notify_event.ts";
import type { StatusThing } from "./status_events.ts";
import { VERSION } from "./version.ts";
import { humanAge } from "../text/units.ts";
import type { LastGoodRow } from "../report/last_good.ts";

/** Where it is remembered what was mailed of the status. */
export function statusToldPath(stateDir: string, name: string): string {
  return `${new MailSpool(stateDir, name).directory}/${name}.status.told.json`;
}

/**
 * Mails what is bad, once and with reminders, and that it is over unless only problems are mailed. A
 * timer that looks every few hours must not mail the same every few hours, whatever `when` says.
 */
export async function mailStatus(
  { config, secrets }: LoadedConfig,
  status: StatusReport,
  all: readonly StatusThing[],
  at: Date,
): Promise<readonly Problem[]> {
  const { mail, name, paths: { stateDir } } = config;
  if (mail === undefined) return [];
  const mask = createMasker(secrets);
  const hostname = Deno.hostname();
  const spool = new MailSpool(stateDir, name);
  const path = statusToldPath(stateDir, name);
  try {
    const things = await notToldYet(all, path, true);
    const state = things.length === 0 ? "ok" : "failed";
    const current = { state, bad: things.map(({ word }) => word), now: at.getTime() } as const;
    const wish = { when: "changes", remind: mail.remind } as const;
    const { decision, problems } = await decideAndRemember("people by mail", path, wish, current);
    if (!decision.send || (state === "ok" && mail.when === "problems")) return problems;
    const { statusMail } = await import("../report/mail/report_mail.ts");
    const { SEND_TIMEOUTS, sendMails } = await import("../report/mail/outbox.ts");
    const runId = formatRunId(crypto.getRandomValues(new Uint8Array(4)));
    const [duration] = changeLines(decision, at.getTime());
    const report = statusMail(
      {
        ...{ name, hostname, version: VERSION, at, lastGood: lastGoodRows(status) },
        findings: things.map(({ finding }) => finding),
        duration: duration === undefined ? undefined : `${duration.label}: ${duration.text}`,
      },
      formatArchiveName({ series: name, startedAt: at, runId }),
      mask,
    );
    const sent = await sendMails(report, {
      ...{ mail, hostname, mask, spool },
      sendWaiting: false,
      timeouts: SEND_TIMEOUTS,
      signal: new AbortController().signal,
      note: () => {},
    });
    return [...problems, ...sent];
  } catch (error) {
    return [{ severity: "warning", message: mask(`Cannot mail the status: ${reasonOf(error)}`) }];
  }
}

function lastGoodRows({ repositories }: StatusReport): readonly LastGoodRow[] {
  return repositories.map(({ label, state, lastBackup }) => ({
    repository: label,
    result: state,
    state: state === "fresh" ? "ok" : state === "absent" ? state : "failed",
    backup: lastBackup === null ? "none" : `${humanAge(lastBackup.ageSeconds * 1_000)} ago`,
  }));
}
