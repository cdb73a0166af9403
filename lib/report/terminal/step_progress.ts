/**
 * What a repository is doing, and how fast: from the last few seconds, not from the beginning.
 *
 * @module
 */
import type { Progress, RunEvent } from "../../backup/events.ts";
import type { RepositoryProgress } from "./progress_lines.ts";

/** Over how many milliseconds the rate is taken. */
const WINDOW = 10_000;
/** After how many milliseconds, and how many per cent, the time left is told. */
const ENOUGH = { time: 2_000, percent: 0.5 } as const;

interface Sample {
  readonly at: number;
  readonly value: number;
}

/** A step that waits before it is tried again. */
export class WaitProgress {
  readonly #waiting: Extract<RunEvent, { type: "retry-waiting" }>;
  readonly #started: number;

  /** @param now milliseconds, only ever growing */
  constructor(waiting: Extract<RunEvent, { type: "retry-waiting" }>, now: number) {
    this.#waiting = waiting;
    this.#started = now;
  }

  /** Nothing goes on meanwhile. */
  take(_progress: Progress): void {}

  /** How long it still waits at a time in milliseconds. */
  at(now: number): RepositoryProgress {
    const { repository, step, attempt, wait } = this.#waiting;
    const elapsed = now - this.#started;
    const remaining = Math.max(0, wait - elapsed);
    return { repository, step, elapsed, progress: undefined, waiting: { attempt, remaining } };
  }
}

/** A running step. Taking progress must cost next to nothing: Borg tells a lot of it. */
export class StepProgress {
  readonly repository: string;
  readonly step: string;
  readonly #started: number;
  readonly #expectedSize: number | undefined;
  #progress: Progress | undefined;
  #samples: Sample[] = [];
  #phaseBegins = true;
  #phase: Sample = { at: 0, value: 0 };

  /**
   * @param now milliseconds, only ever growing
   * @param expectedSize bytes that `create` will read, if that can be guessed
   */
  constructor(repository: string, step: string, now: number, expectedSize?: number) {
    this.#expectedSize = expectedSize;
    this.repository = repository;
    this.step = step;
    this.#started = now;
  }

  take(progress: Progress): void {
    const before = this.#progress;
    // A check has several phases, and each of them begins with 0 %.
    if (
      progress.kind === "percent" &&
      (before?.kind !== "percent" || progress.percent < before.percent)
    ) this.#phaseBegins = true;
    this.#progress = progress;
  }

  /**
   * The progress at a time in milliseconds; called a few times a second at most. Secrets are masked
   * here, because half a secret in a cut path would not be found.
   */
  at(now: number, mask: (text: string) => string): RepositoryProgress {
    const { repository, step } = this;
    const state = { repository, step, elapsed: now - this.#started };
    const progress = this.#progress;
    if (progress === undefined) return { ...state, progress };
    if (progress.kind === "create") {
      const masked = { ...progress, path: mask(progress.path) };
      const rate = this.#rate(now, progress.originalSize);
      return { ...state, progress: masked, rate, ...this.#estimate(state.elapsed, progress) };
    }
    if (progress.kind === "entries") {
      return { ...state, progress: { ...progress, message: mask(progress.message) } };
    }
    if (progress.kind === "bytes") {
      const masked = { ...progress, message: mask(progress.message) };
      return { ...state, progress: masked, rate: this.#rate(now, progress.bytes) };
    }
    const remaining = this.#remaining(now, progress.percent);
    const masked = { ...progress, message: mask(progress.message) };
    return { ...state, progress: masked, ...(remaining === undefined ? {} : { remaining }) };
  }

  #rate(now: number, value: number): number {
    this.#samples.push({ at: now, value });
    while (this.#samples.length > 2 && now - (this.#samples[1]?.at ?? now) >= WINDOW) {
      this.#samples.shift();
    }
    const [first] = this.#samples;
    const begun = this.#samples.length < 2 || first === undefined
      ? { at: this.#started, value: 0 }
      : first;
    return Math.max(0, value - begun.value) / Math.max((now - begun.at) / 1_000, 0.001);
  }

  /** Of a step that reads more than was expected nobody knows when it ends. */
  #estimate(
    elapsed: number,
    { originalSize }: { readonly originalSize: number },
  ): Pick<RepositoryProgress, "estimate"> {
    const expected = this.#expectedSize ?? 0;
    if (expected <= 0) return {};
    const percent = Math.min(99, 100 * originalSize / expected);
    if (originalSize >= expected || elapsed < ENOUGH.time || percent < ENOUGH.percent) {
      return { estimate: { percent } };
    }
    return { estimate: { percent, remaining: elapsed / percent * (100 - percent) } };
  }

  #remaining(now: number, percent: number): number | undefined {
    if (this.#phaseBegins) {
      this.#phaseBegins = false;
      this.#phase = { at: now, value: percent };
    }
    const time = now - this.#phase.at;
    const done = percent - this.#phase.value;
    if (time < ENOUGH.time || done < ENOUGH.percent) return undefined;
    return time / done * (100 - percent);
  }
}
