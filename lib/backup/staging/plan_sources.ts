/**
 * Says what staging would do, without doing it.
 *
 * @module
 */
import type { Problem } from "../outcome.ts";
import type { Plan } from "../plan.ts";
import type { StagedSources } from "../staged_sources.ts";
import { lookAtAll, stageLive } from "./live_directories.ts";

/** What staging would do. */
export interface PlannedSources {
  /** The commands that would be started, program first. */
  readonly commands: readonly (readonly string[])[];
  /** What Borg would read; `undefined` when nothing is left of the sources. */
  readonly sources: StagedSources | undefined;
  readonly problems: readonly Problem[];
}

/**
 * Looks at the sources and says what staging would do; nothing is changed.
 *
 * @param plan the run
 * @param _environment `PATH` for the programs that only look
 * @returns what it would do
 */
export async function planSources(
  plan: Plan,
  _environment: Readonly<Record<string, string>>,
): Promise<PlannedSources> {
  const { paths, problems } = await lookAtAll(plan.sources.directories);
  const { sources } = stageLive(paths, problems);
  return { commands: [], sources, problems };
}
