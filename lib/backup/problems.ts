/** Problems of a run, made of what was thrown. @module */
import { hintOf, isInternalError, reasonOf } from "../errors.ts";
import type { Emit } from "./events.ts";
import type { Problem } from "./outcome.ts";

/**
 * Makes a problem of something that was thrown. The place in the code of an internal error goes
 * into the log, and nowhere else.
 *
 * @param thrown anything that a `catch` may catch
 * @param emit takes what belongs into the log
 */
export function problemOf(thrown: unknown, emit: Emit): Problem {
  if (isInternalError(thrown)) return internalProblem(thrown, emit);
  return { severity: "error", message: reasonOf(thrown), ...hintOf(thrown) };
}

/**
 * Makes a problem of a mistake in autoborg, and writes its place in the code into the log.
 *
 * @param thrown what was thrown
 * @param emit takes what belongs into the log
 */
export function internalProblem(thrown: unknown, emit: Emit): Problem {
  const stack = thrown instanceof Error ? thrown.stack ?? thrown.message : String(thrown);
  emit({ type: "note", scope: {}, level: "error", text: `Internal error: ${stack}` });
  return {
    severity: "error",
    message: `Internal error: ${reasonOf(thrown)}`,
    hint: "This is a bug in autoborg: please report it together with the log of this run",
    internal: true,
  };
}
