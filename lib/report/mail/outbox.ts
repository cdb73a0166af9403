/**
 * Sends a report and the ones that wait: tries again with growing pauses, and leaves in the spool
 * what does not get through. To be loaded only to send: it brings the mail library. Longer than
 * other files, because what becomes of a mail is decided in one place.
 *
 * @module
 */
import type { Level } from "../../backup/events.ts";
import type { Problem } from "../../backup/outcome.ts";
import { graceAfter, within } from "../../async/deadline.ts";
import type { Mail } from "../../config/config_schema.ts";
import { AppError, hintOf, reasonOf, warningOf } from "../../errors.ts";
import type { Masker } from "../../text/secret.ts";
import type { DroppedReports } from "../../state/dropped_reports.ts";
import type { MailSpool } from "../../state/mail_spool.ts";
import { MOST_WAITING, NoSuchReportError, UnreadableReportError } from "../../state/spool.ts";
import { counted, humanDuration } from "../../text/units.ts";
import { describeDelivery } from "./delivery.ts";
import { isFinal, isRefusedForGood, isTooLarge, MailError } from "./mail_error.ts";
import { type QueuedMail, queueReport, queueWaiting, type ReportMail } from "./queued_mail.ts";
import { deliver, SMTP_LIMITS, type SmtpLimits } from "./smtp.ts";

/** How long to go on trying, in milliseconds. */
interface SendTimeouts {
  readonly limits: SmtpLimits;
  /** The pause before the second try, the third and so on. */
  readonly pauses: readonly number[];
  /** For all tries together. */
  readonly whole: number;
  /** For all tries together from the moment when the process is being stopped; default: 8 s. */
  readonly stopping?: number;
}

/** The timeouts of a run, which must not be held for long. */
export const SEND_TIMEOUTS: SendTimeouts = {
  limits: SMTP_LIMITS,
  pauses: [5_000, 15_000],
  whole: 180_000,
};

/** What the outbox needs. */
export interface OutboxOptions {
  readonly mail: Mail;
  readonly hostname: string;
  readonly mask: Masker;
  /** Where mails wait; without it nothing waits. */
  readonly spool: MailSpool | undefined;
  /** Dropped mails that the report names: when it is delivered they are forgotten. */
  readonly told?: DroppedReports;
  /** Whether what waits is sent too; only who holds the run lock may do that. */
  readonly sendWaiting: boolean;
  readonly timeouts: SendTimeouts;
  readonly signal: AbortSignal;
  readonly note: (level: Level, text: string) => void;
}

/**
 * Sends a report, if there is one, and then what waits from earlier runs.
 *
 * @returns what a person should know: that a mail was not sent, that a recipient was refused
 */
export async function sendMails(
  report: ReportMail | undefined,
  options: OutboxOptions,
): Promise<readonly Problem[]> {
  // A server that hangs must not keep a run that is being stopped.
  using grace = graceAfter(options.signal, options.timeouts.stopping ?? 8_000);
  const outbox = new Outbox(options, grace.signal);
  await outbox.queue(report);
  await outbox.sendAll();
  return await outbox.finish();
}

/**
 * Replaces a report that waits, if it still does: that it could not be sent belongs to the run, so a
 * mail that is delivered later must not say that all was well.
 *
 * @throws {AppError} when the spool can't be read or written to
 */
export async function replaceWaiting(
  report: ReportMail,
  mail: Mail,
  spool: MailSpool,
): Promise<void> {
  if (!(await spool.list()).includes(spool.nameOf(report.run))) return;
  const queued = await queueReport(report, mail);
  spool.add(report.run, await queued.read());
}

class Outbox {
  readonly #options: OutboxOptions;
  readonly #problems: Problem[] = [];
  readonly #deadline: number;
  readonly #giveUpSignal: AbortSignal;
  #waiting: QueuedMail[] = [];
  #own: QueuedMail | undefined;
  #isSpoolBroken = false;

  constructor(options: OutboxOptions, giveUp: AbortSignal) {
    this.#options = options;
    this.#giveUpSignal = giveUp;
    this.#deadline = performance.now() + options.timeouts.whole;
  }

  async queue(report: ReportMail | undefined): Promise<void> {
    const { spool, sendWaiting, mail } = this.#options;
    if (report !== undefined) {
      const own = await queueReport(report, mail);
      this.#own = own;
      this.#waiting.push(own);
      // Before it is sent: a process that is killed meanwhile shall not lose it.
      await this.#trySpool(async () => own.spooled = spool?.add(report.run, await own.read()));
    }
    if (spool === undefined || !sendWaiting) return;
    await this.#trySpool(async () => {
      const names = (await spool.list()).filter((name) => name !== this.#own?.spooled);
      this.#waiting.push(...names.map((name) => queueWaiting(name, spool)));
    });
  }

  /** Several tries, each over all that wait; the newest report goes first. */
  async sendAll(): Promise<void> {
    const { pauses } = this.#options.timeouts;
    for (const [index, pause] of [0, ...pauses].entries()) {
      if (index > 0 && !await this.#pause(pause)) return;
      await this.#tryAll(`try ${index + 1} of ${pauses.length + 1}`);
      const open = this.#waiting.filter(({ failure }) => !isFinal(failure));
      if (open.length === 0 || this.#options.signal.aborted) return;
    }
  }

  async finish(): Promise<readonly Problem[]> {
    const { spool } = this.#options;
    // Not earlier: what can be sent now need not go.
    await this.#trySpool(() => this.#dropOldest());
    const [first] = this.#waiting;
    const reason = first?.failure?.message;
    if (first !== undefined) {
      const message = reason ?? "There was no time left to send the mail";
      const hint = hintOf(first.failure);
      const problem = {
        severity: "warning",
        message: `${message}; ${this.#whatRemains()}`,
      } as const;
      this.#problems.unshift({ ...problem, ...hint });
    }
    await this.#trySpool(() =>
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
        `${counted(kept, "report is waiting", "reports are waiting")} in "${directory}" for ` +
        `the next run`,
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
      "the next report that is delivered lists them";
    this.#warn(mask(message));
  }

  async #tryAll(which: string): Promise<void> {
    for (const item of [...this.#waiting]) {
      if (isFinal(item.failure)) continue;
      if (performance.now() >= this.#deadline || this.#giveUpSignal.aborted) return;
      try {
        await this.#deliver(item);
      } catch (error) {
        if (error instanceof NoSuchReportError) {
          this.#forget(item);
          continue;
        }
        const failure = error instanceof AppError ? error : new AppError(reasonOf(error));
        item.failure = failure;
        this.#options.note("warning", `${which}: ${failure.message}`);
        if (item.isOld && isRefusedForGood(failure)) {
          // It would be refused in every run to come.
          await this.#remove(item);
          this.#warn(`${failure.message}; ${item.what} is given up`);
        }
        if (failure instanceof UnreadableReportError) {
          // Nothing can be done about it here, and it is no reason to say that no mail gets through.
          this.#forget(item);
          this.#problems.push(warningOf(failure));
        }
        // What is wrong with the server is wrong for the next mail as well.
        if (failure instanceof MailError && failure.concernsServer) return;
      }
    }
  }

  async #deliver(item: QueuedMail): Promise<void> {
    try {
      await this.#send(item);
    } catch (error) {
      if (item.shrink === undefined || !isTooLarge(error)) throw error;
      this.#options.note("warning", `${error.message}; the log is omitted`);
      await item.shrink();
      await this.#send(item);
    }
  }

  async #send(item: QueuedMail): Promise<void> {
    const { mail, hostname, mask, timeouts, note, spool, told } = this.#options;
    const left = Math.max(1, this.#deadline - performance.now());
    const limits = { ...timeouts.limits, whole: Math.min(timeouts.limits.whole, left) };
    const giveUp = this.#giveUpSignal;
    const delivery = await deliver(await item.read(), mail, { hostname, mask, limits, giveUp });
    note("info", mask(`Sent ${item.what}: ${describeDelivery(delivery)}`));
    const { refused, accepted } = delivery;
    if (item === this.#own && told !== undefined) {
      await this.#trySpool(() => spool?.forgetDropped(told));
    }
    // Also when some recipients were refused: the others would get it twice.
    await this.#remove(item);
    if (refused.length === 0) return;
    const names = refused.map(({ recipient, answer }) => `"${recipient}" ("${answer}")`);
    const others = counted(accepted.length, "other recipient has", "other recipients have");
    const message = `The mail server refused ${names.join(", ")}; ${others} the mail`;
    this.#warn(mask(message), { hint: "Check mail.recipients" });
  }

  #warn(message: string, hint: { readonly hint?: string } = {}): void {
    this.#problems.push({ severity: "warning", message, ...hint });
  }

  #forget(item: QueuedMail): void {
    this.#waiting = this.#waiting.filter((other) => other !== item);
  }

  async #remove(item: QueuedMail): Promise<void> {
    this.#forget(item);
    const { spooled } = item;
    if (spooled === undefined) return;
    // It no longer counts among those that wait.
    item.spooled = undefined;
    await this.#trySpool(() => this.#options.spool?.remove(spooled));
  }

  /** Waits, unless there is no time for it or the process shall end. */
  async #pause(pause: number): Promise<boolean> {
    const { signal, note } = this.#options;
    if (signal.aborted || performance.now() + pause >= this.#deadline) return false;
    note("info", `The next attempt to send mail is in ${humanDuration(pause)}`);
    await within(Promise.withResolvers<never>().promise, pause, signal);
    return !signal.aborted;
  }

  /** The spool must not keep a mail from being sent; that it is broken is said once. */
  async #trySpool(action: () => unknown): Promise<void> {
    try {
      await action();
    } catch (error) {
      if (!this.#isSpoolBroken) this.#problems.push(warningOf(error));
      this.#isSpoolBroken = true;
    }
  }
}
