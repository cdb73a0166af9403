import { formatRunId } from "../archive_name.ts";
import type { RunEvent } from "../backup/events.ts";
import { makePlan } from "../backup/plan.ts";
import { openSession } from "../backup/run.ts";
import { recover } from "../backup/staging/recover.ts";
import { ExitCode } from "../errors.ts";
import { describeEvent } from "../report/describe.ts";
import { createMasker } from "../secret.ts";
import {
  type CliContext,
  type CommonFlags,
  loadChosenConfig,
  outerEnvironment,
} from "./context.ts";

/** `autoborg recover`: cleans up after runs that died, as each run does when it starts. */
export async function recoverVerb(this: CliContext, flags: CommonFlags): Promise<void> {
  const { config, secrets } = await loadChosenConfig(this, flags);
  const mask = createMasker(secrets);
  const plan = makePlan(config, {
    runId: formatRunId(crypto.getRandomValues(new Uint8Array(4))),
    startedAt: new Date(),
    hostname: Deno.hostname(),
    repositories: [],
    skip: [],
    acceptShrink: false,
  });
  using session = await openSession(plan);
  const { PATH } = outerEnvironment(this.variable);
  const problems = await recover({
    name: plan.name,
    hostname: plan.hostname,
    temp_dir: plan.tempDir,
    state_dir: plan.stateDir,
    signal: session.watch.signal,
    emit: (event: RunEvent) => {
      for (const { text } of describeEvent(event)) this.print(mask(`${text}\n`));
    },
    environment: { LC_ALL: "C.UTF-8", ...(PATH === undefined ? {} : { PATH }) },
  });
  for (const { message, hint } of problems) {
    this.tell(mask(`warning: ${message}\n${hint === undefined ? "" : `what to do: ${hint}\n`}`));
  }
  if (problems.length > 0) this.end(ExitCode.warning);
  else this.print("Nothing is left of dead runs\n");
}
