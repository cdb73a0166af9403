/** One of possibly several attempts at a step. @module */
import type { BorgFailure } from "../../borg/failure_kinds.ts";

/** An attempt. */
export interface StepAttempt {
  /** Counted from 1. */
  readonly number: number;
  /** Whether no other one follows, whatever comes of it. */
  readonly isLast: boolean;
}

/**
 * A Borg inside of a step failed in a way that may pass. The step is done again as a whole, as long as
 * there are attempts left.
 */
export class PassingFailure extends Error {
  readonly failure: BorgFailure;

  constructor(failure: BorgFailure) {
    super(failure.message);
    this.failure = failure;
  }
}
