/** Mails to send: this run's report, and those that wait from earlier runs. @module */
import type { Mail } from "../../config/config_schema.ts";
import type { AppError } from "../../errors.ts";
import type { MailSpool } from "../../state/mail_spool.ts";
import { compose, type Message, type Stamp } from "./message.ts";

/** A report to send. */
export interface ReportMail {
  /** The new archive's name; it tells the runs apart. */
  readonly run: string;
  readonly message: Message;
  /** The same for a server that does not accept so large a mail. */
  readonly small?: Message;
}

/** A mail in the queue of the outbox. */
export interface QueuedMail {
  readonly what: string;
  /** Whether it waits from an earlier run. */
  readonly isOld: boolean;
  /** Its name in the spool; `undefined` when it is not there. */
  spooled: string | undefined;
  readonly read: () => Promise<Uint8Array>;
  /** Puts a smaller one in its place; `undefined` when there is none. */
  shrink?: (() => Promise<void>) | undefined;
  failure?: AppError;
}

/** Queues a report. */
export async function queueReport(report: ReportMail, mail: Mail): Promise<QueuedMail> {
  const { run, message, small } = report;
  const stamp: Stamp = {
    date: new Date(),
    id: `${run.replaceAll(":", "")}.${crypto.randomUUID()}`,
  };
  let bytes = await compose(message, mail, stamp);
  const queued: QueuedMail = {
    what: `the mail "${message.subject}"`,
    isOld: false,
    spooled: undefined,
    read: () => Promise.resolve(bytes),
  };
  if (small !== undefined) {
    queued.shrink = async () => {
      bytes = await compose(small, mail, stamp);
      queued.shrink = undefined;
    };
  }
  return queued;
}

/** Queues a mail that waits in the spool. */
export function queueWaiting(name: string, spool: MailSpool): QueuedMail {
  return {
    what: `the waiting mail "${name}"`,
    isOld: true,
    spooled: name,
    read: () => spool.read(name),
  };
}
