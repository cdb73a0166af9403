/** Where the tests of the metrics write. @module */
import type { AlarmKind } from "../../../lib/alarm.ts";
import { formatSources } from "../../../lib/inspect/remembered_sources.ts";
import type { SourceFigures } from "../../../lib/inspect/source_alarms.ts";
import { type MetricsOptions, writeMetrics } from "../../../lib/report/metrics/metrics_file.ts";
import { recordedRun } from "../../../lib/report/history/recorded_run.ts";
import { History } from "../../../lib/state/history.ts";
import type { StandingAlarm } from "../../../lib/state/ledger.ts";
import type { RunOutcome } from "../../../lib/backup/outcome.ts";

const WEEK = 604_800_000;
const CHECK = { enabled: true, repositoryEvery: WEEK, archivesEvery: 2 * WEEK } as const;
const VERIFY = { files: 20, cycle: 90 * 86_400_000, maxBytes: 0 };

/** A history and a directory for the textfile. */
export class Place implements Disposable {
  /** The directory. */
  readonly directory = Deno.makeTempDirSync({ prefix: "autoborg-metrics-" });
  /** The history. */
  readonly history = History.inMemory();
  /** What is written, and where. */
  readonly options: MetricsOptions = {
    path: `${this.directory}/autoborg.prom`,
    name: "web",
    repositories: [
      { label: "disk", optional: false, encryption: "repokey", check: CHECK, verify: VERIFY },
      {
        label: "offsite",
        optional: true,
        encryption: "repokey",
        check: { ...CHECK, enabled: false },
        verify: VERIFY,
      },
    ],
    maxAge: 93_600_000,
    version: "1.2.3",
  };

  /** A place of an administrator who has put copies of the keys away. */
  constructor() {
    for (const { label } of this.options.repositories) {
      this.history.keys("web", label).noteExport("f".repeat(64), 0);
    }
  }

  /** Records a run and writes the metrics; `more` is what is configured besides. */
  finish(outcome: RunOutcome, more: Partial<MetricsOptions> = {}): string {
    const mask = (text: string) => text;
    this.history.record(recordedRun(outcome, { version: "1.2.3", mask }));
    const { runId: own, finishedAt: now } = outcome;
    writeMetrics(this.history, { ...this.options, ...more }, { own, now });
    return this.read();
  }

  /** Writes down that a database was dumped into "disk"; returns what is configured then. */
  dump(at = 0): Pick<MetricsOptions, "databases"> {
    this.history.dumps("web", "disk").write({
      ...{ run: "0123abcd", entry: "pg", database: "shop", at, archive: "a", state: "made" },
      ...{ leftover: false, size: 1, sha256: null, newSize: 1, duration: 1, reason: null },
      ...{ verifiedAt: 1, verified: "equal" },
    });
    return {
      databases: [{ label: "pg", databases: ["shop"], all: false, repositories: ["disk"] }],
    };
  }

  /** Writes down what an inspection of "disk" found. */
  inspect(...alarms: readonly StandingAlarm[]): void {
    inspected(this.history, ...alarms);
  }

  /** Records that a run began, and writes the metrics as it does. */
  begin(outcome: RunOutcome): string {
    const { runId, startedAt } = outcome;
    const options = { version: "1.2.3", mask: (text: string) => text, ending: "running" } as const;
    this.history.record(recordedRun({ ...outcome, repositories: [] }, options));
    const running = { runId, process: null, startedAt: null };
    writeMetrics(this.history, this.options, {
      now: startedAt,
      own: runId,
      running,
      began: startedAt,
    });
    return this.read();
  }

  /** Reads what was written. */
  read(): string {
    return Deno.readTextFileSync(this.options.path);
  }

  [Symbol.dispose](): void {
    this.history[Symbol.dispose]();
    Deno.removeSync(this.directory, { recursive: true });
  }
}

/** What was seen of the sources. */
const SOURCES = [sourceOf("/home", 10, 300), sourceOf("tank/a", 5, null)];

/** What is remembered of a source. */
export function sourceOf(path: string, files: number, bytes: number | null): SourceFigures {
  const same = {
    entries: 1,
    mountPoint: null,
    empty: false,
    present: files,
    doubtful: 0,
    passedOver: [],
    mounts: [],
  };
  return { path, files, bytes, rules: "", ...same };
}

/** An alarm that stands. */
export function alarm(kind: AlarmKind, message: string, accepted = false): StandingAlarm {
  const of = { subject: message, severity: "error", raisedBy: "00000001", raisedAt: 1 } as const;
  return { kind, message, hint: "Look", accepted, ...of };
}

/** Writes down what an inspection of "disk" found: two archives, two sources, some alarms. */
export function inspected(history: History, ...alarms: readonly StandingAlarm[]): void {
  const runId = "00000002";
  const names = ["web-2026-10-01T04:00:00Z-00000001", "web-2026-11-01T04:00:00Z-00000002"];
  history.ledger("web", "disk").write({
    seen: { id: "0a", modifiedAt: 1, machine: "" },
    trusted: true,
    outside: 0,
    archives: names.map((name) => ({ name, id: name, state: "present" })),
    alarms,
    sources: { known: "", seen: formatSources({ runId, originalSize: 300, figures: SOURCES }) },
  });
}

/** A run of this day. */
export function day(count: number): Pick<RunOutcome, "runId" | "startedAt" | "finishedAt"> {
  const startedAt = new Date(Date.UTC(2026, 10, count, 4));
  return {
    runId: String(count).padStart(8, "0"),
    startedAt,
    finishedAt: new Date(startedAt.getTime() + 250_000),
  };
}

/** The value of a series; `undefined` when it is not there. */
export function valueOf(text: string, name: string, labels: string): number | undefined {
  const line = text.split("\n").find((one) => one.startsWith(`autoborg_${name}{${labels}} `));
  return line === undefined ? undefined : Number(line.slice(line.lastIndexOf(" ")));
}
