/** What the inspections know of the data in a repository. Pure. @module */
import type { Alarm } from "../../alarm.ts";
import type { Ledger } from "../../state/ledger.ts";
import { parseArchiveName } from "../../text/archive_name.ts";
import { counted } from "../../text/units.ts";
import { isoTime } from "../run_report.ts";
import { type SourceStatus, sourceStatus } from "./source_status.ts";

/** The archives of a repository, and what looks wrong with them. */
export interface DataStatus {
  /** How many archives of the series the last inspection saw; `null`: there was none. */
  readonly archives: number | null;
  /** When the oldest of them was begun. */
  readonly oldestArchive: string | null;
  /** How many archives of other names no retention prunes; `null`: no inspection has looked. */
  readonly outsideRetention: number | null;
  /** What looks wrong, accepted or not. */
  readonly alarms: readonly AlarmReport[];
  /** Why nothing is pruned or compacted: the alarms that are open. */
  readonly suspended: string | null;
  /** What the newest archive holds of each source. */
  readonly sources: readonly SourceStatus[];
}

/** Something that looks wrong in a repository or its archives. */
interface AlarmReport extends Alarm {
  readonly raisedAt: string;
  /** The run that raised it. */
  readonly runId: string;
  /** Whether it was accepted; then it suspends nothing. */
  readonly accepted: boolean;
}

/** What the inspections know of the data in a repository. */
export function dataStatus(ledger: Ledger | undefined): DataStatus {
  const present = (ledger?.archives ?? []).filter(({ state }) =>
    state !== "missing" && state !== "removed"
  );
  const times = present.flatMap(({ name }) => parseArchiveName(name)?.startedAt.getTime() ?? []);
  const alarms = ledger?.alarms ?? [];
  const open = alarms.filter(({ accepted }) => !accepted).map(({ kind }) => kind);
  return {
    archives: ledger?.repository === undefined && present.length === 0 ? null : present.length,
    oldestArchive: times.length === 0 ? null : isoTime(Math.min(...times)),
    outsideRetention: ledger?.outside ?? null,
    alarms: alarms.map(({ raisedBy: runId, raisedAt, ...alarm }) => ({
      ...alarm,
      raisedAt: isoTime(raisedAt),
      runId,
    })),
    suspended: open.length === 0 ? null : [...new Set(open)].join(", "),
    sources: sourceStatus(ledger?.sources?.seen),
  };
}

/** Says that archives stand outside retention, and what to do; `undefined` when none is known to. */
export function outsideText(
  { outsideRetention: count }: Pick<DataStatus, "outsideRetention">,
): string | undefined {
  if (count === null || count === 0) return undefined;
  return `${counted(count, "archive", "archives")} of other names ${
    count === 1 ? "stands" : "stand"
  } outside retention: set [retention] also to a glob of them, or to "keep"`;
}
