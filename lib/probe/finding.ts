/**
 * What a probe found out about one thing that a run depends on. Plain data.
 *
 * @module
 */
import { AppError, reasonOf } from "../errors.ts";

/** What kind of thing was looked at. */
type Topic =
  | "configuration"
  | "user"
  | "borg"
  | "ssh"
  | "repository"
  | "zfs"
  | "dataset"
  | "directory"
  | "exclude"
  | "mail"
  | "place"
  | "lock"
  | "leftovers"
  | "hook"
  | "timer";

/** What was looked at, and what is to be said about it. */
interface About {
  readonly topic: Topic;
  /** Which one, if there are several: a label, a path, a dataset; empty otherwise. */
  readonly name: string;
  /** What was found, without a full stop. */
  readonly message: string;
}

/** What was found out about one thing. */
export type Finding =
  /** A run can rely on it. */
  | About & { readonly state: "ok" }
  /** A run gets by, but somebody should look; or it is a run's obstacle for now only. */
  | About & { readonly state: "warning"; readonly hint?: string }
  /** A run can't do what it is asked to. */
  | About & { readonly state: "failed"; readonly hint?: string }
  /** It was not looked at, and `message` says why; or it need not be there. */
  | About & { readonly state: "skipped" };

/** What a finding is about. */
export type Subject = Pick<Finding, "topic" | "name">;

/**
 * Makes the subject of findings.
 *
 * @param name which one; empty when there is only one
 */
export function subject(topic: Topic, name = ""): Subject {
  return { topic, name };
}

/** A thing that is as it should be. */
export function ok(about: Subject, message: string): Finding {
  return { ...about, state: "ok", message };
}

/** A thing that somebody should look at. */
export function warning(about: Subject, message: string, hint?: string): Finding {
  return { ...about, state: "warning", message, ...(hint === undefined ? {} : { hint }) };
}

/** A thing that keeps a run from doing what it is asked to. */
export function failed(about: Subject, message: string, hint?: string): Finding {
  return { ...about, state: "failed", message, ...(hint === undefined ? {} : { hint }) };
}

/** A thing that was not looked at. */
export function skipped(about: Subject, message: string): Finding {
  return { ...about, state: "skipped", message };
}

/** Makes a finding of something that was thrown. */
export function failedBy(about: Subject, thrown: unknown): Finding {
  return failed(about, reasonOf(thrown), thrown instanceof AppError ? thrown.hint : undefined);
}

/**
 * The short answer.
 *
 * @returns `ok` when everything that was looked at is
 */
export function stateOf(findings: readonly Finding[]): "ok" | "warning" | "failed" {
  const states = findings.map(({ state }) => state);
  if (states.includes("failed")) return "failed";
  return states.includes("warning") ? "warning" : "ok";
}
