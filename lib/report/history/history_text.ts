/** The list of runs for a person. Pure. @module */
import { humanDuration, humanSize } from "../../text/units.ts";
import { plainTable } from "../../text/plain_table.ts";
import { printableLine } from "../../text/printable.ts";
import type { RepositoryReport, RunReport } from "../run_report.ts";
import type { CoverageReport } from "../coverage.ts";
import { reportedCoverageText } from "../coverage_text.ts";
import { repeatedSteps, repositoryWord } from "../describe.ts";
import { joinedParts } from "../worst_steps.ts";
import { paint, stateColour, type TextStyle } from "../text_style.ts";
import { columns, fit } from "../../text/width.ts";
import { localTime } from "../../text/local_time.ts";

const HEADS = ["run", "started", "took", "state", "new", ""];

/** An alarm that a person accepted. The time is ISO 8601 in UTC. */
export interface Acceptance {
  readonly label: string;
  readonly acceptedAt: string;
  readonly kind: string;
  readonly message: string;
  readonly reason: string | null;
}

/** That an archive was pinned, or no longer. The time is ISO 8601 in UTC. */
export interface PinChange {
  readonly label: string;
  readonly at: string;
  /** `found`: another machine pinned it; `vanished`: the pin is gone, and not by this machine. */
  readonly action: "pinned" | "found" | "unpinned" | "vanished";
  readonly archive: string;
  /** "": nobody said why. */
  readonly reason: string;
}

const DONE = {
  pinned: "pinned",
  found: "found pinned",
  unpinned: "unpinned",
  vanished: "found unpinned",
} as const;

/**
 * Writes a list of runs, what was accepted, and what was pinned.
 *
 * @param verified what was read back from each repository, by its label
 */
export function historyText(
  runs: readonly RunReport[],
  { accepted, pins }: {
    readonly accepted: readonly Acceptance[];
    readonly pins: readonly PinChange[];
  },
  verified: ReadonlyMap<string, CoverageReport>,
  style: TextStyle,
): string {
  if (runs.length + pins.length === 0) return "there has been no run yet\n";
  const [head, ...rows] = plainTable(HEADS, runs.map(cells));
  const lines = [
    paint(style, "dim", fit(head, style.width)),
    ...rows.map((line, index) => row(fit(line, style.width), runs[index], style)),
    ...accepted.map(({ label, acceptedAt, kind, message, reason }) => {
      const at = localTime(acceptedAt);
      const why = reason === null ? "" : ` ("${printableLine(reason)}")`;
      return `${at} accepted${why}: ${label}: ${kind}: ${printableLine(message)}`;
    }),
    ...pins.map(({ label, at, action, archive, reason }) => {
      const why = reason === "" ? "" : ` ("${printableLine(reason)}")`;
      return `${localTime(at)} ${DONE[action]}${why}: ${label}: ${printableLine(archive)}`;
    }),
    ...[...verified].map(([label, one]) => `${label}: ${reportedCoverageText(one)}`),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

function cells(run: RunReport): readonly string[] {
  const added = run.repositories.flatMap(({ steps }) => steps)
    .reduce((sum, { archive, checkpoint }) => sum + ((archive ?? checkpoint)?.newBytes ?? 0), 0);
  return [
    run.runId,
    localTime(run.startedAt),
    run.died ? "?" : humanDuration(run.durationSeconds * 1_000),
    stateOf(run),
    humanSize(added),
    summary(run),
  ];
}

function stateOf(run: RunReport): string {
  if (run.died) return "died";
  return run.refused ? "refused" : run.state;
}

function summary(run: RunReport): string {
  const interrupted = run.interruptedBy === null ? [] : [`interrupted by ${run.interruptedBy}`];
  const missing = run.sourcesMissing ? ["a source is missing"] : [];
  const own = run.repositories.length > 0 && run.state !== "failed" ? [] : run.problems
    .filter(({ severity }) => severity === "error").slice(0, 1)
    .map(({ message }) => printableLine(message));
  const absent = run.absentSources.map(({ path }) => `${printableLine(path)} absent`);
  const parts = joinedParts(run.repositories.map((one) => [one.label, part(one)]));
  return [...interrupted, ...missing, ...own, ...parts, ...absent].join(", ");
}

/** What is said of a repository behind its label. */
function part(repository: RepositoryReport): string {
  const { state, steps } = repository;
  const worst = steps.filter((step) => step.state === state && step.problems.length > 0);
  // An alarm says more than a file that changed while being read.
  const bad = worst.find(({ step }) => state === "warning" && step === "inspect") ?? worst[0];
  const problem = state === "failed" || bad?.step === "inspect" ? bad?.problems[0] : undefined;
  const why = problem === undefined
    ? repeatedSteps(repository)
    : [`${bad?.step}: ${printableLine(problem.message)}`];
  const said = why.length === 0 ? "" : ` (${why.join("; ")})`;
  return `${repositoryWord(repository)}${said}`;
}

/** The state is coloured last, as colours have no width. */
function row(line: string, run: RunReport | undefined, style: TextStyle): string {
  if (run === undefined) return line;
  const word = stateOf(run);
  const at = line.indexOf(word, columns(run.runId));
  if (at < 0) return line;
  const colour = run.refused ? "yellow" : stateColour(run.state);
  return line.slice(0, at) + paint(style, colour, word) + line.slice(at + word.length);
}
