/** The subject of a report: what people see of it when they see nothing else. Pure. @module */
import type { Problem, RepositoryOutcome, RunOutcome, State } from "../backup/outcome.ts";
import { counted, humanDuration, humanSize } from "../text/units.ts";
import { repositoryWord } from "./describe.ts";
import { joinedParts, worstSteps } from "./worst_steps.ts";
import { printableLine } from "../text/printable.ts";

/** The longest reason of a repository, and of the run itself, in characters. */
const LONGEST = { repository: 70, run: 140, subject: 240 } as const;

/** Which backup a mail is about. */
export interface About {
  readonly name: string;
  readonly hostname: string;
}

/** Such as "[ok] server-backup on web1: 2 repositories, 1.2 GiB new, 4m10s". */
export function subjectLine(about: About, state: State, summary: string): string {
  const word = state === "failed" ? "FAILED" : state;
  return shortened(`[${word}] ${about.name} on ${about.hostname}: ${summary}`, LONGEST.subject);
}

/**
 * Such as "2 repositories, 1.2 GiB new, 4m10s", "no backup, create was skipped", or "offsite
 * failed (wrong passphrase), local ok".
 */
export function summaryOf(outcome: RunOutcome): string {
  return outcome.state === "ok" ? okSummary(outcome) : problemSummary(outcome);
}

function okSummary(outcome: RunOutcome): string {
  const present = outcome.repositories.filter(({ state }) => state !== "absent");
  const absent = outcome.repositories.filter(({ state }) => state === "absent");
  const sizes = present.flatMap((repository) => {
    if (repository.state === "absent") return [];
    return repository.steps.flatMap((step) =>
      step.state === "skipped" || step.stats === undefined ? [] : [step.stats.newSize]
    );
  });
  if (createLeftOut(present)) return "no backup, create was skipped";
  const added = sizes.reduce((sum, size) => sum + size, 0);
  return [
    counted(present.length, "repository", "repositories"),
    ...(sizes.length === 0 ? [] : [`${humanSize(added)} new`]),
    ...absent.map(({ label }) => `${label} absent`),
    ...absentSources(outcome),
    humanDuration(outcome.finishedAt.getTime() - outcome.startedAt.getTime()),
  ].join(", ");
}

function absentSources({ absentSources = [] }: RunOutcome): readonly string[] {
  return absentSources.map(({ path }) => `${printableLine(path)} absent`);
}

/** Whether the command line left out the backup itself. */
function createLeftOut(present: readonly RepositoryOutcome[]): boolean {
  return present.length > 0 &&
    present.every((repository) =>
      repository.state !== "absent" &&
      repository.steps.some((step) =>
        step.step === "create" && step.state === "skipped" && step.expected
      )
    );
}

function problemSummary(outcome: RunOutcome): string {
  const own = worstOf(outcome.problems, outcome.state);
  const parts = [
    ...(outcome.interruptedBy === undefined ? [] : [`interrupted by ${outcome.interruptedBy}`]),
    ...(own === undefined || isSaid(own, outcome) ? [] : [reason(own, LONGEST.run)]),
    ...(["failed", "incomplete", "warning", "ok", "absent"] as const).flatMap((word) =>
      joinedParts(
        outcome.repositories.filter((repository) => repositoryWord(repository) === word)
          .map((repository) => [repository.label, repositoryPart(repository)]),
      )
    ),
    ...absentSources(outcome),
  ];
  return parts.length === 0 ? "see below" : parts.join(", ");
}

/** An interrupted run has a problem that says the same. */
function isSaid({ message }: Problem, outcome: RunOutcome): boolean {
  return outcome.interruptedBy !== undefined &&
    message === `interrupted by ${outcome.interruptedBy}`;
}

/** What is said of a repository behind its label. */
function repositoryPart(outcome: RepositoryOutcome): string {
  const { state } = outcome;
  const word = repositoryWord(outcome);
  if (state === "absent" || word === "ok" || word === "incomplete") return word;
  const [first, ...others] = worstSteps(outcome);
  const said = first === undefined ? [] : [reason(first.problem, LONGEST.repository)];
  const also = others.length === 0 ? [] : [`also ${others.map(({ step }) => step).join(", ")}`];
  const why = [...said, ...also].join("; ");
  return `${state}${why === "" ? "" : ` (${why})`}`;
}

/** Warnings are no reason for a failure. */
function worstOf(problems: readonly Problem[], state: State): Problem | undefined {
  const error = problems.find(({ severity }) => severity === "error");
  return error ?? (state === "warning" ? problems[0] : undefined);
}

function reason({ message }: Problem, longest: number): string {
  const [first = ""] = message.split("\n");
  return shortened(printableLine(first), longest);
}

/** Cuts a text to a number of characters and puts "…" at its end when something was cut. */
export function shortened(text: string, longest: number): string {
  const characters = [...text];
  return characters.length <= longest ? text : `${characters.slice(0, longest - 1).join("")}…`;
}
