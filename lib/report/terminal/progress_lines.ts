/**
 * How far a run is, as text: pure functions, so that they can be tested without a terminal.
 *
 * @module
 */
import type { Progress } from "../../backup/events.ts";
import {
  counted,
  humanAge,
  humanDuration,
  humanPercent,
  humanSize,
  ordinal,
} from "../../text/units.ts";
import { printableLine } from "../../text/printable.ts";
import { columns, fit, fitEnd, padded } from "../../text/width.ts";

/** A step is tried again after a wait. */
interface Wait {
  /** Which attempt comes next. */
  readonly attempt: number;
  /** Milliseconds until then. */
  readonly remaining: number;
}

/** How far one repository is. */
export interface RepositoryProgress {
  readonly repository: string;
  readonly step: string;
  /** Milliseconds since the step began. */
  readonly elapsed: number;
  /** `undefined` until Borg says something. */
  readonly progress: Progress | undefined;
  /** That nothing goes on at the moment. */
  readonly waiting?: Wait;
  /** Bytes a second of late; the mean since the step began when left out. */
  readonly rate?: number;
  /** Milliseconds until 100 %, if that can be told. */
  readonly remaining?: number;
  /** How far `create` is if it reads as much as the last time: percent, and milliseconds left. */
  readonly estimate?: { readonly percent: number; readonly remaining?: number };
}

/** How wide the first columns are, so that several lines can be read as a table. */
interface ColumnWidths {
  readonly repository: number;
  readonly step: number;
}

/** Silence that is longer than this, in milliseconds, is counted. */
const SILENCE = 10_000;
/** A path in fewer columns tells nothing. */
const SHORTEST_PATH = 12;

/**
 * One line such as "local create ~34 %, ~3 min left, 602 files, 1.2 GiB, 3.4 MiB new, 120 MiB/s
 * srv/data/file". What is estimated is marked with "~". What does not fit is left out: first the path,
 * then the rate, then what is new.
 */
export function progressLine(
  state: RepositoryProgress,
  width: number,
  widths: ColumnWidths = { repository: 0, step: 0 },
): string {
  const { repository, step, progress, elapsed, remaining } = state;
  // A long label must not take the room of everything else.
  const label = fit(repository, Math.max(8, Math.floor(width / 3)));
  const room = Math.min(widths.repository, Math.max(8, Math.floor(width / 3)));
  const head = `${padded(label, room)} ${padded(step, widths.step)}`;
  if (state.waiting !== undefined) {
    const { attempt, remaining: left } = state.waiting;
    return fit(`${head} waiting ${humanAge(left)} before the ${ordinal(attempt)} attempt`, width);
  }
  if (progress === undefined) {
    return fit(`${head} …${elapsed < SILENCE ? "" : ` ${humanDuration(elapsed)}`}`, width);
  }
  if (progress.kind === "percent") {
    const left = remaining === undefined ? [] : [`${humanAge(remaining)} left`];
    const percent = humanPercent(progress.percent).padStart(widths.step > 0 ? 5 : 0);
    return withMessage(whatFits(head, [percent, ...left], width), progress.message, width);
  }
  if (progress.kind === "entries") {
    const { entries, expected = 0 } = progress;
    const percent = expected > 0 && entries > 0
      ? [estimated(Math.min(99, 100 * entries / expected))]
      : [];
    const count = entries === 0 ? humanAge(elapsed) : counted(entries, "entry", "entries");
    return withMessage(whatFits(head, [...percent, count], width), progress.message, width);
  }
  const amount = progress.kind === "bytes" ? progress.bytes : progress.originalSize;
  const rate = state.rate ?? amount / Math.max(elapsed / 1000, 0.001);
  if (progress.kind === "bytes") {
    const { bytes, expected = 0, message } = progress;
    const percent = expected > 0 ? [estimated(Math.min(99, 100 * bytes / expected))] : [];
    const parts = [...percent, humanSize(bytes), `${humanSize(Math.round(rate))}/s`];
    return withMessage(whatFits(head, parts, width), message, width);
  }
  const { estimate } = state;
  const left = estimate?.remaining;
  const start = whatFits(head, [
    ...(estimate === undefined ? [] : [estimated(estimate.percent)]),
    ...(left === undefined ? [] : [`~${humanAge(left)} left`]),
    counted(progress.files, "file", "files"),
    humanSize(progress.originalSize),
    `${humanSize(progress.newSize)} new`,
    `${humanSize(Math.round(rate))}/s`,
  ], width);
  const rest = width - columns(start) - 2;
  if (rest < SHORTEST_PATH) return fit(start, width);
  return fit(`${start}  ${fitEnd(printableLine(progress.path), rest)}`, width);
}

function estimated(percent: number): string {
  return `~${humanPercent(percent)}`;
}

function withMessage(start: string, message: string, width: number): string {
  return fit(`${start}  ${printableLine(message)}`.trimEnd(), width);
}

/** The head and as many of the parts as there is room for; half a number would be a lie. */
function whatFits(head: string, parts: readonly string[], width: number): string {
  for (let count = parts.length; count > 0; count--) {
    const line = `${head} ${parts.slice(0, count).join(", ")}`;
    if (columns(line) <= width) return line;
  }
  return head;
}
