/**
 * Another attempt for those who look on: a server that refuses one of many connections takes the next
 * one seconds later.
 *
 * @module
 */
import { waitFor } from "../async/deadline.ts";
import { type BorgRequest, type BorgResult, runBorg } from "./run_borg.ts";

/**
 * Waits before the 2nd and the 3rd attempt, in milliseconds; shorter ones of the configuration count,
 * and none when it has none. Nobody wants to sit before a terminal for longer.
 */
const SHORT_WAITS = [1_000, 4_000] as const;

/** A call of Borg by a command other than `run`. */
interface PatientRequest extends BorgRequest {
  /** It may be done again from its beginning although some of it was done, such as an extraction. */
  readonly isRepeatable?: boolean;
}

/**
 * Runs Borg to its end, and again after a short wait when there was no connection to the server. Nothing
 * is done again that has been heard in part. A lock is not waited for again: `lock_wait` is over.
 *
 * @param wait waits, in tests for nothing
 * @returns how the last Borg ended
 * @throws {AppError} when Borg can't be started
 */
export async function runPatiently(
  request: PatientRequest,
  wait: typeof waitFor = waitFor,
): Promise<BorgResult> {
  const { repository: { retry }, signal, isRepeatable = false } = request;
  const waits = SHORT_WAITS.flatMap((most, index) => {
    const configured = retry?.waits[index];
    return configured === undefined ? [] : [Math.min(most, configured)];
  });
  for (let attempt = 0;; attempt += 1) {
    let isHeard = false;
    const { onStdoutLine } = request;
    const result = await runBorg({
      ...request,
      onLine: (line) => {
        isHeard ||= line.kind === "file-status" || line.kind === "percent" ||
          line.kind === "message" && line.level === "info";
        request.onLine(line);
      },
      ...(onStdoutLine === undefined ? {} : {
        onStdoutLine: (line) => {
          isHeard = true;
          onStdoutLine(line);
        },
      }),
    });
    const { end } = result;
    const passes = end.kind === "failed" &&
      (end.failure.kind === "unreachable" || end.failure.kind === "connection-lost");
    const time = waits[attempt];
    if (!passes || time === undefined || isHeard && !isRepeatable) return result;
    await wait(time, signal);
    if (signal.aborted) return { ...result, end: { kind: "stopped" } };
  }
}
