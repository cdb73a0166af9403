/**
 * The state of the backups for a person. Pure.
 *
 * @module
 */
import { ownCommand } from "../../text/own_command.ts";
import { formatDuration, humanDuration, humanSize } from "../../text/units.ts";
import { plainTable } from "../../text/plain_table.ts";
import { printableLine } from "../../text/printable.ts";
import { sparkline } from "../../text/sparkline.ts";
import { paint, stateColour, type TextStyle } from "../text_style.ts";
import type { Moment, RepositoryStatus, StatusReport } from "./backup_status.ts";
import { columns } from "../../text/width.ts";

/** Writes the state of the backups. */
export function statusText(status: StatusReport, style: TextStyle): string {
  const lines = [
    headline(status, style),
    ...running(status),
    lastRun(status, style),
    "",
    ...repositories(status, style),
    ...status.repositories.flatMap((repository) => alarms(repository, style)),
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

function headline(status: StatusReport, style: TextStyle): string {
  const limit = formatDuration(status.maxAgeSeconds * 1_000);
  const bad = status.repositories.filter(({ state }) => state !== "fresh" && state !== "absent");
  if (status.state === "fresh") {
    return `${paint(style, "bold", status.name)}: ${paint(style, "green", "fresh")}, ` +
      `no good backup is older than ${limit}`;
  }
  if (status.state === "alarm") {
    const labels = status.repositories.filter(({ suspended }) => suspended !== null)
      .map(({ label }) => label).join(", ");
    return `${paint(style, "bold", status.name)}: ${paint(style, "red", "alarm")}, ` +
      `something looks wrong in ${labels}; nothing is pruned there`;
  }
  const which = bad.length === 0 ? "every repository is absent" : bad.map(shortly).join(", ");
  return `${paint(style, "bold", status.name)}: ${paint(style, "red", "stale")}, ${which}`;
}

function shortly({ label, state, lastBackup }: RepositoryStatus): string {
  if (state === "never" || lastBackup === null) return `${label} has no good backup`;
  if (state === "in-the-future") return `${label} has a backup from the future`;
  return `${label} is ${age(lastBackup)} old`;
}

function running({ running: run, at }: StatusReport): readonly string[] {
  if (run === null) return [];
  if (run.startedAt === null) return ["a run is going on"];
  const since = Date.parse(at) - Date.parse(run.startedAt);
  return [
    `run ${run.runId} is going on (process ${run.process}), for ${humanDuration(since)} now`,
  ];
}

function lastRun({ lastRun: run, at, refusedSince }: StatusReport, style: TextStyle): string {
  const refused = refusedSince === 0
    ? ""
    : `; since then ${refusedSince} refused, as another run held the lock`;
  if (run === null) return `there was no run yet${refused}`;
  const ago = humanDuration(Date.parse(at) - Date.parse(run.startedAt));
  if (run.died) {
    return `last run: ${run.runId} ${ago} ago (${run.startedAt.slice(0, 16)}Z), ` +
      `${paint(style, "red", "ended without a report")}${refused}`;
  }
  const interrupted = run.interruptedBy === null ? "" : `, interrupted by ${run.interruptedBy}`;
  const absent = run.absentSources.map(({ path }) => `, ${printableLine(path)} absent`).join("");
  return `last run: ${run.runId} ${ago} ago (${run.startedAt.slice(0, 16)}Z), ` +
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
    ago(lastBackup),
    ago(lastCheck),
    ago(lastVerify),
    lastRun === null ? "never" : lastRun.state,
    archive ? humanSize(archive.repositoryBytes) : "",
    archive ? humanSize(archive.newBytes) : "",
    sparkline(trend.slice(-16).map(({ newBytes }) => newBytes)),
  ];
}

function stateWord({ state, optional }: RepositoryStatus): string {
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
  const colour = repository.state === "fresh"
    ? "green"
    : repository.state === "absent"
    ? "dim"
    : "red";
  return line.slice(0, at) + paint(style, colour, word) + line.slice(at + word.length);
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
  return [...lines, `  hint: if all of that is right: ${ownCommand("accept", label)}`];
}

function leftovers({ leftovers: left }: StatusReport, style: TextStyle): readonly string[] {
  if (left === null || left.length === 0) return [];
  return [
    `${paint(style, "yellow", "warning")}: dead runs left ${left.length} ` +
    `${left.length === 1 ? "snapshot" : "snapshots"} behind`,
    ...left.map(({ snapshot, runId }) => `  ${printableLine(snapshot)} (run ${runId})`),
    `  hint: the next run cleans up, or this does it now: ${ownCommand("recover")}`,
  ];
}

function ago(moment: Moment | null): string {
  if (moment === null) return "never";
  return moment.ageSeconds < 0 ? `in ${age(moment)}` : `${age(moment)} ago`;
}

function age({ ageSeconds }: Moment): string {
  return humanDuration(Math.abs(ageSeconds) * 1_000);
}
