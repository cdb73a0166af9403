/** What a probe found out about one thing that a run depends on. Plain data. @module */
import { AppError, reasonOf } from "../errors.ts";

type Topic =
  | "configuration"
  | "user"
  | "borg"
  | "ssh"
  | "repository"
  | "key"
  | "retention"
  | "zfs"
  | "dataset"
  | "directory"
  | "exclude"
  | "database"
  | "coverage"
  | "mail"
  | "place"
  | "lock"
  | "leftovers"
  | "service"
  | "hook"
  | "timer";

/** What was found out about one thing. */
export interface Finding {
  readonly topic: Topic;
  /** Which one, if there are several: a label, a path, a dataset; empty otherwise. */
  readonly name: string;
  /**
   * - `ok`: a run can rely on it.
   * - `warning`: a run gets by, but a person should look at it; or it will pass by itself.
   * - `failed`: a run can't do what it is asked to.
   * - `skipped`: it was not checked, and `message` says why; or it need not exist.
   */
  readonly state: "ok" | "warning" | "failed" | "skipped";
  /** What was found, without a full stop. */
  readonly message: string;
  readonly hint?: string;
}

/** What a finding is about. */
export type Subject = Pick<Finding, "topic" | "name">;

/** Makes the subject of findings; the name is empty when there is only one of its topic. */
export function subject(topic: Topic, name = ""): Subject {
  return { topic, name };
}

/** Makes a finding that a thing is as it should be. */
export function ok(about: Subject, message: string): Finding {
  return { ...about, state: "ok", message };
}

/** Makes a finding that a person should look at. */
export function warning(about: Subject, message: string, hint?: string): Finding {
  return { ...about, state: "warning", message, ...(hint === undefined ? {} : { hint }) };
}

/** Makes a finding that a run can't do what it is asked to. */
export function failed(about: Subject, message: string, hint?: string): Finding {
  return { ...about, state: "failed", message, ...(hint === undefined ? {} : { hint }) };
}

/** Makes a finding that a thing was not checked. */
export function skipped(about: Subject, message: string): Finding {
  return { ...about, state: "skipped", message };
}

/** Makes a failed finding of an error. */
export function failedBy(about: Subject, thrown: unknown): Finding {
  return failed(about, reasonOf(thrown), thrown instanceof AppError ? thrown.hint : undefined);
}

/** The worst state of all findings; `ok` when all that were checked are. */
export function stateOf(findings: readonly Finding[]): "ok" | "warning" | "failed" {
  const states = findings.map(({ state }) => state);
  if (states.includes("failed")) return "failed";
  return states.includes("warning") ? "warning" : "ok";
}
