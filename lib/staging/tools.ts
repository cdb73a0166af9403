/** Makes what the steps of staging work with. @module */
import { BUSY_PAUSES } from "../zfs/mounting.ts";
import type { StagingTools } from "./snapshot_source.ts";
import type { StagingContext } from "./staging.ts";
import type { StagingSystem } from "./system.ts";
import { zfsRunner } from "./zfs_runner.ts";

interface ToolsRequest {
  readonly step: "snapshot" | "recover";
  readonly runId: string;
  /** What did not answer: tools that share it do not ask again. */
  readonly hung: Set<string>;
  /** Stops the commands; none for what must be cleaned up all the same. */
  readonly signal?: AbortSignal;
}

/** Makes the tools. */
export function stagingTools(
  { name, emit, environment, timeLimit, pauses = BUSY_PAUSES }: StagingContext,
  { start, files, sources }: StagingSystem,
  { step, runId, hung, signal }: ToolsRequest,
): StagingTools {
  const scope = { step };
  return {
    run: zfsRunner({ scope, emit, environment, timeLimit, start, hung, signal }),
    note: (text) => emit({ type: "note", scope, level: "info", text }),
    owner: { configuration: name, runId },
    files,
    pauses,
    sources,
  };
}
