/**
 * How far a run is, as text: pure functions, so that they can be tested without a terminal.
 *
 * @module
 */
import type { Progress } from "../backup/events.ts";
import { humanSize } from "../units.ts";
import { printableLine } from "./printable.ts";

/** How far one repository is. */
export interface RepositoryProgress {
  readonly repository: string;
  readonly step: string;
  /** Milliseconds since the step began. */
  readonly elapsed: number;
  /** `undefined` until Borg says something. */
  readonly progress: Progress | undefined;
}

/**
 * One line that says how far a repository is.
 *
 * @param state how far it is
 * @param width at most so many columns
 * @returns such as "local create 602 files, 1.2 GiB, 3.4 MiB new, 120 MiB/s  srv/data/file"
 */
export function progressLine(state: RepositoryProgress, width: number): string {
  const { repository, step, progress } = state;
  const head = `${repository} ${step}`;
  if (progress === undefined) return fit(`${head} …`, width);
  if (progress.kind === "percent") {
    return fit(
      `${head} ${progress.percent.toFixed(1)} %  ${printableLine(progress.message)}`,
      width,
    );
  }
  const rate = progress.originalSize / Math.max(state.elapsed / 1000, 0.001);
  const figures = `${progress.files.toLocaleString("en-US")} files, ` +
    `${humanSize(progress.originalSize)}, ${humanSize(progress.newSize)} new, ` +
    `${humanSize(Math.round(rate))}/s`;
  const start = `${head} ${figures}  `;
  return fit(start + fitEnd(printableLine(progress.path), width - columns(start)), width);
}

/**
 * Cuts a text so that it fits into one line.
 *
 * @param text one line
 * @param width at most so many columns
 * @returns the text, with "…" at its end when something was cut away
 */
export function fit(text: string, width: number): string {
  if (columns(text) <= width) return text;
  let kept = "";
  let used = 1;
  for (const character of text) {
    used += columns(character);
    if (used > width) break;
    kept += character;
  }
  return width < 1 ? "" : `${kept}…`;
}

/** Keeps the end: it is the end of a path that tells files apart. */
function fitEnd(text: string, width: number): string {
  if (columns(text) <= width) return text;
  if (width < 4) return "";
  let kept = "";
  let used = 1;
  for (const character of [...text].reverse()) {
    used += columns(character);
    if (used > width) break;
    kept = character + kept;
  }
  return `…${kept}`;
}

/**
 * An upper bound of the columns that a text takes: everything from Hangul on counts two, as a line
 * that is too short looks odd, and one that wraps ruins the display.
 */
function columns(text: string): number {
  let sum = 0;
  for (const character of text) {
    sum += (character.codePointAt(0) ?? 0) >= 0x1100 && character !== "…" ? 2 : 1;
  }
  return sum;
}
