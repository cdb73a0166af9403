/**
 * What a repository is doing, and how fast: from the last few seconds, not from the beginning.
 *
 * @module
 */
import type { Progress } from "../../backup/events.ts";
import type { RepositoryProgress } from "./progress_lines.ts";

/** The rate is that of the last so many milliseconds. */
const WINDOW = 10_000;
/** The time left is told when so many milliseconds and per cent have passed. */
const ENOUGH = { time: 2_000, percent: 0.5 } as const;

interface Sample {
  readonly at: number;
  readonly value: number;
}

/** A step at work. Taking progress must cost next to nothing: Borg tells a lot of it. */
export class StepProgress {
  readonly repository: string;
  readonly step: string;
  readonly #started: number;
  #progress: Progress | undefined;
  #samples: Sample[] = [];
  #phaseBegins = true;
  #phase: Sample = { at: 0, value: 0 };

  /** @param now milliseconds, only ever growing */
  constructor(repository: string, step: string, now: number) {
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
      return { ...state, progress: masked, rate: this.#rate(now, progress.originalSize) };
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
