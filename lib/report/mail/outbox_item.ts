/**
 * Mails on their way: this run's report, and those that wait from earlier runs.
 *
 * @module
 */
import type { Mail } from "../../config/config_schema.ts";
import type { AppError } from "../../errors.ts";
import type { MailSpool } from "../../state/mail_spool.ts";
import { compose, type Message, type Stamp } from "./message.ts";

/** A report to send. */
export interface Letter {
  /** The new archive's name; it tells the runs apart. */
  readonly run: string;
  readonly message: Message;
  /** The same for a server that does not take so large a mail. */
  readonly small?: Message;
}

/** A mail on its way. */
export interface Item {
  /** What it is, for the log. */
  readonly what: string;
  /** Whether it waits from an earlier run. */
  readonly isOld: boolean;
  /** Its name in the spool; `undefined` when it is not there. */
  spooled: string | undefined;
  readonly recipients: readonly string[];
  /** Gives the mail itself. */
  readonly read: () => Promise<Uint8Array>;
  /** Puts a smaller one in its place; `undefined` when there is none. */
  shrink: (() => Promise<void>) | undefined;
  failure: AppError | undefined;
}

/** Puts a report on its way. */
export async function letterItem(letter: Letter, mail: Mail): Promise<Item> {
  const { run, message, small } = letter;
  const stamp: Stamp = {
    date: new Date(),
    id: `${run.replaceAll(":", "")}.${crypto.randomUUID()}`,
  };
  let bytes = await compose(message, mail, stamp);
  const item: Item = {
    what: `the mail "${message.subject}"`,
    isOld: false,
    spooled: undefined,
    recipients: mail.recipients,
    read: () => Promise.resolve(bytes),
    shrink: undefined,
    failure: undefined,
  };
  if (small !== undefined) {
    item.shrink = async () => {
      bytes = await compose(small, mail, stamp);
      item.shrink = undefined;
    };
  }
  return item;
}

/**
 * Puts a mail that waits on its way.
 *
 * @param mail who gets it now, which may be others than then
 */
export function waitingItem(name: string, spool: MailSpool, mail: Mail): Item {
  return {
    what: `the waiting mail "${name}"`,
    isOld: true,
    spooled: name,
    recipients: mail.recipients,
    read: () => spool.read(name),
    shrink: undefined,
    failure: undefined,
  };
}
