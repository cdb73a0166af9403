/**
 * What `--progress json` writes: one object a line. docs/reference/json.md explains it.
 *
 * @module
 */
import type { RunEvent } from "../../backup/events.ts";
import type { Masker } from "../../text/secret.ts";
import { recordedRun, stepRow } from "../history/recorded_run.ts";
import type { RepositoryProgress } from "./progress_lines.ts";
import { inSeconds, runReport, stepReport } from "../run_report.ts";

/** The object for an event; `undefined` for one that is not told. */
export function progressObject(
  event: RunEvent,
  version: string,
  mask: Masker,
): object | undefined {
  switch (event.type) {
    case "run-started": {
      const { type, runId, name, hostname, repositories } = event;
      const startedAt = event.at.toISOString();
      return { type, runId, name, hostname, version: event.version, startedAt, repositories };
    }
    case "step-started":
      return { type: event.type, repository: event.repository, step: event.step };
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
  const { repository, step, progress } = state;
  if (progress === undefined) return undefined;
  const head = { type: "progress", repository, step } as const;
  if (progress.kind === "percent") {
    const { kind, percent, message } = progress;
    const remainingSeconds = state.remaining === undefined ? null : inSeconds(state.remaining);
    return { ...head, kind, percent, remainingSeconds, message };
  }
  const { kind, files, originalSize, newSize, path } = progress;
  const bytes = { originalBytes: originalSize, newBytes: newSize };
  return { ...head, kind, files, ...bytes, bytesPerSecond: Math.round(state.rate ?? 0), path };
}
