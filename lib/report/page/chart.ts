/**
 * What all charts have in common: a frame with a time axis below and an axis of values at its side.
 *
 * @module
 */
// @ts-types="npm:@types/d3-scale@4"
import { type ScaleLinear, scaleLinear, type ScaleTime, scaleTime } from "d3-scale";
import { element, type Markup } from "../../text/markup.ts";

/** What the numbers of a chart are; decides on the labels of its axis. */
type Unit = "bytes" | "seconds";

interface Frame {
  readonly x: ScaleTime<number, number>;
  readonly y: ScaleLinear<number, number>;
}

/** About how many times have room below a chart. */
const TIMES = 4;

/** Inner edges of the plot, in units of the drawing: two stand beside each other, or fill a telephone. */
export const PLOT = {
  left: 70,
  right: 456,
  top: 12,
  bottom: 150,
  width: 480,
  height: 178,
} as const;

/** Times from first to last, in milliseconds since 1970. */
export type Span = readonly [number, number];

/** Makes the scales of a chart. */
export function frame(span: Span, most: number, unit: Unit): Frame {
  const [first, last] = span;
  // One run alone stands in the middle of a day.
  const margin = last > first ? (last - first) * 0.02 : 43_200_000;
  const { scale } = scaleOf(most, unit);
  return {
    x: scaleTime().domain([first - margin, last + margin]).range([PLOT.left, PLOT.right]),
    y: scaleLinear().domain([0, Math.max(most, scale / 1_000)]).range([PLOT.bottom, PLOT.top]),
  };
}

/** Draws the axes of a chart. */
export function axes(scales: Frame, most: number, unit: Unit): Markup[] {
  const { scale, name } = scaleOf(most, unit);
  const values = scaleLinear().domain([0, Math.max(most, scale / 1_000) / scale]).ticks(4);
  const lines = values.flatMap((value) => {
    const y = scales.y(value * scale);
    return [
      element("line", { class: "grid", x1: PLOT.left, x2: PLOT.right, y1: y, y2: y }),
      element("text", { class: "tick", x: PLOT.left - 8, y: y + 4, "text-anchor": "end" }, [
        `${round(value)} ${name}`,
      ]),
    ];
  });
  const [first, last] = scales.x.domain();
  const short = Number(last) - Number(first) < 3_600_000;
  const format = scales.x.tickFormat(TIMES, short ? "%H:%M:%S" : "%H:%M");
  const times = scales.x.ticks(TIMES).map((time) => {
    const text = time.getHours() === 0 ? dayLabel(time) : format(time);
    const at = { class: "tick", x: scales.x(time), y: PLOT.bottom + 18, "text-anchor": "middle" };
    return element("text", at, text);
  });
  return [...lines, ...times];
}

/** Puts a drawing into its element. */
export function drawing(title: string, content: readonly Markup[]): Markup {
  const box = `0 0 ${PLOT.width} ${PLOT.height}`;
  const attributes = { viewBox: box, role: "img", "aria-label": title };
  return element("svg", attributes, element("title", {}, title), ...content);
}

/** How wide a bar may be so that those of neighbouring runs do not touch. */
export function barWidth(times: readonly number[], x: Frame["x"]): number {
  const gaps = times.slice(1).map((time, index) => x(time) - x(times[index] ?? time))
    .filter((gap) => gap > 0).toSorted((a, b) => a - b);
  const usual = gaps[Math.floor(gaps.length / 2)] ?? 24;
  return Math.min(24, Math.max(1.5, usual * 0.7));
}

/** The months as they stand in the page. */
export const MONTHS = [
  "Jan",
  "Feb",
  "Mar",
  "Apr",
  "May",
  "Jun",
  "Jul",
  "Aug",
  "Sep",
  "Oct",
  "Nov",
  "Dec",
];

/** A day as it stands below an axis: "22 Nov", the first of January with its year. */
function dayLabel(time: Date): string {
  const month = MONTHS[time.getMonth()] ?? "";
  const year = time.getMonth() === 0 && time.getDate() === 1 ? ` ${time.getFullYear()}` : "";
  return `${time.getDate()} ${month}${year}`;
}

const SCALES = {
  bytes: [
    [1024 ** 5, "PiB"],
    [1024 ** 4, "TiB"],
    [1024 ** 3, "GiB"],
    [1024 ** 2, "MiB"],
    [1024, "KiB"],
    [1, "B"],
  ],
  seconds: [[3600, "h"], [60, "min"], [1, "s"]],
} as const;

function scaleOf(most: number, unit: Unit): { readonly scale: number; readonly name: string } {
  const scales: readonly (readonly [number, string])[] = SCALES[unit];
  const [scale, name] = scales.find(([size]) => most >= size) ?? [1, unit === "bytes" ? "B" : "s"];
  return { scale, name };
}

function round(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
