/**
 * What this machine knows of the archives: which ones it made, and which of them are complete. It is
 * known from its own history, never from the repository, which others may have changed. Pure.
 *
 * @module
 */
import { OF_REPOSITORY } from "../alarm.ts";
import type { RecordedRun, RunRow, StepRow } from "../state/history.ts";
import type { Ledger, LedgerArchive, StandingAlarm } from "../state/ledger.ts";
import { parseArchiveName } from "../text/archive_name.ts";
import type { ListedArchive } from "./archive_index.ts";

/** What the history tells of a series. */
interface SeriesPast {
  readonly runs: readonly RecordedRun[];
  /** What is known of the data in each repository, by its label. */
  readonly ledgers: ReadonlyMap<string, Ledger>;
}

/** Whether an archive is complete; `null`: nothing is known of the run that made it. */
export interface Completeness {
  readonly complete: boolean | null;
  /**
   * Why it may be incomplete or damaged, that this machine did not make it, or that an optional source was
   * absent, which alone does not make it incomplete; ends of sentences.
   */
  readonly reasons: readonly string[];
}

const UNKNOWN: Completeness = { complete: null, reasons: [] };
const NOT_OURS: Completeness = { complete: null, reasons: ["this machine did not make it"] };
const CHECKPOINT: Completeness = {
  complete: false,
  reasons: ["it is what an interrupted run had stored until then"],
};

/** Answers what is known of the archives of a series. */
export class KnownArchives {
  /** The series of the configuration. */
  readonly series: string;
  readonly #runs: ReadonlyMap<string, RecordedRun>;
  readonly #archives: ReadonlyMap<string, ReadonlyMap<string, LedgerArchive>>;
  readonly #alarms: ReadonlyMap<string, readonly StandingAlarm[]>;
  /** Whether this machine makes archives; one that only prunes expects those of another one. */
  readonly makesArchives: boolean;

  constructor(series: string, past: SeriesPast = { runs: [], ledgers: new Map() }) {
    const ledgers = [...past.ledgers];
    this.series = series;
    this.#runs = new Map(past.runs.map((recorded) => [recorded.run.id, recorded]));
    this.#archives = new Map(
      ledgers.map((
        [label, { archives }],
      ) => [label, new Map(archives.map((one) => [one.name, one]))]),
    );
    this.#alarms = new Map(ledgers.map(([label, { alarms }]) => [label, alarms]));
    this.makesArchives = past.runs.some(({ repositories }) =>
      repositories.some(({ steps }) =>
        steps.some(({ step, state }) => step === "create" && state !== "skipped")
      )
    );
  }

  /** Whether nothing is known of any archive, as on a new machine. */
  get isEmpty(): boolean {
    return this.#runs.size === 0 && [...this.#archives.values()].every(({ size }) => size === 0);
  }

  /** The run that made an archive, if it is known. */
  runOf({ runId = "" }: ListedArchive): RecordedRun | undefined {
    return this.#runs.get(runId);
  }

  /** The last run, if it failed and left nothing newer than an archive. */
  failedRunAfter({ runId, startedAt }: ListedArchive): RunRow | undefined {
    const last = [...this.#runs.values()].find(({ run }) => run.refused !== true);
    if (last === undefined || last.run.state !== "failed" || last.run.id === runId) {
      return undefined;
    }
    const made = last.repositories.some(({ steps }) => steps.some((step) => step.archive !== null));
    return made || last.run.startedAt < startedAt.getTime() ? undefined : last.run;
  }

  /** An alarm that says that the archives in a repository can't be trusted, if one is open. */
  alarmOf(label: string): StandingAlarm | undefined {
    return this.#alarms.get(label)?.find(({ kind, accepted }) =>
      !accepted && OF_REPOSITORY.has(kind)
    );
  }

  /** Whether an archive of the series was made by another machine, or put in the place of ours. */
  isForeign(archive: ListedArchive, label: string): boolean {
    if (archive.series !== this.series) return false;
    const known = this.#archives.get(label)?.get(archive.name);
    if (known === undefined) return this.makesArchives && this.runOf(archive) === undefined;
    return known.state === "foreign" || (known.id !== "" && known.id !== archive.ids.get(label));
  }

  /** Whether no repository has an archive that may be ours. */
  isForeignEverywhere(archive: ListedArchive): boolean {
    return archive.repositories.every(({ label }) => this.isForeign(archive, label));
  }

  /** Whether an archive is for certain the one that was seen in a repository before. */
  isProven(archive: ListedArchive, label: string): boolean {
    const known = this.#archives.get(label)?.get(archive.name);
    return known !== undefined && known.state !== "foreign" && known.id !== "" &&
      known.id === archive.ids.get(label);
  }

  /** Whether an archive is complete, as far as one repository is concerned. */
  completenessIn(archive: ListedArchive, label: string): Completeness {
    if (isCheckpoint(archive.name, this.series)) return CHECKPOINT;
    if (archive.series !== this.series) return UNKNOWN;
    if (this.isForeign(archive, label)) return NOT_OURS;
    const recorded = this.runOf(archive);
    if (recorded === undefined) return UNKNOWN;
    const reasons = reasonsOf(recorded, archive.name, label);
    return { complete: reasons.length === 0, reasons: [...reasons, ...absencesOf(recorded)] };
  }

  /** Whether an archive is complete in the repository where most is known of it. */
  completenessOf(archive: ListedArchive): Completeness {
    const all = archive.repositories.map(({ label }) => this.completenessIn(archive, label));
    return all.find(({ complete }) => complete) ??
      all.find(({ complete }) => complete === false) ?? all[0] ?? UNKNOWN;
  }
}

/** Whether a name is one that Borg gives to what an interrupted run has stored. */
function isCheckpoint(name: string, series: string): boolean {
  const [, whole = ""] = /^(.*)\.checkpoint(?:\.\d+)?$/s.exec(name) ?? [];
  return parseArchiveName(whole)?.series === series;
}

function reasonsOf({ run, repositories }: RecordedRun, name: string, label: string): string[] {
  const steps = repositories.find(({ repository }) => repository.label === label)?.steps ?? [];
  const stepCalled = (called: string) => steps.find(({ step }) => step === called);
  const create = stepCalled("create");
  const reasons: string[] = [];
  if (create?.archive !== name || create.state === "failed") {
    reasons.push(
      run.interruptedBy === null
        ? "the run that made it did not report that it is complete"
        : `the run that made it was interrupted by ${run.interruptedBy}`,
    );
  }
  if (run.sourcesMissing === true) {
    reasons.push(["a source is missing", ...messagesIn(run.problems, "error")].join(": "));
  } else if (create?.suspicious === true) reasons.push(alarmText(stepCalled("inspect")));
  if (stepCalled("verify")?.state === "failed") {
    reasons.push("files in it were not what was backed up");
  }
  return reasons;
}

function alarmText(inspect: StepRow | undefined): string {
  const said = messagesIn(inspect?.problems ?? "[]").join("; ");
  return said === "" ? "something looked wrong with it" : said;
}

function absencesOf({ run }: RecordedRun): readonly string[] {
  return itemsOf(run.absentSources ?? "[]").flatMap((one) =>
    "path" in one && typeof one.path === "string"
      ? [`the optional source ${JSON.stringify(one.path)} was absent`]
      : []
  );
}

/** The messages of problems that were recorded as JSON. */
function messagesIn(problems: string, severity?: string): readonly string[] {
  return itemsOf(problems).flatMap((one) => {
    const isMeant = severity === undefined || ("severity" in one && one.severity === severity);
    return isMeant && "message" in one && typeof one.message === "string" ? [one.message] : [];
  });
}

/** The objects of a list that was recorded as JSON; none when it is damaged. */
function itemsOf(text: string): readonly object[] {
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? list.filter((one: unknown) => isObject(one)) : [];
  } catch {
    return [];
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
