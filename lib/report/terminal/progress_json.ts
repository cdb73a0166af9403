/**
 * What `--progress json` writes: one object a line. docs/reference/json.md explains it.
 *
 * What is there stays as it is; later versions may only add to it, also types of objects.
 *
 * @module
 */
import type { RunEvent } from "../../backup/events.ts";
import type { Masker } from "../../text/secret.ts";
import { recordedRun, stepRow } from "../history/recorded_run.ts";
import type { RepositoryProgress } from "./progress_lines.ts";
import {
  inSeconds,
  type RunReport,
  runReport,
  type StepReport,
  stepReport,
} from "../run_report.ts";

/** One line of `--progress json`. */
type ProgressObject =
  | {
    readonly type: "run-started";
    readonly runId: string;
    readonly name: string;
    readonly hostname: string;
    readonly version: string;
    readonly startedAt: string;
    readonly repositories: readonly string[];
  }
  | { readonly type: "step-started"; readonly repository: string; readonly step: string }
  | ProgressReport
  | { readonly type: "step-finished"; readonly repository: string; readonly step: StepReport }
  | { readonly type: "run-finished"; readonly run: RunReport };

/** How far a step is. */
type ProgressReport =
  & { readonly type: "progress"; readonly repository: string; readonly step: string }
  & (
    | {
      readonly kind: "create";
      readonly files: number;
      readonly originalBytes: number;
      readonly newBytes: number;
      /** Of the last few seconds. */
      readonly bytesPerSecond: number;
      readonly path: string;
    }
    | {
      readonly kind: "percent";
      readonly percent: number;
      /** Until 100 %; `null` as long as it can't be told. */
      readonly remainingSeconds: number | null;
      readonly message: string;
    }
  );

/** The object for an event; `undefined` for one that is not told. */
export function progressObject(
  event: RunEvent,
  version: string,
  mask: Masker,
): ProgressObject | undefined {
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
      return {
        type: event.type,
        run: runReport(recordedRun(event.outcome, { version, mask })),
      };
    default:
      return undefined;
  }
}

/** How far a step is; `undefined` until Borg says something. */
export function progressReport(state: RepositoryProgress): ProgressReport | undefined {
  const { repository, step, progress } = state;
  if (progress === undefined) return undefined;
  const head = { type: "progress", repository, step } as const;
  if (progress.kind === "percent") {
    const { kind, percent, message } = progress;
    const remainingSeconds = state.remaining === undefined ? null : inSeconds(state.remaining);
    return { ...head, kind, percent, remainingSeconds, message };
  }
  const { kind, files, originalSize, newSize, path } = progress;
  const bytesPerSecond = Math.round(state.rate ?? 0);
  return {
    ...head,
    kind,
    files,
    originalBytes: originalSize,
    newBytes: newSize,
    bytesPerSecond,
    path,
  };
}
