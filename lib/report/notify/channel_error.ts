/** The error of a message that a service did not take. @module */
import { type OwnKey, PING_LABEL } from "../../channels/channel.ts";
import { serviceOf } from "../../channels/services.ts";
import type { Channel } from "../../config/notify_channel.ts";
import { AppError } from "../../errors.ts";
import { ownCommand } from "../../text/own_command.ts";

/** A message that was not taken. */
export class ChannelError extends AppError {
  /** Whether another try would meet the same answer. */
  readonly isFinal: boolean;
  /** How long the service wants to be left alone, in milliseconds. */
  readonly wait: number | undefined;

  /** @param reason the end of a sentence about the service, free of secrets */
  constructor(
    channel: Channel,
    reason: string,
    more: { readonly isFinal: boolean; readonly key?: OwnKey | undefined; readonly wait?: number },
  ) {
    super(`Cannot notify "${channel.label}" (${serviceOf(channel.kind).title}): ${reason}`, {
      hint: more.key === undefined
        ? `Check that the server can be reached; try again: ${testCommand(channel)}`
        : `Check ${more.key} of ${tableOf(channel)}; try again: ${testCommand(channel)}`,
    });
    this.name = "ChannelError";
    this.isFinal = more.isFinal;
    this.wait = more.wait;
  }
}

function tableOf({ label }: Channel): string {
  return label === PING_LABEL ? "[ping]" : "this [[notify]]";
}

function testCommand({ label }: Channel): string {
  return ownCommand("test-notify", label);
}
