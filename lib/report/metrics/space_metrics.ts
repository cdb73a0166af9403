/** The metrics of the space of repositories. Pure. @module */
import type { StatusReport } from "../status/backup_status.ts";
import { gauge, type Metric } from "./exposition.ts";
import { eachRepository } from "./repository_series.ts";

/** How much space is left and when it is used up, as far as it is known. */
export function spaceMetrics(status: StatusReport): readonly Metric[] {
  const each = eachRepository(status);
  return [
    gauge(
      "repository_free_bytes",
      "Free space of the repository's file system after the last run; missing: not known, as on a " +
        "server.",
      each(({ space }) => space?.freeBytes),
    ),
    gauge(
      "repository_quota_bytes",
      "Storage quota of the repository; missing: none, or not known.",
      each(({ space }) => space?.quotaBytes),
    ),
    gauge(
      "repository_room_bytes",
      "How much the repository may still grow: what is free, less what Borg needs to work, or left " +
        "of its quota; missing: not known.",
      each(({ space }) => space?.roomBytes),
    ),
    gauge(
      "repository_growth_bytes_per_week",
      "How much the repository usually grows in a week; missing: too few nights.",
      each(({ space }) => space?.growthBytesPerWeek),
    ),
    gauge(
      "repository_full_in_weeks",
      "Weeks until the repository is full if it goes on like this; missing: it does not grow, or " +
        "this is not known.",
      each(({ space }) => space?.fullInWeeks),
    ),
    gauge(
      "repository_append_only",
      "Whether the repository was found to be append-only, where prune and compact free nothing.",
      each(({ space }) => space === null ? null : Number(space.appendOnly)),
    ),
  ];
}
