/** Tells of a Borg that is not supported: it fails in ways that say nothing of it. @module */
import { parseBorgVersion, unsupportedBorg } from "../borg/borg_version.ts";
import { environmentWithoutRepository, type InheritedEnvironment } from "../borg/environment.ts";
import type { StartProgram } from "../process/program.ts";
import type { Problem, RepositoryOutcome } from "./outcome.ts";

/** How long Borg may take to say its version, in milliseconds. */
const PATIENCE = 10_000;

/** What is needed to ask Borg. */
interface AskContext {
  readonly start: StartProgram;
  readonly inherited: InheritedEnvironment;
}

/** Asks Borg for its version when something failed; whether it is supported is a problem of the run. */
export async function unsupportedBorgProblems(
  { start, inherited }: AskContext,
  repositories: readonly RepositoryOutcome[],
  signal: AbortSignal,
): Promise<readonly Problem[]> {
  if (signal.aborted || !repositories.some(({ state }) => state === "failed")) return [];
  try {
    const { stdout } = await start({
      program: "borg",
      args: ["--version"],
      env: environmentWithoutRepository(inherited),
      signal,
      timeLimit: PATIENCE,
    });
    const version = parseBorgVersion(stdout);
    const unsupported = version === undefined ? undefined : unsupportedBorg(version);
    return unsupported === undefined ? [] : [{ severity: "error", ...unsupported }];
  } catch {
    // That Borg can't be started is reported by the step that needed it.
    return [];
  }
}
