/** How long a process waits for the services that carry its messages. @module */
import type { ChannelOptions } from "../report/notify/channel_outbox.ts";

type Limits = Pick<ChannelOptions, "timeLimit" | "pauses" | "longestPause" | "stopping">;

/** The limits of a run; milliseconds. */
export const NOTIFY_LIMITS: Limits = {
  timeLimit: 10_000,
  pauses: [2_000, 5_000],
  longestPause: 30_000,
  // The machine may be going down.
  stopping: 3_000,
};

/** The limits where a person waits, or another try follows soon. */
export const SHORT_NOTIFY_LIMITS: Limits = {
  timeLimit: 10_000,
  pauses: [],
  longestPause: 0,
  stopping: 0,
};
