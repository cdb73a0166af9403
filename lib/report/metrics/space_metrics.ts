/** The metrics of the space of repositories. Pure. @module */
import type { SpaceReport } from "../space.ts";
import type { StatusReport } from "../status/backup_status.ts";
import { gauge, type Metric } from "./exposition.ts";

/** How much space is left and when it is used up, as far as it is known. */
export function spaceMetrics({ name, repositories }: StatusReport): readonly Metric[] {
  type Figure = (space: SpaceReport) => number | null;
  const some = (figure: Figure) =>
    repositories.flatMap(({ label: repository, space }) => {
      const value = space === null ? null : figure(space);
      return value === null ? [] : [[{ name, repository }, value] as const];
    });
  return [
    gauge(
      "repository_free_bytes",
      "Free space of the repository's file system after the last run; missing: not known, as on a " +
        "server.",
      some(({ freeBytes }) => freeBytes),
    ),
    gauge(
      "repository_quota_bytes",
      "Storage quota of the repository; missing: none, or not known.",
      some(({ quotaBytes }) => quotaBytes),
    ),
    gauge(
      "repository_room_bytes",
      "How much the repository may still grow: what is free, less what Borg needs to work, or left " +
        "of its quota; missing: not known.",
      some(({ roomBytes }) => roomBytes),
    ),
    gauge(
      "repository_growth_bytes_per_week",
      "How much the repository usually grows in a week; missing: too few nights.",
      some(({ growthBytesPerWeek }) => growthBytesPerWeek),
    ),
    gauge(
      "repository_full_in_weeks",
      "Weeks until the repository is full if it goes on like this; missing: it does not grow, or " +
        "this is not known.",
      some(({ fullInWeeks }) => fullInWeeks),
    ),
    gauge(
      "repository_append_only",
      "Whether the repository was found to be append-only, where prune and compact free nothing.",
      some(({ appendOnly }) => appendOnly ? 1 : 0),
    ),
  ];
}
