/** The metrics of what has been checked. Pure. @module */
import type { StatusReport } from "../status/backup_status.ts";
import { gauge, type Metric } from "./exposition.ts";
import { unixSeconds } from "./label_values.ts";
import { eachRepository } from "./repository_series.ts";

/** What has been checked of each repository; nothing of what is not to be checked. */
export function checkMetrics(status: StatusReport): readonly Metric[] {
  const each = eachRepository(status);
  return [
    gauge(
      "check_limit_seconds",
      "Age from which on the last complete check is too old: check.repository_every, or more while " +
        "a check in parts is under way.",
      each(({ checks: { limitSeconds } }) => limitSeconds),
    ),
    gauge(
      "check_done_ratio",
      "How much of a check in parts is done, from 0 to 1; missing: none is under way.",
      each(({ checks: { percent } }) => percent === null ? null : percent / 100),
    ),
    gauge(
      "last_data_check_timestamp_seconds",
      "Start time of the run that last read all data; missing: none.",
      each(({ checks: { allDataAt } }) => allDataAt === null ? null : unixSeconds(allDataAt)),
    ),
    gauge(
      "check_archives",
      "Number of archives that take turns in being read.",
      each(({ checks: { archives } }) => archives?.archives),
    ),
    gauge(
      "check_archives_unchecked",
      "How many of them were neither made nor read within check.archives_every.",
      each(({ checks: { archives } }) => archives?.unchecked),
    ),
    gauge(
      "check_archives_overdue",
      "How many of them were neither made nor read for twice that time.",
      each(({ checks: { archives } }) => archives?.overdue),
    ),
    gauge(
      "check_archives_every_seconds",
      "Interval in which each archive is to be read.",
      each(({ checks: { archives } }) => archives?.everySeconds),
    ),
  ];
}
