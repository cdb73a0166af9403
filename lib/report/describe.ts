/**
 * What happened, in words: the lines that the log file and the terminal share. Pure.
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
import { humanDuration, humanSize } from "../text/units.ts";
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
      return [{ level: event.succeeded ? "info" : "error", scope: event.scope, text }];
    }
    case "progress":
      return [];
    case "step-started": {
      const scope = { repository: event.repository, step: event.step };
      return [{ level: "info", scope, text: `${event.step} begins`, apart: true }];
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
  return [{ level, scope, text }, ...describeProblems(outcome.problems, scope)];
}

/** The result of a step, such as "ok after 12.3s: 602 files, 1.2 GiB, 3.4 MiB new". */
export function stepResult(outcome: StepOutcome): string {
  if (outcome.state === "skipped") return `skipped: ${outcome.reason}`;
  const { checkpoint } = outcome;
  const left = checkpoint === undefined ? "" : `: ${humanSize(checkpoint.newSize)} in a checkpoint`;
  const stats = outcome.stats === undefined ? left : `: ${describeStats(outcome.stats)}`;
  if (outcome.verified !== undefined) {
    const { files, size } = outcome.verified;
    const count = files === 1 ? "1 file" : `${files} files`;
    return `${outcome.state} after ${humanDuration(outcome.duration)}: ` +
      `${count} read back and equal to the source, ${humanSize(size)}`;
  }
  return `${outcome.state} after ${humanDuration(outcome.duration)}${stats}`;
}

/** The figures of a new archive, such as "602 files, 1.2 GiB, 3.4 MiB new (2 added, 1 modified)". */
function describeStats(stats: ArchiveStats): string {
  const { added, modified } = stats.changes;
  const files = `${stats.files.toLocaleString("en-US")} ${stats.files === 1 ? "file" : "files"}`;
  return `${files}, ${humanSize(stats.originalSize)}, ${humanSize(stats.newSize)} new ` +
    `(${added} added, ${modified} modified)`;
}

function describeRepository(outcome: RepositoryOutcome): readonly Entry[] {
  const scope = { repository: outcome.label };
  if (outcome.state === "absent") {
    const text = `skipped: it is optional, and ${printable(outcome.reason)}`;
    return [{ level: "info", scope, text, apart: true }];
  }
  return [{ level: levelOf(outcome.state), scope, text: `repository: ${outcome.state}` }];
}

function describeOutcome(outcome: RunOutcome, added: readonly Problem[]): readonly Entry[] {
  const problems = describeProblems(added, {});
  const [first, ...rest] = problems;
  const apart = first === undefined ? [] : [{ ...first, apart: true } as const, ...rest];
  const last = { level: levelOf(outcome.state), scope: {}, text: outcomeLine(outcome) };
  return [...apart, { ...last, apart: true }];
}

/** The run in one line: "FAILED after 4m10s: offsite failed (wrong passphrase), local ok". */
export function outcomeLine(outcome: RunOutcome): string {
  const word = outcome.state === "failed" ? "FAILED" : outcome.state;
  const duration = humanDuration(outcome.finishedAt.getTime() - outcome.startedAt.getTime());
  const interrupted = outcome.interruptedBy === undefined
    ? []
    : [`interrupted by ${outcome.interruptedBy}`];
  const own = outcome.problems.filter(({ severity }) => severity === "error").slice(0, 1)
    .map(({ message }) => printableLine(message)).filter((text) => !interrupted.includes(text));
  const absent = (outcome.absentSources ?? []).map(({ path }) => `${printableLine(path)} absent`);
  const parts = [
    ...interrupted,
    ...own,
    ...outcome.repositories.map(repositoryPart),
    ...absent,
  ];
  return `${word} after ${duration}${parts.length === 0 ? "" : `: ${parts.join(", ")}`}`;
}

function repositoryPart(outcome: RepositoryOutcome): string {
  if (outcome.state === "absent") return `${outcome.label} absent`;
  if (outcome.state === "ok") return `${outcome.label} ok`;
  const step = outcome.steps.find(({ state }) => state === outcome.state);
  const reason = step === undefined || step.state === "skipped"
    ? undefined
    : step.problems.find(({ severity }) => outcome.state === "warning" || severity === "error");
  const why = reason === undefined ? "" : ` (${step?.step}: ${printableLine(reason.message)})`;
  return `${outcome.label} ${outcome.state}${why}`;
}

function describeProblems(problems: readonly Problem[], scope: Scope): Entry[] {
  return problems.map(({ severity, message, hint }) => {
    const advice = hint === undefined ? "" : `\nhint: ${printable(hint)}`;
    return { level: severity, scope, text: `${severity}: ${printable(message)}${advice}` };
  });
}

/** A problem of a run, and the repository and step it belongs to; empty for the run itself. */
interface PlacedProblem extends Problem {
  readonly where: string;
}

/** All problems of a run, its own ones first. */
export function placedProblems(outcome: RunOutcome): readonly PlacedProblem[] {
  const own = outcome.problems.map((problem) => ({ ...problem, where: "" }));
  const others = outcome.repositories.flatMap((repository) =>
    repository.state === "absent" ? [] : repository.steps.flatMap((step) => {
      const where = `${repository.label} ${step.step}`;
      return step.state === "skipped" ? [] : step.problems.map((one) => ({ ...one, where }));
    })
  );
  return [...own, ...others];
}

/** How important a state is in a log. */
export function levelOf(state: State): Level {
  if (state === "failed") return "error";
  return state === "warning" ? "warning" : "info";
}
