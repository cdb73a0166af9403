/** Sends what waits for channels when the status is shown. @module */
import type { LoadedConfig } from "../config/load.ts";
import { serveChannel } from "../report/notify/channel_outbox.ts";
import { runningRun } from "../report/status/surroundings.ts";
import { NotifySpool } from "../state/notify_spool.ts";
import { createMasker } from "../text/secret.ts";
import { SHORT_NOTIFY_LIMITS } from "./notify_limits.ts";

/** A person waits for the status: no channel is waited for longer. Milliseconds. */
const TIME_LIMIT = 5_000;

/**
 * Tries once to send the messages that wait; what goes wrong is in the status. A run in progress sends
 * them itself, and who may not read the state directory leaves them alone.
 */
export async function sendWaitingMessages({ config, secrets }: LoadedConfig): Promise<void> {
  const { channels, name, paths: { stateDir } } = config;
  const mask = createMasker(secrets);
  try {
    if (await runningRun(stateDir) !== null) return;
    await Promise.all(
      channels.map(async (channel) => {
        const spool = new NotifySpool(stateDir, name, channel.label);
        if ((await spool.list()).length === 0) return;
        await serveChannel(channel, undefined, {
          ...SHORT_NOTIFY_LIMITS,
          timeLimit: TIME_LIMIT,
          ...{ mask, spool },
          signal: AbortSignal.timeout(TIME_LIMIT),
          now: () => new Date(),
          note: () => {},
        });
      }),
    );
  } catch {
    // The status says what is wrong with the state directory.
  }
}
