/** The error of a message that a service did not take. @module */
import { type OwnKey, PING_LABEL } from "../../channels/channel.ts";
import { serviceOf } from "../../channels/services.ts";
import type { Channel } from "../../config/notify_channel.ts";
import { AppError } from "../../errors.ts";
import { ownCommand } from "../../text/own_command.ts";

/** Why a message was not taken. */
interface ChannelErrorCause {
  readonly isFinal: boolean;
  /** What may have to be changed; empty: nothing of the configuration. */
  readonly keys: readonly (OwnKey | "ca_file")[];
  /** Whether the service was reached and could not answer as it should. */
  readonly isAtFault?: boolean;
  readonly wait?: number;
  readonly isRateLimited?: boolean;
  /** Whether it is a sample, which is not kept. */
  readonly isSample?: boolean;
}

/** A message that was not taken. */
export class ChannelError extends AppError {
  /** Whether another try would meet the same answer. */
  readonly isFinal: boolean;
  /** How long the service wants to be left alone, in milliseconds. */
  readonly wait: number | undefined;

  /** @param reason the end of a sentence about the service, free of secrets */
  constructor(channel: Channel, reason: string, cause: ChannelErrorCause) {
    super(`Cannot notify "${channel.label}" (${serviceOf(channel.kind).title}): ${reason}`, {
      hint: hintOf(channel, cause),
    });
    this.name = "ChannelError";
    this.isFinal = cause.isFinal;
    this.wait = cause.wait;
  }
}

function hintOf(channel: Channel, cause: ChannelErrorCause): string {
  const { keys, isAtFault = false, isRateLimited = false, isSample = false } = cause;
  const tryAgain = `try again: ${testCommand(channel)}`;
  if (isRateLimited && isSample) return `Wait some minutes, then ${tryAgain}`;
  if (isRateLimited) return `The next run tries again${fewer(channel)}`;
  return `${isAtFault ? "Check that the server works" : advice(channel, keys)}; ${tryAgain}`;
}

/** `[ping]` has no key for it: its service waits for every run. */
function fewer({ label }: Channel): string {
  return label === PING_LABEL ? "" : '; with when = "changes" there are fewer messages';
}

function advice({ label }: Channel, keys: readonly (OwnKey | "ca_file")[]): string {
  const [last, ...others] = keys.toReversed();
  if (last === undefined) return "Check that the server can be reached";
  if (label === PING_LABEL) {
    return last === "ca_file"
      ? 'Replace [ping] by [[notify]] with kind = "healthchecks", which has ca_file'
      : "Check url of [ping]";
  }
  const all = [others.toReversed().join(", "), last].filter((part) => part !== "").join(" and ");
  return `Check ${all} of this [[notify]]`;
}

function testCommand({ label }: Channel): string {
  return ownCommand("test-notify", label);
}
