/**
 * The history as one page of HTML that needs nothing else: no script, no font, no image from
 * anywhere.
 *
 * @module
 */
import { humanDuration } from "../../text/units.ts";
import { calendar } from "./run_calendar.ts";
import type { Span } from "./chart.ts";
import { element, legendEntry, Markup } from "../../text/markup.ts";
import { repositoryCharts } from "./repository_charts.ts";
import { STYLE } from "./style.ts";
import type { RepositoryReport, RunReport } from "../run_report.ts";

interface PageContent {
  readonly name: string;
  /** The last run first. */
  readonly runs: readonly RunReport[];
  readonly now: Date;
}

const LISTED = 30;

/** Draws the history. */
export function historyPage(content: PageContent): string {
  const { name, runs, now } = content;
  const oldest = runs.toReversed();
  const labels = new Set(
    runs.flatMap(({ repositories }) => repositories.map(({ label }) => label)),
  );
  const times = runs.map(({ startedAt }) => Date.parse(startedAt));
  const span: Span = [Math.min(...times), Math.max(...times)];
  const body = runs.length === 0 ? [element("section", {}, "There was no run yet.")] : [
    element("section", {}, element("h2", {}, "Outcomes"), calendar(runs, now), legend()),
    ...[...labels].map((label) => repositoryCharts(label, oldest, span)),
    element("section", {}, element("h2", {}, "Last runs"), table(runs.slice(0, LISTED))),
  ];
  const html = element(
    "html",
    { lang: "en" },
    head(`${name}: backups`),
    element("body", {}, element("h1", {}, `Backups of ${name}`), summary(content), ...body),
  );
  return `<!DOCTYPE html>\n${html.text}\n`;
}

function head(title: string): Markup {
  const policy = "default-src 'none'; style-src 'unsafe-inline'";
  return element(
    "head",
    {},
    element("meta", { charset: "utf-8" }),
    element("meta", { "http-equiv": "Content-Security-Policy", content: policy }),
    element("meta", { name: "viewport", content: "width=device-width, initial-scale=1" }),
    element("title", {}, title),
    element("style", {}, new Markup(STYLE)),
  );
}

function summary({ runs, now }: PageContent): Markup {
  const [last] = runs;
  const first = runs.at(-1);
  const drawn = `drawn at ${minute(now.toISOString())} UTC`;
  if (last === undefined || first === undefined) return element("p", {}, `No runs; ${drawn}`);
  const count = `${runs.length} ${runs.length === 1 ? "run" : "runs"}`;
  const from = minute(first.startedAt);
  return element("p", {}, `${count}, ${from} to ${minute(last.startedAt)} UTC; ${drawn}`);
}

function legend(): Markup {
  const entries = ["ok", "warning", "failed", "refused", "none"].map((state) => {
    return legendEntry(`day ${state}`, state === "none" ? "no run" : state);
  });
  return element("ul", { class: "legend" }, entries);
}

function table(runs: readonly RunReport[]): Markup {
  const heads = ["run", "started (UTC)", "took", "state", "repositories"]
    .map((text) => element("th", {}, text));
  const rows = runs.map((run) => {
    const state = run.refused ? "refused" : run.state;
    return element(
      "tr",
      {},
      element("td", {}, run.runId),
      element("td", {}, minute(run.startedAt)),
      element("td", {}, humanDuration(run.durationSeconds * 1_000)),
      element("td", {}, element("b", { class: state }, state)),
      element("td", {}, details(run)),
    );
  });
  const head = element("thead", {}, element("tr", {}, heads));
  return element("table", {}, head, element("tbody", {}, rows));
}

function details(run: RunReport): string {
  const errors = run.problems.filter(({ severity }) => severity === "error")
    .map(({ message }) => message);
  const absent = run.absentSources.map(({ path }) => `${path} absent`);
  return [...errors, ...run.repositories.map(detail), ...absent].join("; ");
}

function detail({ label, state, steps }: RepositoryReport): string {
  const bad = steps.find((step) => step.state === state);
  const [problem] = state === "ok" ? [] : bad?.problems ?? [];
  return `${label} ${state}${problem === undefined ? "" : ` (${bad?.step}: ${problem.message})`}`;
}

function minute(time: string): string {
  return time.slice(0, 16).replace("T", " ");
}
