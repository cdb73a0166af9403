/** Judges the detector over nights: how often it cries, and how many attacks it finds. @module */
import { type NightFigures, PAST_RUNS, unusualChange } from "../../lib/inspect/unusual_change.ts";

/** The nights of one machine, and how one of them looks when there is an attack as well. */
export interface Nights<Attack> {
  readonly figures: readonly NightFigures[];
  attacked(night: number, attack: Attack): NightFigures;
}

/** The attacks that the tests try and the table shows: shares of the files. */
export const SHARES = [0.01, 0.02, 0.03, 0.05, 0.2, 1] as const;

/** Nights between two tries of an attack. */
const EVERY = 13;
/** The first tries come when the past is long enough. */
const FIRST = 8;

/** The nights, counted from 0, in which there is an alarm though nothing happened. */
export function falseAlarms({ figures }: Nights<never>): number[] {
  return figures.flatMap((tonight, night) =>
    unusualChange(tonight, pastOf(figures, night)) === undefined ? [] : [night]
  );
}

/** Tries an attack in every few nights. */
export function tryAttack<Attack>(
  nights: Nights<Attack>,
  attack: Attack,
): { readonly found: number; readonly missed: readonly number[] } {
  let found = 0;
  const missed: number[] = [];
  for (let night = FIRST; night < nights.figures.length; night += EVERY) {
    const alarm = unusualChange(nights.attacked(night, attack), pastOf(nights.figures, night));
    if (alarm === undefined) missed.push(night);
    else found += 1;
  }
  return { found, missed };
}

function pastOf(figures: readonly NightFigures[], night: number): readonly NightFigures[] {
  return figures.slice(Math.max(0, night - PAST_RUNS), night);
}
