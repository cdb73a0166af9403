/**
 * Which alarms stand after a run: those that it raised, and those of earlier runs that nobody has
 * accepted and that have not cleared.
 *
 * @module
 */
import type { Alarm, AlarmKind } from "../alarm.ts";
import type { StandingAlarm } from "../state/ledger.ts";

/**
 * Files that were encrypted once are not changed again the next night: that the sign is gone does not
 * mean that all is well.
 */
const NEVER_CLEARS: ReadonlySet<AlarmKind> = new Set(["unusual-change"]);

/** A run, and what it looked for. */
interface Raising {
  readonly runId: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly raised: readonly Alarm[];
  /** Whether it looked for such an alarm; what it did not look for stands as before. */
  readonly looked: (alarm: Pick<Alarm, "kind" | "subject">) => boolean;
}

/**
 * Adds what a run found to the alarms that stood before it.
 *
 * @param before the alarms before the run
 * @returns those that stand now; one that was accepted stays so as long as its reason lasts
 */
export function standingAlarms(
  before: readonly StandingAlarm[],
  { runId, at, raised, looked }: Raising,
): readonly StandingAlarm[] {
  const again = (standing: Alarm) => raised.find((alarm) => isSame(alarm, standing));
  const kept = before.flatMap((standing): StandingAlarm[] => {
    const now = again(standing);
    if (now !== undefined) return [{ ...standing, ...now }];
    const stays = NEVER_CLEARS.has(standing.kind) && !standing.accepted;
    return stays || !looked(standing) ? [standing] : [];
  });
  const fresh = raised.filter((alarm) => !before.some((standing) => isSame(alarm, standing)));
  return [
    ...kept,
    ...fresh.map((alarm) => ({ ...alarm, raisedBy: runId, raisedAt: at, accepted: false })),
  ];
}

function isSame(one: Alarm, other: Alarm): boolean {
  return one.kind === other.kind && one.subject === other.subject;
}
