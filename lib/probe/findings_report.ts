/**
 * Findings as programs read them: what `check-config --probe --json` prints.
 *
 * What is there stays as it is; later versions may only add to it.
 *
 * @module
 */
import { type Finding, stateOf } from "./finding.ts";

/** Everything that was found. Times are ISO 8601 in UTC. */
interface FindingsReport {
  /** The version of this shape. */
  readonly version: 1;
  /** The configuration's name. */
  readonly name: string;
  /** When this was asked. */
  readonly at: string;
  /** The exit code says the same: 0, 1 or 2. */
  readonly state: "ok" | "warning" | "failed";
  readonly findings: readonly ReportedFinding[];
}

/** One row. */
interface ReportedFinding {
  /** What kind of thing was looked at; later versions may know more of them. */
  readonly topic: string;
  /** Which one, if there are several. */
  readonly name: string | null;
  /** `skipped`: it was not looked at, and `message` says why. */
  readonly state: "ok" | "warning" | "failed" | "skipped";
  readonly message: string;
  /** What to do about it. */
  readonly hint: string | null;
}

/**
 * Brings findings into the shape for programs.
 *
 * @returns plain data, ready for `JSON.stringify`
 */
export function findingsReport(
  name: string,
  at: Date,
  findings: readonly Finding[],
): FindingsReport {
  return {
    version: 1,
    name,
    at: at.toISOString(),
    state: stateOf(findings),
    findings: findings.map((finding) => ({
      topic: finding.topic,
      name: finding.name === "" ? null : finding.name,
      state: finding.state,
      message: finding.message,
      hint: "hint" in finding ? finding.hint ?? null : null,
    })),
  };
}
