/** The metrics of what has been checked. Pure. @module */
import type { RepositoryStatus, StatusReport } from "../status/backup_status.ts";
import { gauge, type Metric } from "./exposition.ts";
import { unixSeconds } from "./label_values.ts";

/** What has been checked of each repository; nothing of what is not to be checked. */
export function checkMetrics({ name, repositories }: StatusReport): readonly Metric[] {
  type Figure = (checks: RepositoryStatus["checks"]) => number | null | undefined;
  const some = (figure: Figure) =>
    repositories.flatMap(({ label: repository, checks }) => {
      const value = figure(checks) ?? null;
      return value === null ? [] : [[{ name, repository }, value] as const];
    });
  return [
    gauge(
      "check_limit_seconds",
      "Age from which on the last complete check is too old: check.repository_every, or more while " +
        "a check in parts is under way.",
      some(({ limitSeconds }) => limitSeconds),
    ),
    gauge(
      "check_done_ratio",
      "How much of a check in parts is done, from 0 to 1; missing: none is under way.",
      some(({ percent }) => percent === null ? null : percent / 100),
    ),
    gauge(
      "last_data_check_timestamp_seconds",
      "Start time of the run that last read all data; missing: none.",
      some(({ allDataAt }) => allDataAt === null ? null : unixSeconds(allDataAt)),
    ),
    gauge(
      "check_archives",
      "Number of archives that take turns in being read.",
      some(({ archives }) => archives?.archives),
    ),
    gauge(
      "check_archives_unchecked",
      "How many of them were neither made nor read within check.archives_every.",
      some(({ archives }) => archives?.unchecked),
    ),
    gauge(
      "check_archives_overdue",
      "How many of them were neither made nor read for twice that time.",
      some(({ archives }) => archives?.overdue),
    ),
    gauge(
      "check_archives_every_seconds",
      "Interval in which each archive is to be read.",
      some(({ archives }) => archives?.everySeconds),
    ),
  ];
}
