/** Decides who hears of what: everything, problems, or changes. Pure. @module */
import type { Told } from "../state/told_state.ts";

/** When a channel or a recipient wants to be told. */
export interface Wish {
  readonly when: "always" | "problems" | "changes";
  /** How often a state that stays bad is repeated, in milliseconds; 0: never. */
  readonly remind: number;
}

/** A state that may be told. */
export interface CurrentState extends Pick<Told, "state" | "bad"> {
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** What is to be done. */
export interface Decision {
  readonly send: boolean;
  /** Why it is sent, where the message should say so. */
  readonly kind: "plain" | "still-bad" | "good-again";
  /** When it became bad, in milliseconds since 1970. */
  readonly since: number | null;
  /** What was told when this is sent, or left unsaid on purpose. */
  readonly next: Told;
}

/** Decides whether a state is told; `told`: what was told last, `undefined`: nothing yet. */
export function decide(wish: Wish, told: Told | undefined, current: CurrentState): Decision {
  const { state, bad, now } = current;
  const isBad = state !== "ok";
  const wasBad = told !== undefined && told.state !== "ok";
  const since = wasBad ? told.since : isBad ? now : null;
  const isNew = isBad &&
    (!wasBad || told.state !== state || bad.some((one) => !told.bad.includes(one)));
  const isDue = isBad && wasBad && wish.remind > 0 && now - told.at >= wish.remind - TOLERANCE;
  const send = wish.when === "always" || (wish.when === "problems" && isBad) ||
    (wish.when === "changes" && (isNew || isDue || (wasBad && !isBad)));
  const kind = wasBad && !isBad ? "good-again" : wasBad && isBad ? "still-bad" : "plain";
  const at = send || told === undefined ? now : told.at;
  return { send, kind, since, next: { state, bad, since: isBad ? since : null, at } };
}

/** A run may begin a little earlier than the one a week ago: timers have a splay. */
const TOLERANCE = 2 * 3_600_000;
