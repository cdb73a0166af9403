/**
 * The text of the timer.
 *
 * @module
 */

/**
 * When runs start. Not between one and three o'clock, which some nights of the year lack or have twice.
 */
export const DEFAULT_CALENDAR = "*-*-* 03:30";

/** What the timer is made of. */
interface TimerRequest {
  /** What is backed up, ready for the unit. */
  readonly description: string;
  /** The service's file name. */
  readonly service: string;
  /** A calendar expression. */
  readonly calendar: string;
}

/** Writes the timer. */
export function timerUnit({ description, service, calendar }: TimerRequest): string {
  return [
    "[Unit]",
    `Description=${description}`,
    "",
    "[Timer]",
    `OnCalendar=${calendar}`,
    "# Several machines do not start in the same minute; each has its own delay, the same every night.",
    "RandomizedDelaySec=15min",
    "FixedRandomDelay=yes",
    "AccuracySec=1min",
    "# A run that the machine slept through is made up for.",
    "Persistent=yes",
    `Unit=${service}`,
    "",
    "[Install]",
    "WantedBy=timers.target",
    "",
  ].join("\n");
}
