import { ConfigError } from "../../config/config_error.ts";
import type { LoadedConfig } from "../../config/load.ts";
import { ExitCode } from "../../errors.ts";
import type { StatusReport } from "../../report/status/backup_status.ts";
import { statusText } from "../../report/status/status_text.ts";
import { createMasker } from "../../text/secret.ts";
import { chosenConfig, type CliContext, type CommonFlags, loadChosenConfig } from "../context.ts";
import { currentStatus } from "../current_status.ts";
import { tellProblems } from "../describe_error.ts";
import { NOTIFY_LIMITS } from "../notify_limits.ts";
import { outputWidth, wantsColour } from "../terminal.ts";

interface StatusFlags extends CommonFlags {
  readonly json: boolean;
  readonly notify: boolean;
}

/** `autoborg status`: says how old the last good backups are; contacts no repository. */
export async function statusVerb(this: CliContext, flags: StatusFlags): Promise<void> {
  const loaded = await loadForStatus(this, flags);
  const { config } = loaded;
  if (config.channels.length > 0 && !flags.notify) {
    const { sendWaitingMessages } = await import("../waiting_messages.ts");
    await sendWaitingMessages(loaded);
  }
  const status = await currentStatus(this, config);
  if (flags.notify) await notifyStatus(this, loaded, status);
  if (flags.json) this.print(`${JSON.stringify(status, null, 2)}\n`);
  else {
    const colour = wantsColour(this, flags, this.streams.output);
    this.print(statusText(status, { width: outputWidth(), colour }));
  }
  const hasError = status.problems.some(({ severity }) => severity === "error");
  if (status.state !== "fresh" || hasError) this.end(ExitCode.warning);
}

/** With --notify people hear of a configuration that became invalid. */
async function loadForStatus(context: CliContext, flags: StatusFlags): Promise<LoadedConfig> {
  try {
    return await loadChosenConfig(context, flags);
  } catch (error) {
    if (error instanceof ConfigError && flags.notify) {
      const { mailInvalidConfig, notifyInvalidConfig } = await import("../invalid_config.ts");
      const chosen = chosenConfig(context, flags);
      await notifyInvalidConfig(context, chosen, error);
      await mailInvalidConfig(context, chosen, error);
    }
    throw error;
  }
}

/** Tells channels and by mail what changed, and sends what waits for channels. */
async function notifyStatus(
  context: CliContext,
  loaded: LoadedConfig,
  status: StatusReport,
): Promise<void> {
  const { config, secrets } = loaded;
  const { notifyEvent } = await import("../notify_event.ts");
  const { badThings } = await import("../status_events.ts");
  const { mailStatus } = await import("../status_mail.ts");
  const at = context.now();
  const things = badThings(status);
  const { channels, name, paths: { stateDir }, page } = config;
  const mask = createMasker(secrets);
  const audience = { channels, name, hostname: Deno.hostname(), stateDir, mask };
  const problems = await notifyEvent({ ...audience, link: page.url ?? null }, {
    event: "status",
    at,
    exitCode: ExitCode.warning,
    things,
    status,
  }, NOTIFY_LIMITS);
  tellProblems(context, [...problems, ...await mailStatus(loaded, status, things, at)], mask);
}
