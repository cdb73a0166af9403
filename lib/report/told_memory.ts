/** Decides who hears of a state by what was told last, and remembers it. @module */
import { reasonOf } from "../errors.ts";
import type { Problem } from "../problem.ts";
import { readTold, writeTold } from "../state/told_state.ts";
import { type CurrentState, decide, type Decision, type Wish } from "./told_decision.ts";

/** A decision, and what is wrong with the memory behind it. */
interface RememberedDecision {
  readonly decision: Decision;
  readonly problems: readonly Problem[];
}

/**
 * Decides whether a state is told, and remembers the decision. Where that can't be written down a bad
 * state is told in any case: a message too many is better than none.
 *
 * @param path where it is remembered; `undefined`: nowhere
 */
export async function decideAndRemember(
  who: string,
  path: string | undefined,
  wish: Wish,
  current: CurrentState,
): Promise<RememberedDecision> {
  const told = path === undefined ? undefined : await readTold(path);
  const decision = decide(wish, told, current);
  // Where nothing was ever told and nothing is bad, nothing need be remembered.
  if (path === undefined || (told === undefined && current.state === "ok")) {
    return { decision, problems: [] };
  }
  try {
    writeTold(path, decision.next);
    return { decision, problems: [] };
  } catch (error) {
    const message = `Cannot remember what ${who} was told: ${reasonOf(error)}`;
    const send = decision.send || current.state !== "ok";
    const hint = "Check paths.state_dir";
    return { decision: { ...decision, send }, problems: [{ severity: "warning", message, hint }] };
  }
}
