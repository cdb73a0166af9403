/** The request that a run makes to staging. @module */
import type { InheritedEnvironment } from "../borg/environment.ts";
import type { StartProgram } from "../process/program.ts";
import type { QuietServices } from "../quiesce/quiet_services.ts";
import type { StageRequest } from "../staging/staging.ts";
import type { StagingSystem } from "../staging/system.ts";
import type { Emit } from "./events.ts";
import { snapshotHooks } from "./hooks.ts";
import type { Plan } from "./plan.ts";

/** What is known of the run. */
export interface StagingContext {
  readonly plan: Plan;
  /** Our own environment, as far as Borg may see it. */
  readonly inherited: InheritedEnvironment;
  /** Starts Borg and the hooks. */
  readonly start: StartProgram;
  /** The machine that the sources are staged on. */
  readonly system: StagingSystem;
  readonly emit: Emit;
}

/** Brings the plan of a run into the form that staging takes. */
export function stagingRequest(
  context: StagingContext,
  signal: AbortSignal,
  services: QuietServices | undefined,
): StageRequest {
  const { plan, emit, inherited, start, system } = context;
  const { name, runId } = plan;
  return {
    name,
    runId,
    startedAt: plan.startedAt,
    hostname: plan.hostname,
    directories: plan.sources.directories,
    optional: plan.sources.optional,
    ownRepositories: plan.ownRepositories,
    zfs: plan.zfs,
    oneFileSystem: plan.sources.oneFileSystem,
    tempDir: plan.tempDir,
    stateDir: plan.stateDir,
    system,
    signal,
    emit,
    environment: {
      LC_ALL: "C.UTF-8",
      ...(inherited.PATH === undefined ? {} : { PATH: inherited.PATH }),
    },
    ...(services === undefined ? {} : { services }),
    hooks: snapshotHooks({ name, runId, path: inherited.PATH ?? "", emit, start, stopped: signal }),
  };
}
