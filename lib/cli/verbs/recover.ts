import { formatRunId } from "../../text/archive_name.ts";
import type { RunEvent } from "../../backup/events.ts";
import { holdLock } from "../../backup/held_lock.ts";
import { recover } from "../../staging/recover.ts";
import { realSystem } from "../../staging/system.ts";
import { ExitCode } from "../../errors.ts";
import { describeEvent } from "../../report/describe.ts";
import {
  chosenConfig,
  type CliContext,
  type CommonFlags,
  inheritedEnvironment,
} from "../context.ts";
import { recoverMetrics } from "../run_metrics.ts";

/**
 * `autoborg recover`: cleans up after runs that crashed, as each run does when it starts. It needs no
 * secret: those that systemd keeps for the service are out of reach when cleaning up by hand.
 */
export async function recoverVerb(this: CliContext, flags: CommonFlags): Promise<void> {
  const { path, environment } = chosenConfig(this, flags);
  const { loadServiceSettings } = await import("../../config/service_settings.ts");
  const settings = await loadServiceSettings(path, environment);
  const { name, stateDirectory } = settings;
  using lock = await holdLock({
    runId: formatRunId(crypto.getRandomValues(new Uint8Array(4))),
    startedAt: this.now(),
    stateDir: stateDirectory,
    timeout: undefined,
  });
  const { PATH } = inheritedEnvironment(this.variable);
  const problems = await recover({
    name,
    hostname: Deno.hostname(),
    stateDir: stateDirectory,
    system: realSystem(stateDirectory, this.start),
    signal: lock.watch.signal,
    emit: (event: RunEvent) => {
      for (const { text } of describeEvent(event)) this.print(`${text}\n`);
    },
    environment: { LC_ALL: "C.UTF-8", ...(PATH === undefined ? {} : { PATH }) },
  });
  await recoverMetrics(this, settings);
  for (const { message, hint } of problems) {
    this.tell(`warning: ${message}\n${hint === undefined ? "" : `hint: ${hint}\n`}`);
  }
  if (problems.length > 0) this.end(ExitCode.warning);
  else this.print("Nothing to clean up\n");
}
