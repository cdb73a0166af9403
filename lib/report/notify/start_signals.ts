/** Tells services that wait for the end of a run that it begins. @module */
import type { RunEvent } from "../../backup/events.ts";
import { graceAfter, within } from "../../async/deadline.ts";
import type { RunBeginning } from "../../channels/channel.ts";
import { serviceOf } from "../../channels/services.ts";
import type { Channel } from "../../config/notify_channel.ts";
import { reasonOf } from "../../errors.ts";
import type { Reporter } from "../reporter.ts";
import { ChannelError } from "./channel_error.ts";
import type { ChannelOptions } from "./channel_outbox.ts";
import { sendStart } from "./channel_request.ts";

/** How the signals are sent. */
type StartOptions = Omit<ChannelOptions, "spool" | "longestPause">;

/**
 * Sends the signals; the run does not wait for them. One that is not taken is a line of the log: the
 * end of the run matters, and it is told in any case.
 */
export class StartSignals implements Reporter {
  readonly name = "start signal";
  readonly #channels: readonly Channel[];
  readonly #options: StartOptions;
  readonly #end = new AbortController();
  readonly #sent = new Map<string, Promise<void>>();

  /** @param channels those that hear of every run: others would wait for an end that is not told */
  constructor(channels: readonly Channel[], options: StartOptions) {
    this.#channels = channels.filter(({ kind, when }) =>
      serviceOf(kind).start !== undefined && when === "always"
    );
    this.#options = options;
  }

  handle(event: RunEvent): void {
    if (event.type !== "run-started") return;
    const { runId, name, version } = event;
    const text = `autoborg ${version}: run ${runId} of ${name}`;
    for (const channel of this.#channels) {
      this.#sent.set(channel.label, this.#send(channel, { runId, text }));
    }
  }

  /** Waits for the signal to a channel, which must come before the end; it is not tried again. */
  async settled(label: string): Promise<void> {
    this.#end.abort();
    await this.#sent.get(label);
  }

  close(): void {
    this.#end.abort();
  }

  async #send(channel: Channel, beginning: RunBeginning): Promise<void> {
    const { pauses, stopping, signal, note } = this.#options;
    using grace = graceAfter(signal, stopping);
    const options = { ...this.#options, signal: grace.signal };
    const ends = AbortSignal.any([grace.signal, this.#end.signal]);
    for (const pause of [...pauses, undefined]) {
      try {
        return await sendStart(channel, beginning, options);
      } catch (error) {
        const isLast = pause === undefined || error instanceof ChannelError && error.isFinal;
        if (!isLast) await within(Promise.withResolvers<never>().promise, pause, ends);
        if (isLast || ends.aborted) {
          note("warning", `${reasonOf(error)}; the start of the run was not reported`);
          return;
        }
      }
    }
  }
}
