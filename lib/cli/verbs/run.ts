import { machineIdentity } from "../../files/machine_identity.ts";
import { formatRunId } from "../../text/archive_name.ts";
import { makePlan, type Plan } from "../../backup/plan.ts";
import type { Problem, RunOutcome, Step } from "../../backup/outcome.ts";
import { run } from "../../backup/run_backup.ts";
import { REAL_WAITING } from "../../backup/retry.ts";
import { realSystem } from "../../staging/system.ts";
import { runSession } from "../../backup/session.ts";
import { ConfigError } from "../../config/config_error.ts";
import type { LoadedConfig } from "../../config/load.ts";
import { listDatabases } from "../../databases/list_databases.ts";
import { UsageError } from "../../errors.ts";
import { createMasker, type Masker } from "../../text/secret.ts";
import {
  chosenConfig,
  type CliContext,
  inheritedEnvironment,
  loadChosenConfig,
  searchPath,
} from "../context.ts";
import { exitCodeOfRun } from "../exit_code_of_run.ts";
import { dryRun } from "../dry_run.ts";
import { keyLogWarnings, placeWarnings } from "../environment_warnings.ts";
import { reportInvalidConfig } from "../invalid_config.ts";
import { reportRefusal } from "../refused_run.ts";
import { RunTerminal, type TerminalFlags } from "../run_terminal.ts";
import { openReporters } from "../run_reporters.ts";
import { VERSION } from "../version.ts";

interface RunFlags extends TerminalFlags {
  readonly dryRun: boolean;
  readonly list: boolean;
  readonly repo?: readonly string[];
  readonly skip?: readonly Step[];
}

/** `autoborg run`: the main job. */
export async function runVerb(this: CliContext, flags: RunFlags): Promise<void> {
  if (flags.list && !flags.dryRun) {
    throw new UsageError("Cannot list the files of a run: --list needs --dry-run");
  }
  const loaded = await loadForRun(this, flags);
  const mask = createMasker(loaded.secrets);
  if (flags.dryRun) {
    return await dryRun(this, loaded.config, planRun(this, loaded, flags), mask, flags.list);
  }
  let plan: Plan | undefined;
  try {
    plan = planRun(this, loaded, flags);
    this.end(exitCodeOfRun(await backUp(this, flags, loaded, plan, mask)));
  } catch (error) {
    await reportRefusal(this, loaded, plan, mask, error);
    throw error;
  }
}

/** A timer whose runs never begin must not go unnoticed: an invalid configuration is reported. */
async function loadForRun(context: CliContext, flags: RunFlags): Promise<LoadedConfig> {
  try {
    return await loadChosenConfig(context, flags);
  } catch (error) {
    if (error instanceof ConfigError && !flags.dryRun) {
      await reportInvalidConfig(context, chosenConfig(context, flags), error);
    }
    throw error;
  }
}

/** The run itself; what it throws says that it has not begun. */
async function backUp(
  context: CliContext,
  flags: RunFlags,
  loaded: LoadedConfig,
  plan: Plan,
  mask: Masker,
): Promise<RunOutcome> {
  using terminal = new RunTerminal(context, flags, mask);
  using stack = new DisposableStack();
  return await runSession({
    plan,
    catchUncaught: context.catchUncaught,
    onHangUp: () => terminal.hangUp(),
    openReporters: (watch) => openReporters({ context, loaded, plan, mask, terminal, watch }),
    work: (watch, { emit, history, problems }) => {
      // Until the report is out, not only as long as the work takes.
      stack.use(context.inhibitSleep("A backup is running", searchPath(context.variable)));
      return run({
        plan,
        version: VERSION,
        inherited: inheritedEnvironment(context.variable),
        start: context.start,
        clocks: { wall: () => context.now().getTime(), monotonic: () => performance.now() },
        waiting: REAL_WAITING,
        system: realSystem(plan.stateDir, context.start),
        emit,
        problems: [
          ...warningsOf(loaded),
          ...keyLogWarnings(context.variable),
          ...placeWarnings(context.variable),
          ...problems,
        ],
        uncoveredBefore: () => history.uncovered(),
        memory: (label) => history.memory(label),
        dumping: { list: listDatabases, startStream: context.startStream },
      }, watch);
    },
  });
}

function planRun({ now }: CliContext, { config }: LoadedConfig, flags: RunFlags): Plan {
  const hostname = Deno.hostname();
  return makePlan(config, {
    runId: formatRunId(crypto.getRandomValues(new Uint8Array(4))),
    startedAt: now(),
    hostname,
    machine: machineIdentity(hostname),
    repositories: flags.repo ?? [],
    skip: flags.skip ?? [],
  });
}

function warningsOf({ warnings }: LoadedConfig): Problem[] {
  return warnings.map((message) => ({ severity: "warning", message }));
}
