/**
 * What a machine knows of its past, for the tests.
 *
 * @module
 */
import type { AlarmKind } from "../../lib/alarm.ts";
import { checkedOf } from "../../lib/cli/archive_knowledge.ts";
import { KnownArchives } from "../../lib/restore/known_archives.ts";
import type { CheckState } from "../../lib/state/check_ledger.ts";
import type { RecordedRun, RunRow, StepRow } from "../../lib/state/history.ts";
import type { LedgerArchive, StandingAlarm } from "../../lib/state/ledger.ts";
import { parseArchiveName } from "../../lib/text/archive_name.ts";

/** A run that made an archive in some repositories, and what is different about it. */
export function runOf(
  archive: string,
  labels: readonly string[],
  { run = {}, create = {}, steps = [] }: {
    readonly run?: Partial<RunRow>;
    readonly create?: Partial<StepRow>;
    readonly steps?: readonly Partial<StepRow>[];
  } = {},
): RecordedRun {
  return {
    run: {
      id: parseArchiveName(archive)?.runId ?? "",
      name: "web",
      hostname: "host",
      startedAt: 0,
      finishedAt: 1,
      state: "ok",
      interruptedBy: null,
      problems: "[]",
      ...run,
    },
    repositories: labels.map((label) => ({
      repository: { label, state: "ok", reason: null },
      steps: [{ step: "create", archive, ...create }, ...steps].map((step) =>
        stepOf({ label, ...step })
      ),
    })),
  };
}

function stepOf(different: Partial<StepRow>): StepRow {
  return {
    label: "",
    step: "",
    state: "ok",
    reason: null,
    duration: 1,
    problems: "[]",
    archive: null,
    files: null,
    originalSize: null,
    compressedSize: null,
    newSize: null,
    repositorySize: null,
    ...different,
  };
}

/** An open alarm. */
export function alarmOf(kind: AlarmKind): StandingAlarm {
  return {
    kind,
    subject: "",
    message: `there is the alarm ${kind}`,
    hint: "Look at it",
    severity: "error",
    raisedBy: "00000000",
    raisedAt: 0,
    accepted: false,
  };
}

/** What a machine with these runs knows; `seen` is what is known of each repository. */
export function knowing(
  runs: readonly RecordedRun[],
  seen: Readonly<
    Record<string, {
      readonly archives?: readonly LedgerArchive[];
      readonly alarms?: readonly StandingAlarm[];
      readonly checks?: CheckState;
    }>
  > = {},
): KnownArchives {
  const ledgers = new Map(
    Object.entries(seen).map(([label, { archives = [], alarms = [] }]) =>
      [label, { repository: undefined, sources: undefined, archives, alarms }] as const
    ),
  );
  const checked = new Map(
    Object.entries(seen).flatMap(([label, { checks, archives = [] }]) =>
      checks === undefined ? [] : [[label, checkedOf(checks, archives)]]
    ),
  );
  return new KnownArchives("web", { runs, ledgers, checked });
}
