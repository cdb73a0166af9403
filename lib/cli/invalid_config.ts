/** An invalid configuration: what is logged, said and mailed of the runs that it keeps from beginning. @module */
import type { ConfigError } from "../config/config_error.ts";
import type { Mail } from "../config/config_schema.ts";
import { decide } from "../report/told_decision.ts";
import { readTold, writeTold } from "../state/told_state.ts";
import { createMasker } from "../text/secret.ts";
import type { chosenConfig, CliContext } from "./context.ts";
import { logRefusal } from "./refused_log.ts";
import { identified, mailRefusal, notifyRefusal } from "./refused_run.ts";
import { refuseMetrics } from "./run_metrics.ts";
import { statusToldPath } from "./status_mail.ts";

/**
 * Says in a log, the metrics, by message and by mail why an invalid configuration keeps runs from
 * beginning, as far as its `[logs]`, `[metrics]`, `[[notify]]` and `[mail]` are usable.
 */
export async function reportInvalidConfig(
  context: CliContext,
  chosen: ReturnType<typeof chosenConfig>,
  error: ConfigError,
): Promise<void> {
  const { loadMailAlone } = await import("../config/mail_alone.ts");
  const alone = await loadMailAlone(chosen.path, chosen.environment);
  const mask = createMasker(alone?.secrets ?? []);
  const { loadLogsAlone } = await import("../config/logs_alone.ts");
  const logs = await loadLogsAlone(chosen.path);
  const run = identified(context, alone?.name ?? logs?.name ?? "autoborg");
  if (logs !== undefined) await logRefusal(context, { ...logs, ...run, mask }, error);
  const { loadMetricsAlone } = await import("../config/metrics_alone.ts");
  const metrics = await loadMetricsAlone(chosen.path);
  if (metrics !== undefined) await refuseMetrics(context, metrics, "configuration-invalid");
  await notifyInvalidConfig(context, chosen, error);
  if (alone === undefined) return;
  const { mail, stateDir } = alone;
  await mailRefusal(context, { ...run, mail, stateDir, mask }, error);
  if (stateDir !== undefined) {
    await rememberRefusal({ mail, stateDir, name: run.name }, context.now());
  }
}

/** Mails an invalid configuration for `status --notify`, unless it was mailed lately. */
export async function mailInvalidConfig(
  context: CliContext,
  chosen: ReturnType<typeof chosenConfig>,
  error: ConfigError,
): Promise<void> {
  const { loadMailAlone } = await import("../config/mail_alone.ts");
  const alone = await loadMailAlone(chosen.path, chosen.environment);
  // Where nothing can be remembered the runs alone mail it: else there would be a mail every few hours.
  if (alone?.stateDir === undefined) return;
  const { mail, name: series = "autoborg", stateDir, secrets } = alone;
  const run = identified(context, series);
  if (!await rememberRefusal({ mail, stateDir, name: series }, context.now())) return;
  await mailRefusal(context, { ...run, mail, stateDir, mask: createMasker(secrets) }, error);
}

/** Remembers that people were mailed of an invalid configuration; whether that is new or due again. */
async function rememberRefusal(
  { mail, stateDir, name }: {
    readonly mail: Mail;
    readonly stateDir: string;
    readonly name: string;
  },
  at: Date,
): Promise<boolean> {
  const path = statusToldPath(stateDir, name);
  const current = { state: "failed", bad: ["configuration invalid"], now: at.getTime() } as const;
  const wish = { when: "changes", remind: mail.remind } as const;
  const { send, next } = decide(wish, await readTold(path), current);
  try {
    writeTold(path, next);
  } catch {
    return false;
  }
  return send;
}

/** Tells the channels that are valid by themselves why an invalid configuration keeps runs back. */
export async function notifyInvalidConfig(
  context: CliContext,
  chosen: ReturnType<typeof chosenConfig>,
  error: ConfigError,
): Promise<void> {
  const { loadNotifyAlone } = await import("../config/notify_alone.ts");
  const { secrets: known, channels, name: series = "autoborg", ...places } = await loadNotifyAlone(
    chosen.path,
    chosen.environment,
  );
  const audience = { channels, name: series, stateDir: places.stateDir, link: null };
  await notifyRefusal(context, { ...audience, mask: createMasker(known) }, error);
}
