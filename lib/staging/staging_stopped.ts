/**
 * The end of a staging that was stopped.
 *
 * @module
 */
import { reasonOf } from "../errors.ts";
import type { Problem } from "../backup/outcome.ts";

/** The run is being stopped in the middle of its staging. */
export class StagingStopped extends Error {
  override readonly name = "StagingStopped";

  /**
   * @param reason the reason of the signal that stopped it
   * @param problems what could not be released; the next run tries again
   */
  constructor(reason: unknown, readonly problems: readonly Problem[]) {
    super(reasonOf(reason), { cause: reason });
  }
}
