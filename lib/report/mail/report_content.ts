/**
 * Makes a mail's content of the outcome of a run, or of the reason why there was none. Pure.
 *
 * @module
 */
import type { RepositoryOutcome, RunOutcome, StepOutcome } from "../../backup/outcome.ts";
import { databaseLabel } from "../../text/database_series.ts";
import { absenceText } from "../../problem.ts";
import { humanCount, humanDuration, humanSize, ordinal } from "../../text/units.ts";
import type { Masker } from "../../text/secret.ts";
import { cutText, LONGEST_MESSAGE } from "../../text/cut.ts";
import { printable, printableLine } from "../../text/printable.ts";
import { errorsFirst, placedProblems } from "../placed_problems.ts";
import { placedRemarks } from "../remarks.ts";
import { ageText, type GoodBackup, type LastGood, lastGoodRows } from "../last_good.ts";
import type { DatabaseLine, Fact, Finding, MailContent, StepLine } from "./content.ts";
import type { LogExcerpt } from "./log_excerpt.ts";
import { type About, shortened, subjectLine, summaryOf } from "../subject.ts";
import { spaceText } from "../space.ts";
import type { Trend } from "./trend.ts";
import { localSecond } from "../../text/local_time.ts";

interface Extras {
  readonly version: string;
  readonly lastGood: LastGood;
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
    findings: findingsOf(outcome).map((finding) => ({
      ...finding,
      message: clean(finding.message),
      hint: finding.hint === undefined ? undefined : clean(finding.hint),
    })),
    lastGood: lastGoodRows(outcome, extras.lastGood),
    facts: factsOf(outcome, extras.version),
    steps: outcome.repositories.flatMap((repository) => stepLines(repository)),
    databases: databaseLines(outcome, line),
    repeated: outcome.repositories.flatMap(repeatedOf).map(line),
    skipped: [
      ...(outcome.absentSources ?? []).map(absenceText),
      ...outcome.repositories.flatMap(skippedOf),
    ].map(line),
    remarks: placedRemarks(outcome).map(line),
    trends: extras.trends,
    log: log === undefined ? undefined : maskedLog(log, mask),
  };
}

const HEADLINES = {
  ok: "Done",
  warning: "Done, with warnings",
  failed: "FAILED",
} as const;

function factsOf(outcome: RunOutcome, version: string): readonly Fact[] {
  const { name, hostname, runId, startedAt, finishedAt } = outcome;
  const duration = humanDuration(finishedAt.getTime() - startedAt.getTime());
  return [
    { name: "Backup", value: `${name} on ${hostname}` },
    { name: "Run", value: `${runId}, autoborg ${version}` },
    { name: "Began", value: localSecond(startedAt) },
    { name: "Ended", value: `${localSecond(finishedAt)}, after ${duration}` },
    ...outcome.repositories.flatMap((repository) => {
      const text = repository.state === "absent" ? undefined : spaceText(repository.space);
      return text === undefined ? [] : [{ name: "Space", value: `${repository.label}: ${text}` }];
    }),
  ];
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
  const { stats, verified, checkpoint, dumps = [], readBack } = outcome;
  const sumOf = (key: "size" | "newSize") =>
    dumps.length === 0 ? undefined : dumps.reduce((sum, dump) => sum + (dump[key] ?? 0), 0);
  const added = (stats ?? checkpoint)?.newSize ?? sumOf("newSize");
  const files = stats?.files ?? verified?.files;
  const total = stats?.originalSize ?? verified?.size ?? readBack?.size ?? sumOf("size");
  return {
    repository,
    step,
    state,
    result: `${state === "failed" ? "FAILED" : state}${attemptOf(outcome)}`,
    duration: humanDuration(outcome.duration),
    files: files === undefined ? "" : humanCount(files),
    total: total === undefined ? "" : humanSize(total),
    added: added === undefined ? "" : humanSize(added),
  };
}

/** How many dumps are listed at most; the page and the status have all of them. */
const MOST_DATABASES = 20;

function databaseLines(
  { repositories }: RunOutcome,
  line: (text: string) => string,
): readonly DatabaseLine[] {
  const all = repositories.flatMap((repository) =>
    repository.state === "absent"
      ? []
      : repository.steps.flatMap((step) =>
        step.state === "skipped"
          ? []
          : (step.dumps ?? []).map((dump) => ({ repository: repository.label, dump }))
      )
  );
  const sorted = all.toSorted((a, b) =>
    Number(b.dump.state === "failed") - Number(a.dump.state === "failed")
  );
  const rows = sorted.slice(0, MOST_DATABASES).map(({ repository, dump }) => ({
    repository,
    database: line(databaseLabel(dump)),
    state: dump.state,
    result: dump.state === "failed" ? "FAILED" : dump.state,
    total: dump.size === undefined ? "" : humanSize(dump.size),
    added: dump.newSize === undefined ? "" : humanSize(dump.newSize),
  }));
  const rest = sorted.slice(MOST_DATABASES);
  if (rest.length === 0) return rows;
  const states = rest.map(({ dump }) => dump.state);
  const state = (["failed", "warning"] as const).find((one) => states.includes(one)) ?? "ok";
  const result = state === "failed" ? "FAILED" : state;
  const database = `${rest.length} more`;
  return [...rows, { repository: "", database, state, result, total: "", added: "" }];
}

function attemptOf({ retried }: Exclude<StepOutcome, { state: "skipped" }>): string {
  return retried === undefined ? "" : ` at the ${ordinal(retried.attempts)} attempt`;
}

function repeatedOf(outcome: RepositoryOutcome): readonly string[] {
  if (outcome.state === "absent") return [];
  return outcome.steps.flatMap((step) => {
    if (step.state === "skipped" || step.retried === undefined) return [];
    const after = humanDuration(step.duration);
    const result = `${step.state}${attemptOf(step)}, after ${after}`;
    return [`${outcome.label} ${step.step}: ${result}: ${step.retried.reason}`];
  });
}

/** Errors first. */
function findingsOf(outcome: RunOutcome): readonly Finding[] {
  return placedProblems(outcome).toSorted(errorsFirst)
    .map(({ severity, where, message, hint }) => ({ severity, where, message, hint }));
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
  /** The last good backup in each repository that is known. */
  readonly lastGood: readonly (readonly [label: string, GoodBackup | undefined])[];
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
    findings: [{
      severity: "error",
      where: "",
      message: mask(printable(message)),
      hint: hint === undefined ? undefined : mask(printable(hint)),
    }],
    lastGood: refusal.lastGood.map(([repository, backup]) => {
      return { repository, result: "no run", state: "failed", backup: ageText(backup, at) };
    }),
    facts: [
      { name: "Backup", value: `${name} on ${hostname}` },
      { name: "Refused", value: `${localSecond(at)}, by autoborg ${version}` },
    ],
    steps: [],
    databases: [],
    repeated: [],
    skipped: [],
    remarks: [],
    trends: [],
    log: undefined,
  };
}
