/** The charts of one repository. @module */
// @ts-types="npm:@types/d3-shape@3"
import { area, curveStepAfter, line, stack } from "d3-shape";
import { humanDuration, humanSize } from "../../text/units.ts";
import type { ArchiveReport, CheckpointReport, RunReport, StepReport } from "../run_report.ts";
import { axes, barWidth, drawing, frame, PLOT, type Span } from "./chart.ts";
import { element, legendEntry, type Markup } from "../../text/markup.ts";
import { localTime } from "../../text/local_time.ts";

/** With more runs than this, some stand for others: a chart has fewer pixels than that. */
const ALL_DRAWN = 400;
/** The most runs that are drawn then. */
const MOST_DRAWN = 200;

interface Sample {
  readonly time: number;
  readonly steps: readonly StepReport[];
  /** What the run added, by an archive or a checkpoint. */
  readonly added: ArchiveReport | CheckpointReport | undefined;
}
/** Charts of a repository over time; the runs come oldest first. */
export function repositoryCharts(label: string, runs: readonly RunReport[], span: Span): Markup {
  const samples = runs.flatMap((run) => samplesOf(run, label));
  const additions = samples.flatMap(({ added, ...sample }) =>
    added === undefined ? [] : [{ ...sample, added }]
  );
  const sizes = additions.flatMap(({ added: { repositoryBytes: bytes }, ...sample }) =>
    bytes === null ? [] : [{ ...sample, bytes }]
  );
  const figures = [
    ...(sizes.length === 0 ? [] : [sizeChart(label, sizes, span)]),
    ...(additions.length === 0
      ? [element("p", {}, "No archives yet.")]
      : [newDataChart(label, additions, span)]),
  ];
  const durations =
    samples.some(({ steps }) => steps.some(({ durationSeconds }) => durationSeconds))
      ? [durationChart(label, samples, span)]
      : [];
  return element(
    "section",
    {},
    element("h2", {}, label),
    element("div", { class: "charts" }, ...figures, ...durations),
  );
}

type Addition = Sample & { readonly added: ArchiveReport | CheckpointReport };
type SizeSample = Omit<Sample, "added"> & { readonly bytes: number };

function samplesOf(run: RunReport, label: string): Sample[] {
  const part = run.repositories.find((repository) => repository.label === label);
  if (part === undefined) return [];
  const create = part.steps.find(({ step }) => step === "create");
  const added = create?.archive ?? create?.checkpoint ?? undefined;
  return [{ time: Date.parse(run.startedAt), steps: part.steps, added }];
}

/** What is drawn of many runs: of each few that follow each other the one with the largest value. */
interface Drawn<T> {
  readonly samples: readonly T[];
  /** Says so, behind the caption; empty when all are drawn. */
  readonly note: string;
}

function drawnOf<T>(all: readonly T[], value: (sample: T) => number): Drawn<T> {
  if (all.length <= ALL_DRAWN) return { samples: all, note: "" };
  const few = Math.ceil(all.length / MOST_DRAWN);
  const samples: T[] = [];
  for (let from = 0; from < all.length; from += few) {
    samples.push(
      all.slice(from, from + few).reduce((most, one) => value(one) > value(most) ? one : most),
    );
  }
  return { samples, note: `, the largest of every ${few} runs` };
}

function sizeChart(label: string, all: readonly SizeSample[], span: Span): Markup {
  const size = ({ bytes }: SizeSample) => bytes;
  const { samples, note } = drawnOf(all, size);
  const most = Math.max(...samples.map(size));
  const scales = frame(span, most, "bytes");
  const x = ({ time }: SizeSample) => scales.x(time);
  const y = (sample: SizeSample) => scales.y(size(sample));
  // Between two runs nothing changes: steps, no slopes.
  const filled = area<SizeSample>(x, PLOT.bottom, y).curve(curveStepAfter)(samples) ?? "";
  const drawn = line<SizeSample>(x, y).curve(curveStepAfter)(samples) ?? "";
  const points = samples.map((sample) =>
    element(
      "circle",
      { class: "point", cx: x(sample), cy: y(sample), r: samples.length > 120 ? 1.5 : 3 },
      element("title", {}, `${localTime(sample.time)}: ${humanSize(size(sample))}`),
    )
  );
  return figure(`Size of ${label}`, `Size of the repository${note}`, [
    ...axes(scales, most, "bytes"),
    element("path", { class: "filled", d: filled }),
    element("path", { class: "line", d: drawn }),
    ...points,
  ]);
}

function newDataChart(label: string, all: readonly Addition[], span: Span): Markup {
  const { samples, note } = drawnOf(all, ({ added }) => added.newBytes);
  const most = Math.max(...samples.map(({ added }) => added.newBytes));
  const scales = frame(span, most, "bytes");
  const width = barWidth(samples.map(({ time }) => time), scales.x);
  const bars = samples.map(({ time, added }) => {
    const y = scales.y(added.newBytes);
    return element(
      "rect",
      { class: "bar", x: scales.x(time) - width / 2, y, width, height: PLOT.bottom - y },
      element("title", {}, `${localTime(time)}: ${humanSize(added.newBytes)} new`),
    );
  });
  const title = `New data in ${label}`;
  return figure(title, `New data of each run${note}`, [...axes(scales, most, "bytes"), ...bars]);
}

function durationChart(label: string, all: readonly Sample[], span: Span): Markup {
  const { samples, note } = drawnOf(
    all,
    ({ steps }) => steps.reduce((sum, { durationSeconds }) => sum + (durationSeconds ?? 0), 0),
  );
  const seconds = (sample: Sample, step: string) =>
    sample.steps.find((one) => one.step === step)?.durationSeconds ?? 0;
  const kinds = new Set(samples.flatMap(({ steps }) => steps.map(({ step }) => step)));
  const names = [...kinds].filter((step) => samples.some((sample) => seconds(sample, step) > 0));
  const layers = stack<Sample>().keys(names).value(seconds)([...samples]);
  const most = Math.max(...layers.flatMap((layer) => layer.map(([, end]) => end)));
  const scales = frame(span, most, "seconds");
  const width = barWidth(samples.map(({ time }) => time), scales.x);
  const bars = layers.flatMap((layer) =>
    layer.flatMap((part) => {
      const [from, to] = part;
      if (to <= from) return [];
      const { time } = part.data;
      const y = scales.y(to);
      const size = { x: scales.x(time) - width / 2, y, width, height: scales.y(from) - y };
      const text = `${localTime(time)}: ${layer.key} ${humanDuration((to - from) * 1_000)}`;
      const colour = `step-${layer.key}`;
      return [element("rect", { class: colour, ...size }, element("title", {}, text))];
    })
  );
  const legend = element(
    "ul",
    { class: "legend" },
    names.map((name) => legendEntry(`step-${name}`, name)),
  );
  const title = `Duration of each step in ${label}`;
  const content = [...axes(scales, most, "seconds"), ...bars];
  return figure(title, `Duration of each step${note}`, content, [legend]);
}

function figure(
  title: string,
  caption: string,
  content: readonly Markup[],
  more: readonly Markup[] = [],
): Markup {
  const head = element("figcaption", {}, caption, ...more);
  return element("figure", {}, head, drawing(title, content));
}
