/**
 * Writes runs into the history database.
 *
 * @module
 */
import type { RepositoryOutcome, RunOutcome, StepOutcome } from "../backup/outcome.ts";
import type { Masker } from "../secret.ts";
import type { History, RepositoryRow, RunRow, StepRow } from "../state/history.ts";
import type { Reporter } from "./reporter.ts";

/**
 * Makes the reporter that writes the outcome of a run down.
 *
 * @param history an open history; it is closed with the reporter
 * @param mask keeps secrets out of the stored messages
 * @returns the reporter
 */
export function historyReporter(history: History, mask: Masker): Reporter {
  return {
    name: "history",
    handle: (event) => {
      if (event.type === "run-finished") record(history, event.outcome, mask);
    },
    close: () => history[Symbol.dispose](),
  };
}

function record(history: History, outcome: RunOutcome, mask: Masker): void {
  const run: RunRow = {
    id: outcome.runId,
    name: outcome.name,
    hostname: outcome.hostname,
    startedAt: outcome.startedAt.getTime(),
    finishedAt: outcome.finishedAt.getTime(),
    verdict: outcome.verdict,
    interruptedBy: outcome.interruptedBy ?? null,
    problems: mask(JSON.stringify(outcome.problems)),
  };
  const steps = outcome.repositories.flatMap((repository) => {
    if (repository.state === "absent") return [];
    return repository.steps.map((step) => stepRow(repository.label, step, mask));
  });
  history.record(run, outcome.repositories.map(repositoryRow), steps);
}

function repositoryRow(outcome: RepositoryOutcome): RepositoryRow {
  const { label, state } = outcome;
  return { label, state, reason: state === "absent" ? outcome.reason : null };
}

function stepRow(label: string, outcome: StepOutcome, mask: Masker): StepRow {
  const { step, state } = outcome;
  const nothing = {
    archive: null,
    files: null,
    originalSize: null,
    compressedSize: null,
    newSize: null,
    repositorySize: null,
  };
  if (outcome.state === "skipped") {
    return {
      label,
      step,
      state,
      reason: outcome.reason,
      duration: null,
      problems: "[]",
      ...nothing,
    };
  }
  const { stats } = outcome;
  return {
    label,
    step,
    state,
    reason: null,
    duration: Math.round(outcome.duration),
    problems: mask(JSON.stringify(outcome.problems)),
    archive: stats?.archive ?? null,
    files: stats?.files ?? null,
    originalSize: stats?.originalSize ?? null,
    compressedSize: stats?.compressedSize ?? null,
    newSize: stats?.newSize ?? null,
    repositorySize: stats?.repositorySize ?? null,
  };
}
