/**
 * What happened, in words: the lines that the log file and the terminal share. Pure. Longer than other
 * files, because all of them are best read in one place.
 *
 * @module
 */
import type { Level, RunEvent, Scope } from "../backup/events.ts";
import type {
  ArchiveStats,
  Problem,
  RepositoryOutcome,
  RunOutcome,
  State,
  StepOutcome,
} from "../backup/outcome.ts";
import { describeDumps, describeReadBack } from "./dump_report.ts";
import { runRemarks } from "./remarks.ts";
import { spaceText } from "./space.ts";
import { coverageText } from "./coverage_text.ts";
import { counted, humanCount, humanDuration, humanSize, ordinal } from "../text/units.ts";
import type { RepositoryReport } from "./run_report.ts";
import { describeCheck } from "./checked_text.ts";
import { problemsOfStep } from "./placed_problems.ts";
import { joinedParts, worstSteps } from "./worst_steps.ts";
import { commandLine, printable, printableLine } from "../text/printable.ts";

/** One entry of a log; its text may have several lines. */
export interface Entry {
  readonly level: Level;
  readonly scope: Scope;
  readonly text: string;
  /** A blank line stands before it, so that a person sees where a step begins. */
  readonly apart?: true;
}

/** Entries of the log for an event; none for progress. */
export function describeEvent(event: RunEvent): readonly Entry[] {
  switch (event.type) {
    case "run-started":
      return describeStart(event);
    case "note":
      return [{ level: event.level, scope: event.scope, text: printable(event.text) }];
    case "command-started":
      return [{ level: "info", scope: event.scope, text: `$ ${commandLine(event.command)}` }];
    case "output":
      return [{ level: event.level, scope: event.scope, text: printable(event.text).trim() }];
    case "command-finished": {
      const text = `${event.program} ended: ${event.end}, after ${humanDuration(event.duration)}`;
      const isGood = event.succeeded || event.expected === true;
      return [{ level: isGood ? "info" : "error", scope: event.scope, text }];
    }
    case "progress":
      return [];
    case "step-started": {
      const scope = { repository: event.repository, step: event.step };
      return [{ level: "info", scope, text: `${event.step} begins`, apart: true }];
    }
    case "retry-waiting": {
      const scope = { repository: event.repository, step: event.step };
      return [{ level: "warning", scope, text: waitText(event) }];
    }
    case "retry-started": {
      const scope = { repository: event.repository, step: event.step };
      const text = `${event.step} begins, ${ordinal(event.attempt)} attempt`;
      return [{ level: "info", scope, text, apart: true }];
    }
    case "step-finished":
      return describeStep(event.repository, event.outcome);
    case "repository-finished":
      return describeRepository(event.outcome);
    case "outcome-recorded":
      return describeOutcome(event.outcome, event.added);
    case "run-finished":
      return [];
  }
}

function describeStart(event: Extract<RunEvent, { type: "run-started" }>): readonly Entry[] {
  const lines = [
    `autoborg ${event.version}: run ${event.runId} of "${event.name}" on ${event.hostname}`,
    `sources: ${event.sources.map(printableLine).join(", ")}`,
    `repositories: ${event.repositories.join(", ")}`,
  ];
  return lines.map((text) => ({ level: "info", scope: {}, text }));
}

function describeStep(repository: string, outcome: StepOutcome): readonly Entry[] {
  const { step } = outcome;
  const scope = { repository, step };
  const text = `${step}: ${stepResult(outcome)}`;
  if (outcome.state === "skipped") {
    return [{ level: outcome.expected ? "info" : "warning", scope, text }];
  }
  const level = levelOf(outcome.state);
  return [
    { level, scope, text },
    ...problemsOfStep(repository, outcome.problems).flatMap(({ where, ...problem }) =>
      where === ""
        ? describeProblems([problem], scope)
        : describeProblems([problem], { step }, ` in ${where}`)
    ),
    ...(outcome.remarks ?? []).map((remark) => describeRemark(remark, scope)),
  ];
}

/** What is waited for, and why, such as "waiting 5 min before the 2nd attempt: …". */
export function waitText({ wait, attempt, reason }: Extract<RunEvent, { type: "retry-waiting" }>) {
  return `waiting ${humanDuration(wait)} before the ${ordinal(attempt)} attempt: ` +
    printableLine(reason);
}

/**
 * The result of a step, such as "ok after 12.3 s: 602 files, 1.2 GiB, 3.4 MiB new", or "ok at the 2nd
 * attempt, after 1 min 8 s: the connection to the server failed; 602 files, …".
 */
export function stepResult(outcome: StepOutcome): string {
  if (outcome.state === "skipped") return `skipped: ${outcome.reason}`;
  const { state, retried, duration } = outcome;
  const attempt = retried === undefined ? "" : ` at the ${ordinal(retried.attempts)} attempt,`;
  // Why the last attempt failed is the problem of the step.
  const why = retried === undefined || state === "failed" ? [] : [printableLine(retried.reason)];
  const said = [...why, ...resultFigures(outcome)].join("; ");
  return `${state}${attempt} after ${humanDuration(duration)}${said === "" ? "" : `: ${said}`}`;
}

function resultFigures(outcome: Exclude<StepOutcome, { state: "skipped" }>): readonly string[] {
  const { checkpoint, stats, verified } = outcome;
  if (verified !== undefined) {
    const { files, size, coverage } = verified;
    const count = counted(files, "file", "files");
    return [
      `${count} read back and identical to the source, ${humanSize(size)}`,
      ...(coverage === undefined ? [] : [coverageText(coverage)]),
    ];
  }
  if (outcome.dumps !== undefined) return [describeDumps(outcome.dumps)];
  if (outcome.readBack !== undefined) return describeReadBack(outcome.readBack);
  if (outcome.checked !== undefined) return describeCheck(outcome.checked, outcome.state);
  if (stats !== undefined) return [describeStats(stats)];
  return checkpoint === undefined ? [] : [`${humanSize(checkpoint.newSize)} in a checkpoint`];
}

/** The figures of a new archive, such as "602 files, 1.2 GiB, 3.4 MiB new (2 added, 1 modified)". */
function describeStats(stats: ArchiveStats): string {
  const { added, modified } = stats.changes;
  const files = counted(stats.files, "file", "files");
  return `${files}, ${humanSize(stats.originalSize)}, ${humanSize(stats.newSize)} new ` +
    `(${humanCount(added)} added, ${humanCount(modified)} modified)`;
}

function describeRepository(outcome: RepositoryOutcome): readonly Entry[] {
  const scope = { repository: outcome.label };
  if (outcome.state === "absent") {
    const text = `skipped: it is optional, and ${printable(outcome.reason)}`;
    return [{ level: "info", scope, text, apart: true }];
  }
  const word = repositoryWord(outcome);
  const space = spaceText(outcome.space);
  const lines: readonly Entry[] = space === undefined
    ? []
    : [{ level: "info", scope, text: `space: ${space}` }];
  if (word !== "incomplete") {
    return [...lines, { level: levelOf(outcome.state), scope, text: `repository: ${word}` }];
  }
  return [...lines, { level: "error", scope, text: `repository: ${word}, a source is missing` }];
}

function describeOutcome(outcome: RunOutcome, added: readonly Problem[]): readonly Entry[] {
  const problems = describeProblems(added, {});
  const [first, ...rest] = problems;
  const apart = first === undefined ? [] : [{ ...first, apart: true } as const, ...rest];
  const remarks = runRemarks(outcome).map((remark) => describeRemark(remark, {}));
  const last = { level: levelOf(outcome.state), scope: {}, text: outcomeLine(outcome) };
  return [...apart, ...remarks, { ...last, apart: true }];
}

function describeRemark(remark: string, scope: Scope): Entry {
  return { level: "info", scope, text: `note: ${printable(remark)}` };
}

/**
 * The run in one line: "FAILED after 4m10s: offsite failed (wrong passphrase), local ok".
 *
 * @param withReasons whether it says why repositories failed; left out where that stands beside it
 */
export function outcomeLine(outcome: RunOutcome, withReasons = true): string {
  const word = outcome.state === "failed" ? "FAILED" : outcome.state;
  const duration = humanDuration(outcome.finishedAt.getTime() - outcome.startedAt.getTime());
  const interrupted = outcome.interruptedBy === undefined
    ? []
    : [`interrupted by ${outcome.interruptedBy}`];
  const own = outcome.problems.filter(({ severity }) => severity === "error").slice(0, 1)
    .map(({ message }) => printableLine(message))
    .filter((text) => !interrupted.includes(text));
  const absent = (outcome.absentSources ?? []).map(({ path }) => `${printableLine(path)} absent`);
  const parts = [
    ...interrupted,
    ...own,
    ...joinedParts(
      outcome.repositories.map((one) => [one.label, repositoryPart(one, withReasons)]),
    ),
    ...absent,
  ];
  return `${word} after ${duration}${parts.length === 0 ? "" : `: ${parts.join(", ")}`}`;
}

/**
 * The word for what became of a repository: its state, or "incomplete" when its new archive lacks a
 * source. What failed besides is worse.
 */
export function repositoryWord(
  outcome: { readonly state: State | "absent"; readonly incomplete?: boolean },
): State | "absent" | "incomplete" {
  const { state, incomplete } = outcome;
  return incomplete === true && state !== "failed" ? "incomplete" : state;
}

/** What is said of a repository behind its label. */
function repositoryPart(outcome: RepositoryOutcome, withReasons: boolean): string {
  if (outcome.state === "absent") return "absent";
  const word = repositoryWord(outcome);
  if (word === "ok" || word === "incomplete") return word;
  const reasons = worstSteps(outcome).map(({ step, problem: { message } }) =>
    withReasons ? `${step}: ${printableLine(message)}` : step
  );
  const why = reasons.length === 0 ? "" : ` (${reasons.join(withReasons ? "; " : ", ")})`;
  return `${outcome.state}${why}`;
}

function describeProblems(problems: readonly Problem[], scope: Scope, where = ""): Entry[] {
  return problems.map(({ severity, message, hint }) => {
    const advice = hint === undefined ? "" : `\nhint: ${printable(hint)}`;
    return { level: severity, scope, text: `${severity}${where}: ${printable(message)}${advice}` };
  });
}

/** The steps that took more than one attempt, such as "create at the 2nd attempt: …". */
export function repeatedSteps({ steps }: RepositoryReport): readonly string[] {
  return steps.flatMap(({ step, attempts, retryReason }) =>
    retryReason === null
      ? []
      : [`${step} at the ${ordinal(attempts)} attempt: ${printableLine(retryReason)}`]
  );
}

/** How important a state is in a log. */
export function levelOf(state: State): Level {
  if (state === "failed") return "error";
  return state === "warning" ? "warning" : "info";
}
