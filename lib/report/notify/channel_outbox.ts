/**
 * Sends a message to one channel, and what waits from earlier runs: tries again with pauses, and
 * leaves in the spool what was not taken.
 *
 * @module
 */
import { graceAfter, within } from "../../async/deadline.ts";
import type { ChannelMessage } from "../../channels/channel.ts";
import { serviceOf } from "../../channels/services.ts";
import type { Channel } from "../../config/notify_channel.ts";
import { AppError, hintOf, reasonOf, warningOf } from "../../errors.ts";
import type { Problem } from "../../problem.ts";
import type { DeliveryFailure } from "../../state/delivery_failure.ts";
import type { NotifySpool } from "../../state/notify_spool.ts";
import { localTime } from "../../text/local_time.ts";
import { counted } from "../../text/units.ts";
import { ChannelError } from "./channel_error.ts";
import { type RequestOptions, sendToChannel } from "./channel_request.ts";
import { lateLines } from "./message_lines.ts";
import { parseMessage } from "./waiting_message.ts";

/** Longer than this no service is left alone, whatever it says, in milliseconds. */
const LONGEST_WAIT = 24 * 3_600_000;

/** How a channel is served. */
export interface ChannelOptions extends RequestOptions {
  /** Where messages wait; without it nothing waits. */
  readonly spool: NotifySpool | undefined;
  /** The pauses before the second try, the third and so on, in milliseconds. */
  readonly pauses: readonly number[];
  /** A longer pause is not waited for: the next run tries again. */
  readonly longestPause: number;
  /** How long all tries may still take from the moment on when `signal` aborts, in milliseconds. */
  readonly stopping: number;
  readonly note: (level: "info" | "warning", text: string) => void;
}

/**
 * Sends a message, if there is one, and then what waits.
 *
 * @returns what a person should know: that it was not taken, that a message was dropped
 */
export async function serveChannel(
  channel: Channel,
  own: ChannelMessage | undefined,
  options: ChannelOptions,
): Promise<readonly Problem[]> {
  using grace = graceAfter(options.signal, options.stopping);
  const outbox = new ChannelOutbox(channel, { ...options, signal: grace.signal });
  using _lock = await outbox.begin(own);
  const failure = await outbox.send(own);
  return await outbox.finish(failure);
}

/** The work for one channel; what is wrong with the spool never keeps a message from being sent. */
class ChannelOutbox {
  readonly #channel: Channel;
  readonly #options: ChannelOptions;
  readonly #problems: Problem[] = [];
  #waiting: readonly string[] = [];
  #ownName: string | undefined;
  #isDelivered = false;

  constructor(channel: Channel, options: ChannelOptions) {
    this.#channel = channel;
    this.#options = options;
  }

  /** Writes the own message down and looks what waits, unless another process sends it now. */
  async begin(own: ChannelMessage | undefined): Promise<Disposable | undefined> {
    const { spool } = this.#options;
    if (spool === undefined) return undefined;
    const lock = await this.#try(() => spool.lock());
    await this.#try(async () => {
      if (lock !== undefined) this.#waiting = await spool.list();
      if (own === undefined) return;
      this.#ownName = spool.add(own.id, new TextEncoder().encode(`${JSON.stringify(own)}\n`));
      this.#waiting = this.#waiting.filter((name) => name !== this.#ownName);
    });
    return lock;
  }

  /** Sends the own message first, as it says how things are now; then the others, oldest first. */
  async send(own: ChannelMessage | undefined): Promise<AppError | undefined> {
    const early = await this.#tooEarly();
    if (early !== undefined && (own !== undefined || this.#waiting.length > 0)) return early;
    if (own !== undefined) {
      const failure = await this.#deliver(own, this.#ownName);
      if (failure !== undefined) return failure;
      this.#isDelivered = true;
    }
    const { isHeartbeat } = serviceOf(this.#channel.kind);
    const { now, spool } = this.#options;
    // A heartbeat of yesterday would say that all is well, or is not, today.
    const old = isHeartbeat && own === undefined ? this.#waiting.slice(-1) : this.#waiting;
    for (const name of this.#waiting) {
      if ((isHeartbeat && own !== undefined) || !old.includes(name)) {
        await this.#try(() => spool?.remove(name));
        continue;
      }
      const message = await this.#try(async () => parseMessage(await spool?.read(name)));
      if (message === undefined) continue;
      const lines = [...lateLines(message.at, now()), ...message.lines];
      const failure = await this.#deliver({ ...message, lines }, name);
      if (failure !== undefined) return failure;
      this.#isDelivered = true;
    }
    return undefined;
  }

  async finish(failure: AppError | undefined): Promise<readonly Problem[]> {
    const { spool, note } = this.#options;
    if (spool !== undefined) {
      const dropped = await this.#try(() => spool.dropOldest(this.#ownName)) ?? [];
      if (dropped.length > 0) {
        const count = counted(dropped.length, "waiting message was", "waiting messages were");
        this.#warn(`${count} to "${this.#channel.label}" dropped: too many wait`);
      }
      const left = await this.#try(() => spool.list()) ?? [];
      if (failure !== undefined) {
        const waits = counted(left.length, "message is waiting", "messages are waiting");
        const kept = left.length === 0 ? "the message is lost" : `${waits} in "${spool.directory}"`;
        this.#warn(`${failure.message}; ${kept}`, hintOf(failure));
        await this.#try(() => spool.setFailure(this.#failureOf(failure)));
      } else if (this.#isDelivered) await this.#try(() => spool.setFailure(undefined));
    } else if (failure !== undefined) this.#warn(failure.message, hintOf(failure));
    for (const { severity, message } of this.#problems) {
      note(severity === "error" ? "warning" : severity, message);
    }
    return this.#problems;
  }

  /** The service asked to be left alone for longer than was waited, and that is not over. */
  async #tooEarly(): Promise<ChannelError | undefined> {
    const { spool, now } = this.#options;
    const until = (await this.#try(async () => await spool?.failure()))?.until;
    if (until === undefined) return undefined;
    const wait = until.getTime() - now().getTime();
    // A clock that was set back must not keep it silent.
    if (wait <= 0 || wait > LONGEST_WAIT) return undefined;
    const reason = `it asked to be left alone until ${localTime(until)}`;
    return new ChannelError(this.#channel, reason, {
      isFinal: true,
      isRateLimited: true,
      keys: [],
      wait,
    });
  }

  #failureOf(failure: AppError): DeliveryFailure {
    const at = this.#options.now();
    const wait = failure instanceof ChannelError ? failure.wait : undefined;
    if (wait === undefined) return { at, reason: failure.message };
    const until = new Date(at.getTime() + Math.min(wait, LONGEST_WAIT));
    return { at, reason: failure.message, until };
  }

  /** Tries as often as it makes sense; says why it was in vain. */
  async #deliver(message: ChannelMessage, name: string | undefined): Promise<AppError | undefined> {
    const { pauses, longestPause, signal, spool, note } = this.#options;
    for (let tries = 0;; tries++) {
      try {
        const answer = await sendToChannel(this.#channel, message, this.#options);
        note("info", `Notified "${this.#channel.label}": ${answer}`);
        if (name !== undefined) await this.#try(() => spool?.remove(name));
        return undefined;
      } catch (error) {
        const failure = error instanceof AppError ? error : new AppError(reasonOf(error));
        const pause = pauses[tries];
        const isOpen = failure instanceof ChannelError && !failure.isFinal && pause !== undefined;
        const wait = failure instanceof ChannelError ? failure.wait ?? pause ?? 0 : 0;
        if (!isOpen || wait > longestPause || signal.aborted) return failure;
        note("info", `${failure.message}; trying again`);
        await within(Promise.withResolvers<never>().promise, wait, signal);
      }
    }
  }

  #warn(message: string, hint: { readonly hint?: string } = {}): void {
    this.#problems.push({ severity: "warning", message, ...hint });
  }

  async #try<T>(action: () => T | Promise<T>): Promise<T | undefined> {
    try {
      return await action();
    } catch (error) {
      const problem = warningOf(error);
      if (!this.#problems.some(({ message }) => message === problem.message)) {
        this.#problems.push(problem);
      }
      return undefined;
    }
  }
}
