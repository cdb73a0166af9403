/**
 * The history as one page of HTML that needs nothing else: no script, no font, no image from
 * anywhere.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { humanDuration } from "../../text/units.ts";
import { calendar } from "./run_calendar.ts";
import type { Span } from "./chart.ts";
import { pageSummary } from "./page_summary.ts";
import type { StatusReport } from "../status/backup_status.ts";
import { element, legendEntry, Markup } from "../../text/markup.ts";
import { repositoryCharts } from "./repository_charts.ts";
import { STYLE } from "./style.ts";
import { repeatedSteps, repositoryWord } from "../describe.ts";
import type { RepositoryReport, RunReport } from "../run_report.ts";
import { localTime } from "../../text/local_time.ts";
import { joinedParts } from "../worst_steps.ts";

interface PageContent {
  readonly name: string;
  /** The last run first. */
  readonly runs: readonly RunReport[];
  readonly now: Date;
  /** How the backups are now; `undefined` when that is not known. */
  readonly status: StatusReport | undefined;
}

const LISTED = 30;

/** Draws the history. */
export function historyPage(content: PageContent): string {
  const { name, runs, now, status } = content;
  const oldest = runs.toReversed();
  const labels = new Set(
    runs.flatMap(({ repositories }) => repositories.map(({ label }) => label)),
  );
  const times = runs.map(({ startedAt }) => Date.parse(startedAt));
  const span: Span = [Math.min(...times), Math.max(...times)];
  const body = runs.length === 0 ? [element("section", {}, "No runs yet.")] : [
    element(
      "section",
      {},
      element("h2", {}, "Outcomes"),
      element("div", { class: "scroll" }, calendar(runs, now)),
      legend(),
    ),
    ...[...labels].map((label) => repositoryCharts(label, oldest, span)),
    element("section", {}, element("h2", {}, "Last runs"), table(runs.slice(0, LISTED))),
  ];
  const html = element(
    "html",
    { lang: "en" },
    head(`${name}: backups`),
    element(
      "body",
      {},
      element("h1", {}, `Backups of ${name}`),
      drawnFrom(content),
      ...(status === undefined ? [] : [pageSummary(status)]),
      ...body,
    ),
  );
  return `<!DOCTYPE html>\n${html.text}\n`;
}

function head(title: string): Markup {
  // The one style sheet is named by its digest: nothing else that may get in is applied.
  const digest = createHash("sha256").update(STYLE).digest("base64");
  const policy = `default-src 'none'; style-src 'sha256-${digest}'`;
  return element(
    "head",
    {},
    element("meta", { charset: "utf-8" }),
    element("meta", { "http-equiv": "Content-Security-Policy", content: policy }),
    element("meta", { name: "viewport", content: "width=device-width, initial-scale=1" }),
    element("meta", { name: "color-scheme", content: "light dark" }),
    element("title", {}, title),
    element("style", {}, new Markup(STYLE)),
  );
}

function drawnFrom({ runs, now }: PageContent): Markup {
  const [last] = runs;
  const first = runs.at(-1);
  const drawn = `as of ${localTime(now)}`;
  if (last === undefined || first === undefined) return element("p", {}, `No runs; ${drawn}`);
  const count = `${runs.length} ${runs.length === 1 ? "run" : "runs"}`;
  const from = localTime(first.startedAt);
  return element("p", {}, `${count}, ${from} to ${localTime(last.startedAt)}; ${drawn}`);
}

function legend(): Markup {
  const entries = ["ok", "warning", "failed", "refused", "none"].map((state) => {
    return legendEntry(`day ${state}`, state === "none" ? "no run" : state);
  });
  return element("ul", { class: "legend" }, entries);
}

function table(runs: readonly RunReport[]): Markup {
  const heads = ["run", "started", "took", "state", "repositories"]
    .map((text) => element("th", {}, text));
  const rows = runs.map((run) => {
    const state = run.refused ? "refused" : run.state;
    return element(
      "tr",
      {},
      element("td", {}, run.runId),
      element("td", {}, localTime(run.startedAt)),
      element("td", {}, humanDuration(run.durationSeconds * 1_000)),
      element("td", {}, element("b", { class: state }, state)),
      element("td", {}, details(run)),
    );
  });
  const head = element("thead", {}, element("tr", {}, heads));
  return element("table", { class: "runs" }, head, element("tbody", {}, rows));
}

function details(run: RunReport): string {
  const errors = run.problems.filter(({ severity }) => severity === "error")
    .map(({ message }) => message);
  const absent = run.absentSources.map(({ path }) => `${path} absent`);
  const parts = joinedParts(run.repositories.map((one) => [one.label, detail(one)]));
  return [...errors, ...parts, ...absent].join("; ");
}

/** What is said of a repository behind its label. */
function detail(repository: RepositoryReport): string {
  const { state, steps } = repository;
  const bad = steps.find((step) => step.state === state);
  const [problem] = state === "ok" ? [] : bad?.problems ?? [];
  const why = problem === undefined
    ? repeatedSteps(repository)
    : [`${bad?.step}: ${problem.message}`];
  return `${repositoryWord(repository)}${why.length === 0 ? "" : ` (${why.join("; ")})`}`;
}
