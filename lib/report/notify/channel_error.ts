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
    more: {
      readonly isFinal: boolean;
      readonly key?: OwnKey | "ca_file" | undefined;
      readonly wait?: number;
      readonly isRateLimited?: boolean;
    },
  ) {
    super(`Cannot notify "${channel.label}" (${serviceOf(channel.kind).title}): ${reason}`, {
      hint: more.isRateLimited === true
        ? `The next run tries again${fewer(channel)}`
        : `${advice(channel, more.key)}; try again: ${testCommand(channel)}`,
    });
    this.name = "ChannelError";
    this.isFinal = more.isFinal;
    this.wait = more.wait;
  }
}

/** `[ping]` has no key for it: its service waits for every run. */
function fewer({ label }: Channel): string {
  return label === PING_LABEL ? "" : '; with when = "changes" there are fewer messages';
}

function advice({ label }: Channel, key: OwnKey | "ca_file" | undefined): string {
  if (key === undefined) return "Check that the server can be reached";
  if (label !== PING_LABEL) return `Check ${key} of this [[notify]]`;
  return key === "ca_file"
    ? 'Replace [ping] by [[notify]] with kind = "healthchecks", which has ca_file'
    : `Check ${key} of [ping]`;
}

function testCommand({ label }: Channel): string {
  return ownCommand("test-notify", label);
}
