/** What `--progress json` writes: one object a line. docs/reference/json.md explains it. @module */
import type { RunEvent } from "../../backup/events.ts";
import type { Masker } from "../../text/secret.ts";
import { recordedRun, stepRow } from "../history/recorded_run.ts";
import type { RepositoryProgress } from "./progress_lines.ts";
import { inSeconds, runReport, stepReport } from "../run_report.ts";

/** The object for an event; `undefined` for one that is not told. */
export function progressObject(event: RunEvent, version: string, mask: Masker): object | undefined {
  switch (event.type) {
    case "run-started": {
      const { type, runId, name, hostname, repositories } = event;
      const startedAt = event.at.toISOString();
      return { type, runId, name, hostname, version: event.version, startedAt, repositories };
    }
    case "step-started":
      return { type: event.type, repository: event.repository, step: event.step };
    case "retry-waiting": {
      const { type, repository, step, attempt, wait, reason } = event;
      return {
        type,
        repository,
        step,
        attempt,
        waitSeconds: inSeconds(wait),
        reason: mask(reason),
      };
    }
    case "retry-started": {
      const { type, repository, step, attempt } = event;
      return { type, repository, step, attempt };
    }
    case "step-finished": {
      const step = stepReport(stepRow(event.repository, event.outcome, mask));
      return { type: event.type, repository: event.repository, step };
    }
    case "run-finished":
      return { type: event.type, run: runReport(recordedRun(event.outcome, { version, mask })) };
    default:
      return undefined;
  }
}

/** How far a step is; `undefined` until Borg says something. */
export function progressReport(state: RepositoryProgress): object | undefined {
  const { repository, step, progress, waiting } = state;
  const head = { type: "progress", repository, step } as const;
  if (waiting !== undefined) {
    const { attempt, remaining } = waiting;
    return { ...head, kind: "waiting", attempt, remainingSeconds: inSeconds(remaining) };
  }
  if (progress === undefined) return undefined;
  if (progress.kind === "percent") {
    const { kind, percent, message } = progress;
    const remainingSeconds = state.remaining === undefined ? null : inSeconds(state.remaining);
    return { ...head, kind, percent, remainingSeconds, message };
  }
  if (progress.kind === "entries") {
    const { kind, entries, expected = null, message } = progress;
    return { ...head, kind, entries, expectedEntries: expected, message };
  }
  if (progress.kind === "bytes") {
    const { kind, bytes, expected = null, message } = progress;
    const bytesPerSecond = Math.round(state.rate ?? 0);
    return { ...head, kind, bytes, expectedBytes: expected, bytesPerSecond, message };
  }
  const estimate = {
    estimatedPercent: state.estimate?.percent ?? null,
    estimatedRemainingSeconds: state.estimate?.remaining === undefined
      ? null
      : inSeconds(state.estimate.remaining),
  };
  const { kind, files, originalSize, newSize, path } = progress;
  const bytes = { originalBytes: originalSize, newBytes: newSize };
  const bytesPerSecond = Math.round(state.rate ?? 0);
  return { ...head, kind, files, ...bytes, bytesPerSecond, ...estimate, path };
}
