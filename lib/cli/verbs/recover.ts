import { formatRunId } from "../../text/archive_name.ts";
import type { RunEvent } from "../../backup/events.ts";
import { holdLock } from "../../backup/held_lock.ts";
import { hasStoppedServices, recoverServices } from "../../quiesce/recover_services.ts";
import { recover } from "../../staging/recover.ts";
import { realSystem } from "../../staging/system.ts";
import { ExitCode } from "../../errors.ts";
import type { Problem } from "../../problem.ts";
import { describeEvent } from "../../report/describe.ts";
import {
  chosenConfig,
  type CliContext,
  type CommonFlags,
  inheritedEnvironment,
} from "../context.ts";
import { recoverMetrics } from "../run_metrics.ts";

interface RecoverFlags extends CommonFlags {
  readonly services: boolean;
}

/**
 * `autoborg recover`: cleans up after runs that crashed, as each run does when it starts. It needs no
 * secret: those that systemd keeps for the service are out of reach when cleaning up by hand.
 *
 * With `--services`, as the service does whenever it has ended, nothing but services is looked at, and
 * the lock is only taken if there are some.
 */
export async function recoverVerb(this: CliContext, flags: RecoverFlags): Promise<void> {
  const { path, environment } = chosenConfig(this, flags);
  const { loadServiceSettings } = await import("../../config/service_settings.ts");
  const settings = await loadServiceSettings(path, environment);
  const { name, stateDirectory } = settings;
  const { PATH } = inheritedEnvironment(this.variable);
  const system = realSystem(stateDirectory, this.start);
  const emit = (event: RunEvent) => {
    for (const { text } of describeEvent(event)) this.print(`${text}\n`);
  };
  const { journals } = system;
  const recovery = { name, hostname: Deno.hostname(), journals, emit, start: this.start };
  if (flags.services && !await hasStoppedServices(recovery)) {
    this.print("No service was left stopped\n");
    return;
  }
  using lock = await holdLock({
    runId: formatRunId(crypto.getRandomValues(new Uint8Array(4))),
    startedAt: this.now(),
    stateDir: stateDirectory,
    timeout: undefined,
  });
  const { problems } = await recoverServices({ ...recovery, path: PATH ?? "" });
  const isDown = problems.some(({ severity }) => severity === "error");
  if (flags.services) {
    tellAll(this, problems, isDown);
    return;
  }
  const all = [
    ...problems,
    ...await recover({
      name,
      hostname: recovery.hostname,
      stateDir: stateDirectory,
      system,
      signal: lock.watch.signal,
      emit,
      environment: { LC_ALL: "C.UTF-8", ...(PATH === undefined ? {} : { PATH }) },
    }),
  ];
  await recoverMetrics(this, settings);
  tellAll(this, all, isDown);
  if (all.length === 0) this.print("Nothing to clean up\n");
}

/** That a service is down is worse than what the next run cleans up. */
function tellAll(context: CliContext, problems: readonly Problem[], isDown: boolean): void {
  for (const { message, hint } of problems) {
    context.tell(`warning: ${message}\n${hint === undefined ? "" : `hint: ${hint}\n`}`);
  }
  if (problems.length > 0) context.end(isDown ? ExitCode.failed : ExitCode.warning);
}
