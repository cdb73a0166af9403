/**
 * The one kind of error that autoborg raises for what can happen in operation.
 *
 * Everything a person may read about a failure is in its fields, so that `main.ts` can print it
 * without a stack trace and end with the right exit code.
 *
 * @module
 */
import type { Problem } from "./problem.ts";

/** What the process's exit code says; part of the interface that timers and monitoring rely on. */
export const ExitCode = {
  /** The run did its whole job. */
  ok: 0,
  /** The run did its job, with warnings. In `status`: the last good backup is too old. */
  warning: 1,
  /** Something that was asked for was not done. */
  failed: 2,
  /** The command line is wrong (EX_USAGE). */
  usage: 64,
  /** A mistake in autoborg itself (EX_SOFTWARE). */
  internal: 70,
  /** Another run holds the lock (EX_TEMPFAIL). */
  locked: 75,
  /** The configuration is wrong (EX_CONFIG). */
  config: 78,
  /** The terminal went away (SIGHUP). */
  hangup: 129,
  /** Stopped by SIGINT. */
  interrupted: 130,
  /** Stopped by SIGQUIT. */
  quit: 131,
  /** Stopped by SIGTERM. */
  terminated: 143,
} as const;

/** One of the exit codes of {@linkcode ExitCode}. */
export type ExitCode = typeof ExitCode[keyof typeof ExitCode];

/** What an {@linkcode AppError} carries besides its message. */
export interface AppErrorOptions {
  /** The exit code of the process when nobody handles the error; `failed` when left out. */
  readonly exitCode?: ExitCode;
  /** What the reader can do about it: one sentence, or commands to type. */
  readonly hint?: string;
  /** The error or value that led to this one. */
  readonly cause?: unknown;
}

/**
 * An error that a person is meant to read.
 *
 * The message names the action that failed, the quoted value, the state and the wanted state; it
 * has no full stop at its end. It never contains a secret.
 */
export class AppError extends Error {
  /** The exit code of the process when nobody handles the error. */
  readonly exitCode: ExitCode;
  /** What the reader can do about it. */
  readonly hint: string | undefined;

  /**
   * @param message what failed, in one sentence without a full stop
   * @param options exit code, hint and cause
   */
  constructor(message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "AppError";
    this.exitCode = options.exitCode ?? ExitCode.failed;
    this.hint = options.hint;
  }
}

/** The command line or an argument on it is wrong; exit code 64. */
export class UsageError extends AppError {
  /**
   * @param message what is wrong, in one sentence without a full stop
   * @param options hint and cause
   */
  constructor(message: string, options: Omit<AppErrorOptions, "exitCode"> = {}) {
    super(message, { ...options, exitCode: ExitCode.usage });
    this.name = "UsageError";
  }
}

/**
 * Says whether something that was thrown is a mistake in autoborg itself: neither an error for a
 * person nor one with which the operating system answers.
 */
export function isInternalError(thrown: unknown): boolean {
  if (thrown instanceof AppError) return false;
  if (!(thrown instanceof Error)) return true;
  if (Object.values(Deno.errors).some((kind) => thrown instanceof kind)) return false;
  if (thrown instanceof TypeError || thrown instanceof ReferenceError) return true;
  // The system's errors that Deno has no class for, and those of node's modules (SQLite, sockets).
  return !/\(os error \d+\)/.test(thrown.message) && !("code" in thrown);
}

/**
 * Says in a few words what was thrown, for messages that end with "…: REASON".
 *
 * @returns the message of an error, without Deno's trailing path repetition, or the value as text
 */
export function reasonOf(thrown: unknown): string {
  if (thrown instanceof Deno.errors.NotFound) return "it does not exist";
  if (thrown instanceof Deno.errors.PermissionDenied) return "permission denied";
  if (thrown instanceof Deno.errors.IsADirectory) return "it is a directory";
  // Deno's own words tell how to compile a program.
  if (thrown instanceof Deno.errors.NotCapable) return "the permissions of this program exclude it";
  return thrown instanceof Error ? withoutPath(thrown.message) : String(thrown);
}

/** Makes a warning of something that was thrown. */
export function warningOf(thrown: unknown, action?: string): Problem {
  const reason = reasonOf(thrown);
  const message = action === undefined ? reason : `${action}: ${reason}`;
  return { severity: "warning", message, ...hintOf(thrown) };
}

/** Reads the hint of something that was thrown. */
export function hintOf(thrown: unknown): { readonly hint?: string } {
  return thrown instanceof AppError && thrown.hint !== undefined ? { hint: thrown.hint } : {};
}

/** Deno ends a message of the system with ": open '/the/path'", which may be a temporary name. */
function withoutPath(message: string): string {
  return message.replace(/(\(os error \d+\)): \w+ '.*'$/s, "$1");
}
