/** A calendar of outcomes: a column for each week, a square for each day. @module */
import type { RunReport } from "../run_report.ts";
import { MONTHS } from "./chart.ts";
import { element, type Markup } from "../../text/markup.ts";

const DAY = 86_400_000;
const CELL = 16;
const LEFT = 34;
const TOP = 20;
/** A year, and the week that has begun. */
const WEEKS = 53;

/** What a day is coloured by, the worst last, with the sign for those who do not see the colour. */
const SIGNS = { refused: "–", ok: "", warning: "!", failed: "×" } as const;

type DayState = keyof typeof SIGNS;

/** Draws the calendar of at most the last year. */
export function calendar(runs: readonly RunReport[], now: Date): Markup {
  const days = byDay(runs);
  const last = dayOf(now.getTime());
  const first = Math.max(Math.min(last, ...days.keys()), mondayOf(last) - (WEEKS - 1) * 7 * DAY);
  const start = mondayOf(first);
  const weeks = Math.floor((last - start) / (7 * DAY)) + 1;
  const cells: Markup[] = [];
  for (let day = first; day <= last; day += DAY) cells.push(...cell(day, start, days.get(day)));
  const width = Math.max(260, LEFT + weeks * CELL + 4);
  const box = { viewBox: `0 0 ${width} ${TOP + 7 * CELL + 4}`, width, class: "calendar" };
  const title = "Outcome of the runs of each day";
  return element(
    "svg",
    { ...box, role: "img", "aria-label": title },
    element("title", {}, title),
    ...labels(start, weeks),
    ...cells,
  );
}

function byDay(runs: readonly RunReport[]): Map<number, RunReport[]> {
  const days = new Map<number, RunReport[]>();
  for (const run of runs) {
    const day = dayOf(Date.parse(run.startedAt));
    const there = days.get(day);
    if (there === undefined) days.set(day, [run]);
    else there.push(run);
  }
  return days;
}

function cell(day: number, start: number, runs: readonly RunReport[] | undefined): Markup[] {
  const index = Math.round((day - start) / DAY);
  const x = LEFT + Math.floor(index / 7) * CELL;
  const y = TOP + (index % 7) * CELL;
  const date = new Date(day).toISOString().slice(0, 10);
  const state = runs === undefined ? "none" : worstOf(runs);
  const what = runs === undefined ? "no run" : `${runs.length} × ${state}`;
  const text = runs === undefined || runs.length === 1 ? `${date}: ${state}` : `${date}: ${what}`;
  const size = CELL - 3;
  const square = element(
    "rect",
    { class: `day ${state}`, x, y, width: size, height: size, rx: 2 },
    element("title", {}, state === "none" ? `${date}: no run` : text),
  );
  const sign = state === "none" ? "" : SIGNS[state];
  if (sign === "") return [square];
  const at = { class: "sign", x: x + size / 2, y: y + size - 2.5, "text-anchor": "middle" };
  return [square, element("text", at, sign)];
}

function worstOf(runs: readonly RunReport[]): DayState {
  const states = runs.map(({ refused, state }) => refused ? "refused" : state);
  const order: readonly DayState[] = ["failed", "warning", "ok"];
  return order.find((state) => states.includes(state)) ?? "refused";
}

function labels(start: number, weeks: number): Markup[] {
  const days = ["Mon", "Wed", "Fri", "Sun"].map((text, index) => {
    const y = TOP + index * 2 * CELL + CELL - 5;
    return element("text", { class: "tick", x: LEFT - 6, y, "text-anchor": "end" }, text);
  });
  const months: Markup[] = [];
  for (let week = 0, free = 0; week < weeks; week++) {
    const monday = new Date(start + week * 7 * DAY);
    // The month's name stands above its first Monday, if there is room.
    if (week < free || (week > 0 && monday.getUTCDate() > 7)) continue;
    const text = MONTHS[monday.getUTCMonth()] ?? "";
    months.push(element("text", { class: "tick", x: LEFT + week * CELL, y: TOP - 7 }, text));
    free = week + 2;
  }
  return [...days, ...months];
}

/** Days are those of the calendar on the wall; one of them may have 23 or 25 hours. */
function dayOf(time: number): number {
  const date = new Date(time);
  return Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
}

function mondayOf(day: number): number {
  return day - ((new Date(day).getUTCDay() + 6) % 7) * DAY;
}
