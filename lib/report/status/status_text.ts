/** The state of the backups for a person. Pure. @module */
import { ownCommand } from "../../text/own_command.ts";
import { humanAge, humanDuration, humanLimit, humanSize } from "../../text/units.ts";
import { plainTable } from "../../text/plain_table.ts";
import { printableLine } from "../../text/printable.ts";
import { sparkline } from "../../text/sparkline.ts";
import { reportedCoverageText } from "../coverage_text.ts";
import { reportedSpaceText } from "../space.ts";
import { reportedUncoveredText } from "../uncovered_report.ts";
import { repositoryWord } from "../describe.ts";
import { paint, stateColour, type TextStyle } from "../text_style.ts";
import { badNews } from "./bad_news.ts";
import { checkText } from "./check_status.ts";
import type { LastBackup, Moment, RepositoryStatus, StatusReport } from "./backup_status.ts";
import { outsideText } from "./data_status.ts";
import { badDatabases, databaseLines } from "./database_text.ts";
import { pinsText } from "./pin_status.ts";
import { columns } from "../../text/width.ts";
import { localTime } from "../../text/local_time.ts";

/** Writes the state of the backups. */
export function statusText(status: StatusReport, style: TextStyle): string {
  const lines = [
    headline(status, style),
    ...running(status),
    lastRun(status, style),
    "",
    ...repositories(status, style),
    ...databaseLines(status, style),
    ...status.repositories.flatMap(checks),
    ...status.repositories.flatMap(verified),
    ...status.repositories.flatMap((one) => labelled(one, reportedSpaceText(one.space))),
    ...status.repositories.flatMap(keys),
    ...status.repositories.flatMap((one) => labelled(one, outsideText(one))),
    ...status.repositories.flatMap((one) => labelled(one, pinsText(one.pins))),
    ...status.repositories.flatMap((repository) => alarms(repository, style)),
    ...uncovered(status),
    ...leftovers(status, style),
    ...status.problems.flatMap(({ severity, message, hint }) => [
      `${paint(style, severity === "error" ? "red" : "yellow", severity)}: ${
        printableLine(message)
      }`,
      ...(hint === null ? [] : [`  hint: ${printableLine(hint)}`]),
    ]),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

/** How the backups are, in one sentence. */
export function headline(status: StatusReport, style: TextStyle): string {
  const name = paint(style, "bold", status.name);
  const bad = badNews(status);
  if (status.state === "fresh") {
    const limit = humanLimit(status.maxAgeSeconds * 1_000);
    const absent = status.repositories.filter(({ state }) => state === "absent")
      .map(({ label }) => label).join(", ");
    const which = absent === "" ? "every repository" : `every repository but ${absent} (absent)`;
    const but = bad.length === 0 ? "" : `, but ${paint(style, "red", bad.join(", and "))}`;
    return `${name} is ${paint(style, "green", "fresh")}: ${which} has a good backup from the ` +
      `last ${limit}${but}`;
  }
  const and = bad.map((one) => `; ${one}`).join("");
  const alarmed = status.repositories.filter(({ suspended }) => suspended !== null)
    .map(({ label }) => label).join(", ");
  const alarm = `${name} has an ${paint(style, "red", "alarm")}: something looks wrong in ` +
    `${alarmed}, nothing is pruned there`;
  if (status.state === "alarm") return `${alarm}${and}`;
  const old = status.repositories.filter(({ state }) => state !== "fresh" && state !== "absent");
  const dumps = badDatabases(status.repositories);
  const clauses = [...old.map(shortly), ...dumps];
  const which = clauses.length === 0 ? "every repository is absent" : clauses.join(", ");
  // What is too old may be so because of what looks wrong.
  const isStale = `is ${paint(style, "red", "stale")}: ${which}${and}`;
  return alarmed === "" ? `${name} ${isStale}` : `${alarm}; it ${isStale}`;
}

function shortly({ label, state, lastBackup }: RepositoryStatus): string {
  if (state === "never" || lastBackup === null) return `${label} has no good backup`;
  if (state === "in-the-future") return `${label} has a backup from the future`;
  return `the last good backup in ${label} is ${age(lastBackup)} old`;
}

/** Which run is in progress; no line when there is none. */
export function running({ running: run, at }: StatusReport): readonly string[] {
  if (run === null) return [];
  if (run.startedAt === null) return ["a run is in progress"];
  const since = Date.parse(at) - Date.parse(run.startedAt);
  return [
    `run ${run.runId} is in progress (process ${run.process}), for ${humanDuration(since)} now`,
  ];
}

/** How the last run ended. */
export function lastRun(
  { lastRun: run, at, refusedSince }: StatusReport,
  style: TextStyle,
): string {
  const refused = refusedSince === 0
    ? ""
    : `; since then ${refusedSince} refused, as another run held the lock`;
  if (run === null) return `there has been no run yet${refused}`;
  const ago = humanAge(Date.parse(at) - Date.parse(run.startedAt));
  if (run.died) {
    return `last run: ${run.runId} ${ago} ago (${localTime(run.startedAt)}), ` +
      `${paint(style, "red", "ended without a report")}${refused}`;
  }
  const interrupted = run.interruptedBy === null ? "" : `, interrupted by ${run.interruptedBy}`;
  const absent = run.absentSources.map(({ path }) => `, ${printableLine(path)} absent`).join("");
  return `last run: ${run.runId} ${ago} ago (${localTime(run.startedAt)}), ` +
    paint(style, stateColour(run.state), run.state) +
    ` after ${humanDuration(run.durationSeconds * 1_000)}${interrupted}${absent}${refused}`;
}

const HEADS = ["repository", "state", "backup", "check", "verify", "last run", "size", "new", ""];

/** A table when there is room for it, else one block for each repository. */
function repositories(status: StatusReport, style: TextStyle): readonly string[] {
  const rows = status.repositories.map((repository) => cells(repository));
  const [head, ...body] = plainTable(HEADS, rows);
  if ([head, ...body].every((line) => columns(line) <= style.width)) {
    return [
      paint(style, "dim", head),
      ...body.map((line, index) => coloured(line, status.repositories[index], style)),
    ];
  }
  return rows.flatMap((row, index) => {
    const [label = "", ...values] = row;
    const state = status.repositories[index];
    return [
      paint(style, "bold", label),
      ...values.flatMap((value, at) => {
        if (value === "") return [];
        const name = (HEADS[at + 1] || "trend").padEnd(10);
        return [`  ${coloured(`${name}${value}`, at === 0 ? state : undefined, style)}`];
      }),
    ];
  });
}

function cells(repository: RepositoryStatus): readonly string[] {
  const { lastBackup, lastCheck, lastVerify, lastRun, trend } = repository;
  const archive = lastBackup?.archive;
  return [
    repository.label,
    stateWord(repository),
    backupAgo(lastBackup),
    ago(lastCheck),
    ago(lastVerify),
    lastRun === null ? "never" : repositoryWord(lastRun),
    archive ? humanSize(archive.repositoryBytes) : "",
    archive ? humanSize(archive.newBytes) : "",
    sparkline(trend.slice(-16).map(({ newBytes }) => newBytes)),
  ];
}

/** The word for how a repository is. */
export function stateWord({ state, optional, checks: { damage } }: RepositoryStatus): string {
  if (state === "fresh" && damage.length > 0) return "damaged";
  const words = { "too-old": "too old", "in-the-future": "future", absent: "absent" } as const;
  const word = state === "fresh" || state === "never" ? state : words[state];
  return optional && state === "absent" ? "absent (optional)" : word;
}

/** Colours the first word that tells the state; done last, as colours have no width. */
function coloured(
  line: string,
  repository: RepositoryStatus | undefined,
  style: TextStyle,
): string {
  if (repository === undefined) return line;
  const word = stateWord(repository);
  const at = line.indexOf(word, line.startsWith(repository.label) ? repository.label.length : 0);
  if (at < 0) return line;
  const colour = word === "fresh" ? "green" : repository.state === "absent" ? "dim" : "red";
  return line.slice(0, at) + paint(style, colour, word) + line.slice(at + word.length);
}

function checks({ label, checks: status }: RepositoryStatus): readonly string[] {
  const text = checkText(status);
  return text === undefined ? [] : [`${label}: ${printableLine(text)}`];
}

/** What share of the data was read back, one line a repository. */
function verified({ label, verified: coverage }: RepositoryStatus): readonly string[] {
  return coverage === null ? [] : [`${label}: ${reportedCoverageText(coverage)}`];
}

/** What no run backs up. */
export function uncovered({ uncovered: found }: StatusReport): readonly string[] {
  const text = reportedUncoveredText(found);
  return text === undefined ? [] : [printableLine(text)];
}

/** The keys of which no copy is kept. */
function keys({ label, key }: RepositoryStatus): readonly string[] {
  const remark = key?.remark ?? null;
  return remark === null ? [] : [`${label}: ${printableLine(remark)}`];
}

/** A line about a repository, when there is something to say. */
function labelled({ label }: RepositoryStatus, text: string | undefined): readonly string[] {
  return text === undefined ? [] : [`${label}: ${text}`];
}

function alarms(
  { label, alarms: standing }: RepositoryStatus,
  style: TextStyle,
): readonly string[] {
  const lines = standing.flatMap(({ kind, message, hint, accepted }) =>
    accepted
      ? [`${paint(style, "dim", "accepted")}: ${label}: ${kind}: ${printableLine(message)}`]
      : [
        `${paint(style, "red", "alarm")}: ${label}: ${kind}: ${printableLine(message)}`,
        `  hint: ${printableLine(hint)}`,
      ]
  );
  if (standing.every(({ accepted }) => accepted)) return lines;
  return [...lines, `  hint: if all of this is expected: ${ownCommand("accept", label)}`];
}

function leftovers({ leftovers: left }: StatusReport, style: TextStyle): readonly string[] {
  if (left === null || left.length === 0) return [];
  return [
    `${paint(style, "yellow", "warning")}: crashed runs left ${left.length} ` +
    `${left.length === 1 ? "snapshot" : "snapshots"} behind`,
    ...left.map(({ snapshot, runId }) => `  ${printableLine(snapshot)} (run ${runId})`),
    `  hint: the next run cleans up, or this does it now: ${ownCommand("recover")}`,
  ];
}

/** Such as "5 h ago"; "never" for what has not been. */
export function ago(moment: Moment | null): string {
  if (moment === null) return "never";
  return moment.ageSeconds < 0 ? `in ${age(moment)}` : `${age(moment)} ago`;
}

/** The same of a backup, and that another machine made it, if so. */
export function backupAgo(backup: LastBackup | null): string {
  return backup?.elsewhere === true ? `${ago(backup)}, by another machine` : ago(backup);
}

function age({ ageSeconds }: Moment): string {
  return humanAge(Math.abs(ageSeconds) * 1_000);
}
