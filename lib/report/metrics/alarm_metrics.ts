/** The metrics of what is in the repositories, and of what looks wrong with it. Pure. @module */
import { ALARM_KINDS } from "../../alarm.ts";
import type { StatusReport } from "../status/backup_status.ts";
import { gauge, type Metric } from "./exposition.ts";
import { shortText, unixSeconds } from "./label_values.ts";
import { eachRepository } from "./repository_series.ts";

/** Archives, alarms that are open, and whether pruning is suspended by them. */
export function alarmMetrics(status: StatusReport): readonly Metric[] {
  const { name, repositories } = status;
  const each = eachRepository(status);
  const open = repositories.map(({ label, alarms, suspended }) => ({
    labels: { name, repository: label },
    alarms: alarms.filter(({ accepted }) => !accepted),
    suspended,
  }));
  return [
    gauge(
      "repository_archives",
      "Number of archives of the series at the last inspection.",
      each(({ archives }) => archives),
    ),
    gauge(
      "repository_archives_outside_retention",
      "Number of archives of other names that no retention prunes.",
      each(({ outsideRetention }) => outsideRetention),
    ),
    gauge(
      "oldest_archive_timestamp_seconds",
      "Start time of the oldest of these archives.",
      each(({ oldestArchive: at }) => at === null ? null : unixSeconds(at)),
    ),
    gauge(
      "alarm",
      "Whether an alarm of this kind is open: 1 or 0.",
      open.flatMap(({ labels, alarms }) =>
        ALARM_KINDS.map((kind) =>
          [{ ...labels, kind }, Number(alarms.some((alarm) => alarm.kind === kind))] as const
        )
      ),
    ),
    gauge(
      "alarm_info",
      "The first open alarm of each kind.",
      open.flatMap(({ labels, alarms }) =>
        ALARM_KINDS.flatMap((kind) => {
          const first = alarms.find((alarm) => alarm.kind === kind);
          return first === undefined
            ? []
            : [[{ ...labels, kind, message: shortText(first.message) }, 1] as const];
        })
      ),
    ),
    gauge(
      "prune_suspended",
      "Whether pruning and compacting are suspended, and by which kinds of alarms.",
      open.map(({ labels, suspended }) =>
        [{ ...labels, reason: shortText(suspended ?? "") }, suspended === null ? 0 : 1] as const
      ),
    ),
  ];
}
