/** The new data of the last runs as bars. Pure. @module */
import type { PastCreate } from "../../state/history.ts";
import { localDay } from "../../text/local_time.ts";
import { humanSize } from "../../text/units.ts";

/** How many runs are shown. */
export const SHOWN_RUNS = 30;

/** A run as a bar. */
export interface Bar {
  /** The day of the run and its new data, for who points at the bar. */
  readonly title: string;
  /** From 0 to 1. */
  readonly height: number;
  readonly kind: "normal" | "cut" | "failed";
}

/** The last runs of a repository. */
export interface Trend {
  readonly label: string;
  readonly bars: readonly Bar[];
  /** From when to when, the largest and the newest. */
  readonly caption: string;
}

/** A first backup is so large that beside it all others look the same: it is cut off. */
const CUT = { usualShare: 0.9, room: 1.25, from: 3 } as const;

/** The bars of a repository's last runs, given oldest first; `undefined` without runs. */
export function trendOf(label: string, past: readonly PastCreate[]): Trend | undefined {
  const [first] = past;
  const last = past.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const sizes = past.flatMap(({ newSize }) => newSize === undefined ? [] : [Math.max(0, newSize)]);
  const largest = Math.max(0, ...sizes);
  const usual = usualSize(sizes) * CUT.room;
  const top = usual > 0 && largest > usual * CUT.from ? usual : largest;
  const bars = past.map((run) => barOf(run, top));
  const cut = bars.filter(({ kind }) => kind === "cut").length;
  const failed = bars.filter(({ kind }) => kind === "failed").length;
  const caption = [
    past.length === 1
      ? `one run on ${localDay(last.startedAt)}`
      : `${past.length} runs from ${localDay(first.startedAt)} to ${localDay(last.startedAt)}`,
    `the largest ${humanSize(largest)}`,
    `the last ${last.newSize === undefined ? "failed" : humanSize(last.newSize)}`,
    ...(cut === 0 ? [] : [`${cut} cut off`]),
    ...(failed === 0 ? [] : [`${failed} failed`]),
  ].join(", ");
  return { label, bars, caption };
}

function barOf({ startedAt, newSize, checkpointSize }: PastCreate, top: number): Bar {
  if (newSize === undefined) {
    const left = checkpointSize === undefined ? "" : `, ${humanSize(checkpointSize)} new`;
    return { title: `${localDay(startedAt)}: failed${left}`, height: 1, kind: "failed" };
  }
  const title = `${localDay(startedAt)}: ${humanSize(newSize)}`;
  const height = top === 0 ? 0 : Math.max(0, newSize) / top;
  return height > 1 ? { title, height: 1, kind: "cut" } : { title, height, kind: "normal" };
}

/** Nine of ten are not larger. */
function usualSize(sizes: readonly number[]): number {
  const sorted = sizes.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * CUT.usualShare)] ?? 0;
}

const BLOCKS = "▁▂▃▄▅▆▇█";

/** Draws bars with characters. */
export function sparkline(bars: readonly Bar[]): string {
  return bars.map(({ height, kind }) => {
    if (kind === "failed") return "x";
    if (kind === "cut") return "^";
    return BLOCKS[Math.min(BLOCKS.length - 1, Math.floor(height * BLOCKS.length))] ?? "";
  }).join("");
}
