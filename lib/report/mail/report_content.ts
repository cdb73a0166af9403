/**
 * Makes a mail's content of the outcome of a run, or of the reason why there was none. Pure.
 *
 * @module
 */
import type { RepositoryOutcome, RunOutcome, StepOutcome } from "../../backup/outcome.ts";
import { absenceText } from "../../problem.ts";
import { humanDuration, humanSize } from "../../text/units.ts";
import type { Masker } from "../../text/secret.ts";
import { cutText, LONGEST_MESSAGE } from "../../text/cut.ts";
import { printable, printableLine } from "../../text/printable.ts";
import { placedProblems } from "../describe.ts";
import type { Fact, Finding, MailContent, StepLine } from "./content.ts";
import type { LogExcerpt } from "./log_excerpt.ts";
import { type About, shortened, subjectLine, summaryOf } from "./subject.ts";
import type { Trend } from "./trend.ts";

interface Extras {
  readonly version: string;
  readonly trends: readonly Trend[];
  readonly log: LogExcerpt | undefined;
  readonly mask: Masker;
}

/** Says what became of a run. */
export function runContent(outcome: RunOutcome, extras: Extras): MailContent {
  const { mask, log } = extras;
  const summary = mask(summaryOf(outcome));
  const line = (text: string) => cutText(mask(printableLine(text)), LONGEST_MESSAGE);
  const clean = (text: string) => cutText(mask(printable(text)), LONGEST_MESSAGE);
  return {
    subject: subjectLine(outcome, outcome.state, summary),
    state: outcome.state,
    headline: `${HEADLINES[outcome.state]}: ${summary}`,
    facts: factsOf(outcome, extras.version),
    steps: outcome.repositories.flatMap((repository) => stepLines(repository)),
    findings: findingsOf(outcome).map((finding) => ({
      ...finding,
      message: clean(finding.message),
      hint: finding.hint === undefined ? undefined : clean(finding.hint),
    })),
    skipped: [
      ...(outcome.absentSources ?? []).map(absenceText),
      ...outcome.repositories.flatMap(skippedOf),
    ].map(line),
    trends: extras.trends,
    log: log === undefined ? undefined : maskedLog(log, mask),
  };
}

const HEADLINES = {
  ok: "Everything was done",
  warning: "Done, with warnings",
  failed: "FAILED",
} as const;

function factsOf(outcome: RunOutcome, version: string): readonly Fact[] {
  const { name, hostname, runId, startedAt, finishedAt } = outcome;
  const duration = humanDuration(finishedAt.getTime() - startedAt.getTime());
  return [
    { name: "Backup", value: `${name} on ${hostname}` },
    { name: "Run", value: `${runId}, autoborg ${version}` },
    { name: "Began", value: timeText(startedAt) },
    { name: "Ended", value: `${timeText(finishedAt)}, after ${duration}` },
  ];
}

/** Such as "2026-11-22 04:00:00 UTC". */
function timeText(date: Date): string {
  return `${date.toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

const NOTHING = { duration: "", files: "", total: "", added: "" } as const;

function stepLines(outcome: RepositoryOutcome): readonly StepLine[] {
  const repository = outcome.label;
  if (outcome.state === "absent") {
    return [{ repository, step: "", state: "absent", result: "absent", ...NOTHING }];
  }
  return outcome.steps.map((step) => stepLine(repository, step));
}

function stepLine(repository: string, outcome: StepOutcome): StepLine {
  const { step, state } = outcome;
  if (outcome.state === "skipped") return { repository, step, state, result: state, ...NOTHING };
  const { stats, verified, checkpoint } = outcome;
  const added = (stats ?? checkpoint)?.newSize;
  const files = stats?.files ?? verified?.files;
  const total = stats?.originalSize ?? verified?.size;
  return {
    repository,
    step,
    state,
    result: state === "failed" ? "FAILED" : state,
    duration: humanDuration(outcome.duration),
    files: files === undefined ? "" : files.toLocaleString("en-US"),
    total: total === undefined ? "" : humanSize(total),
    added: added === undefined ? "" : humanSize(added),
  };
}

/** Errors first. */
function findingsOf(outcome: RunOutcome): readonly Finding[] {
  return placedProblems(outcome)
    .map(({ severity, where, message, hint }) => ({ severity, where, message, hint }))
    .toSorted((a, b) => Number(b.severity === "error") - Number(a.severity === "error"));
}

function skippedOf(outcome: RepositoryOutcome): readonly string[] {
  if (outcome.state === "absent") {
    return [`${outcome.label}: it is optional, and ${outcome.reason}`];
  }
  return outcome.steps.flatMap((step) =>
    step.state === "skipped" ? [`${outcome.label} ${step.step}: ${step.reason}`] : []
  );
}

function maskedLog(log: LogExcerpt, mask: Masker): LogExcerpt {
  const { head, tail, note } = log;
  return {
    ...log,
    head: mask(head),
    tail: tail === undefined ? undefined : mask(tail),
    note: note === undefined ? undefined : mask(note),
  };
}

/** A run that ended before it began. */
export interface Refusal extends About {
  readonly at: Date;
  readonly version: string;
  /** Why, in a few words; the whole message when left out. */
  readonly reason?: string;
  /** Why, as the person at the terminal reads it. */
  readonly message: string;
  readonly hint: string | undefined;
}

/** The longest reason in a subject, in characters. */
const LONGEST_REASON = 140;

/** Says why there was no run. */
export function refusalContent(refusal: Refusal, mask: Masker): MailContent {
  const { name, hostname, at, version, message, hint } = refusal;
  const [first = ""] = message.split("\n");
  const reason = shortened(mask(printableLine(refusal.reason ?? first)), LONGEST_REASON);
  return {
    subject: subjectLine(refusal, "failed", `no backup: ${reason}`),
    state: "failed",
    headline: `FAILED, no backup was made: ${reason}`,
    facts: [
      { name: "Backup", value: `${name} on ${hostname}` },
      { name: "Refused", value: `${timeText(at)}, by autoborg ${version}` },
    ],
    steps: [],
    findings: [{
      severity: "error",
      where: "",
      message: mask(printable(message)),
      hint: hint === undefined ? undefined : mask(printable(hint)),
    }],
    skipped: [],
    trends: [],
    log: undefined,
  };
}
