/**
 * Sends a report and the ones that wait: tries again with growing pauses, and leaves in the spool
 * what does not get through. To be loaded only to send: it brings the mail library.
 *
 * @module
 */
import type { Level } from "../../backup/events.ts";
import type { Problem } from "../../backup/outcome.ts";
import { graceAfter } from "../../async/deadline.ts";
import type { Mail } from "../../config/config_schema.ts";
import { AppError, reasonOf, warningOf } from "../../errors.ts";
import type { Masker } from "../../text/secret.ts";
import type { DroppedMails } from "../../state/dropped_mails.ts";
import {
  type MailSpool,
  MOST_WAITING,
  NoSuchMailError,
  UnreadableMailError,
} from "../../state/mail_spool.ts";
import { humanDuration } from "../../text/units.ts";
import { type Delivery, describeDelivery } from "./delivery.ts";
import { isFinal, isRefusedForGood, isTooLarge, MailError } from "./mail_error.ts";
import { type Item, type Letter, letterItem, waitingItem } from "./outbox_item.ts";
import { deliver, SMTP_LIMITS, type SmtpLimits } from "./smtp.ts";
import { counted } from "./subject.ts";

/** How patient to be, in milliseconds. */
interface Patience {
  readonly limits: SmtpLimits;
  /** The pause before the second try, the third and so on. */
  readonly pauses: readonly number[];
  /** The end of all tries together. */
  readonly whole: number;
  /** The end of them when the process shall end soon, from then on; 8 s when left out. */
  readonly hurried?: number;
}

/** How patient a run is: it must not be held for long. */
export const PATIENCE: Patience = { limits: SMTP_LIMITS, pauses: [5_000, 15_000], whole: 180_000 };

/** What the sending of mails needs to know. */
export interface OutboxOptions {
  readonly mail: Mail;
  readonly hostname: string;
  readonly mask: Masker;
  /** Where mails wait; without it nothing waits. */
  readonly spool: MailSpool | undefined;
  /** Dropped mails that the report names: when it is delivered they are forgotten. */
  readonly told?: DroppedMails;
  /** Whether what waits is sent too; only who holds the run lock may do that. */
  readonly sendWaiting: boolean;
  readonly patience: Patience;
  /** Ends the tries. */
  readonly signal: AbortSignal;
  /** Takes what belongs into the log. */
  readonly note: (level: Level, text: string) => void;
}

/**
 * Sends a report, and then what waits from earlier runs.
 *
 * @param letter the report; `undefined` when there is nothing to report
 * @returns what a person should know: that a mail was not sent, that a recipient was refused
 */
export async function sendMails(
  letter: Letter | undefined,
  options: OutboxOptions,
): Promise<readonly Problem[]> {
  // A server that hangs must not keep a run that is being stopped.
  using grace = graceAfter(options.signal, options.patience.hurried ?? 8_000);
  const outbox = new Outbox(options, grace.signal);
  await outbox.fill(letter);
  await outbox.empty();
  return await outbox.conclude();
}

/**
 * Puts another report in the place of one that waits: that it could not be sent belongs to the run,
 * so a mail that is delivered later must not say that all was well.
 *
 * @param spool where it waits; when it is not there nothing is done
 * @throws {AppError} when the spool can't be read or written to
 */
export async function replaceWaiting(letter: Letter, mail: Mail, spool: MailSpool): Promise<void> {
  if (!(await spool.list()).includes(spool.nameOf(letter.run))) return;
  const item = await letterItem(letter, mail);
  await spool.add(letter.run, await item.read());
}

class Outbox {
  readonly #options: OutboxOptions;
  readonly #problems: Problem[] = [];
  readonly #deadline: number;
  readonly #giveUpSignal: AbortSignal;
  #waiting: Item[] = [];
  #own: Item | undefined;
  #isSpoolBroken = false;

  constructor(options: OutboxOptions, giveUp: AbortSignal) {
    this.#options = options;
    this.#giveUpSignal = giveUp;
    this.#deadline = performance.now() + options.patience.whole;
  }

  async fill(letter: Letter | undefined): Promise<void> {
    const { spool, sendWaiting, mail } = this.#options;
    const own = letter === undefined ? undefined : await letterItem(letter, mail);
    if (letter !== undefined && own !== undefined) {
      this.#own = own;
      this.#waiting.push(own);
      await this.#writeDown(own, letter.run);
    }
    if (spool === undefined || !sendWaiting) return;
    await this.#keep(async () => {
      const names = (await spool.list()).filter((name) => name !== own?.spooled);
      this.#waiting.push(...names.map((name) => waitingItem(name, spool, mail)));
    });
  }

  /** Several tries, each over all that wait; the newest report goes first. */
  async empty(): Promise<void> {
    const { pauses } = this.#options.patience;
    for (const [index, pause] of [0, ...pauses].entries()) {
      if (index > 0 && !await this.#rest(pause)) return;
      await this.#tryAll(`try ${index + 1} of ${pauses.length + 1}`);
      const open = this.#waiting.filter(({ failure }) => !isFinal(failure));
      if (open.length === 0 || this.#options.signal.aborted) return;
    }
  }

  async conclude(): Promise<readonly Problem[]> {
    const { spool } = this.#options;
    // Not earlier: what can be sent now need not go.
    await this.#keep(() => this.#dropOldest());
    const [first] = this.#waiting;
    const reason = first?.failure?.message;
    if (first !== undefined) {
      const hint = first.failure?.hint;
      this.#problems.unshift({
        severity: "warning",
        message: `${reason ?? "There was no time left to send the mail"}; ${this.#whatRemains()}`,
        ...(hint === undefined ? {} : { hint }),
      });
    }
    await this.#keep(() =>
      spool?.setFailure(reason === undefined ? undefined : { at: new Date(), reason })
    );
    for (const { severity, message } of this.#problems) this.#options.note(severity, message);
    return this.#problems;
  }

  /** What becomes of the mails that could not be sent. */
  #whatRemains(): string {
    const kept = this.#waiting.filter(({ spooled }) => spooled !== undefined).length;
    const lost = this.#waiting.length - kept;
    const directory = this.#options.spool?.directory;
    return [
      ...(kept === 0 ? [] : [
        `${counted(kept, "report waits", "reports wait")} in "${directory}" for the next run`,
      ]),
      ...(lost === 0 ? [] : [`${counted(lost, "report is", "reports are")} lost`]),
    ].join(", ");
  }

  async #dropOldest(): Promise<void> {
    const { spool, mask } = this.#options;
    const dropped = await spool?.dropOldest(this.#own?.spooled) ?? [];
    if (dropped.length === 0) return;
    this.#waiting = this.#waiting.filter(({ spooled }) =>
      spooled === undefined || !dropped.includes(spooled)
    );
    const count = counted(dropped.length, "waiting report was", "waiting reports were");
    const message = `${count} dropped: more than ${MOST_WAITING} wait in "${spool?.directory}"; ` +
      "the next report that is delivered names them";
    this.#problems.push({ severity: "warning", message: mask(message) });
  }

  /** Before it is sent: a process that is killed meanwhile shall not lose it. */
  async #writeDown(item: Item, run: string): Promise<void> {
    await this.#keep(async () => {
      item.spooled = await this.#options.spool?.add(run, await item.read());
    });
  }

  async #tryAll(which: string): Promise<void> {
    for (const item of [...this.#waiting]) {
      if (isFinal(item.failure)) continue;
      if (performance.now() >= this.#deadline || this.#giveUpSignal.aborted) return;
      try {
        await this.#deliver(item);
      } catch (error) {
        if (error instanceof NoSuchMailError) {
          this.#waiting = this.#waiting.filter((other) => other !== item);
          continue;
        }
        item.failure = error instanceof AppError ? error : new AppError(reasonOf(error));
        this.#options.note("warning", `${which}: ${item.failure.message}`);
        if (item.isOld && isRefusedForGood(item.failure)) await this.#giveUp(item);
        if (item.failure instanceof UnreadableMailError) this.#leave(item, item.failure);
        // What is wrong with the server is wrong for the next mail as well.
        if (item.failure instanceof MailError && item.failure.concernsServer) return;
      }
    }
  }

  async #deliver(item: Item): Promise<void> {
    try {
      await this.#hand(item);
    } catch (error) {
      if (item.shrink === undefined || !isTooLarge(error)) throw error;
      this.#options.note("warning", `${error.message}; the log is left out`);
      await item.shrink();
      await this.#hand(item);
    }
  }

  async #hand(item: Item): Promise<void> {
    const { mail, hostname, mask, patience, note } = this.#options;
    const left = Math.max(1, this.#deadline - performance.now());
    const limits = { ...patience.limits, whole: Math.min(patience.limits.whole, left) };
    const parcel = { bytes: await item.read(), recipients: item.recipients };
    const delivery = await deliver(parcel, mail, {
      hostname,
      mask,
      limits,
      giveUp: this.#giveUpSignal,
    });
    note("info", mask(`Sent ${item.what}: ${describeDelivery(delivery)}`));
    await this.#settle(item, delivery);
  }

  async #settle(item: Item, { refused, accepted }: Delivery): Promise<void> {
    const { spool, mask, told } = this.#options;
    this.#waiting = this.#waiting.filter((other) => other !== item);
    const { spooled } = item;
    if (item === this.#own && told !== undefined) {
      await this.#keep(() => spool?.forgetDropped(told));
    }
    // Some have it: with the next run they would get it twice.
    if (spooled !== undefined) await this.#keep(() => spool?.remove(spooled));
    item.spooled = undefined;
    if (refused.length === 0) return;
    const names = refused.map(({ recipient, answer }) => `"${recipient}" ("${answer}")`);
    this.#problems.push({
      severity: "warning",
      message: mask(
        `The mail server refused ${names.join(", ")}; ` +
          `${counted(accepted.length, "other recipient has", "other recipients have")} the mail`,
      ),
      hint: "See mail.recipients",
    });
  }

  /** Nothing can be done about it here, and it is no reason to say that no mail gets through. */
  #leave(item: Item, failure: AppError): void {
    this.#waiting = this.#waiting.filter((other) => other !== item);
    this.#warn(failure);
  }

  /** It would be refused in every run to come. */
  async #giveUp(item: Item): Promise<void> {
    this.#waiting = this.#waiting.filter((other) => other !== item);
    const { spooled } = item;
    if (spooled !== undefined) await this.#keep(() => this.#options.spool?.remove(spooled));
    const message = `${item.failure?.message}; ${item.what} is given up`;
    this.#problems.push({ severity: "warning", message });
  }

  /** Waits, unless there is no time for it or the process shall end. */
  async #rest(pause: number): Promise<boolean> {
    const { signal, note } = this.#options;
    if (signal.aborted || performance.now() + pause >= this.#deadline) return false;
    note("info", `The next try to send mail is in ${humanDuration(pause)}`);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, pause);
      signal.addEventListener("abort", () => {
        clearTimeout(timer);
        resolve();
      }, { once: true });
    });
    return !signal.aborted;
  }

  /** The spool must not keep a mail from being sent; that it is broken is said once. */
  async #keep(action: () => unknown): Promise<void> {
    try {
      await action();
    } catch (error) {
      if (!this.#isSpoolBroken) this.#warn(error);
      this.#isSpoolBroken = true;
    }
  }

  #warn(error: unknown): void {
    this.#problems.push(warningOf(error));
  }
}
