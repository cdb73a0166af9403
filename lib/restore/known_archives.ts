/**
 * What this machine knows of the archives: which ones it made, and which of them are complete. It is
 * known from its own history, never from the repository, which others may have changed. Pure.
 *
 * @module
 */
import { OF_REPOSITORY } from "../alarm.ts";
import { isOfOthers } from "../archive_state.ts";
import type { Damage } from "../state/check_coverage.ts";
import type { RecordedRun, RunRow } from "../state/history.ts";
import type { Ledger, LedgerArchive, StandingAlarm } from "../state/ledger.ts";
import { parseArchiveName } from "../text/archive_name.ts";
import type { ListedArchive } from "./archive_index.ts";
import { absencesOf, damageReason, reasonsOf } from "./archive_reasons.ts";

/** What the history tells of a series. */
interface SeriesPast {
  readonly runs: readonly RecordedRun[];
  /** What is known of the data in each repository, by its label. */
  readonly ledgers: ReadonlyMap<string, Ledger>;
  /** What has been checked of each repository, by its label. */
  readonly checked?: ReadonlyMap<string, Checked>;
}

/** What checks tell of the archives in a repository. */
export interface Checked {
  /** What was found, and not found gone since. */
  readonly damage: readonly Damage[];
  /** When archives were read to their end last, in milliseconds since 1970. */
  readonly readAt: ReadonlyMap<string, number | null>;
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
const NOT_OURS: Completeness = { complete: null, reasons: ["it was not created by this machine"] };
const CHECKPOINT: Completeness = {
  complete: false,
  reasons: ["it is what an interrupted run had stored by then"],
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
  readonly #partial: ReadonlySet<string>;
  readonly #checked: ReadonlyMap<string, Checked>;

  /** @param partial labels of repositories that get only a part of the sources */
  constructor(
    series: string,
    past: SeriesPast = { runs: [], ledgers: new Map() },
    partial: Iterable<string> = [],
  ) {
    const ledgers = [...past.ledgers];
    this.#partial = new Set(partial);
    this.series = series;
    this.#runs = new Map(past.runs.map((recorded) => [recorded.run.id, recorded]));
    this.#archives = new Map(
      ledgers.map((
        [label, { archives }],
      ) => [label, new Map(archives.map((one) => [one.name, one]))]),
    );
    this.#checked = past.checked ?? new Map();
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

  /** Whether the archives in a repository have only a part of the sources. */
  isPartial({ label }: { readonly label: string }): boolean {
    return this.#partial.has(label);
  }

  /** The run that made an archive, if it is known. */
  runOf({ runId = "" }: ListedArchive): RecordedRun | undefined {
    return this.#runs.get(runId);
  }

  /** How many files are in an archive, if that is known. */
  filesOf(archive: ListedArchive): number | undefined {
    const repositories = this.runOf(archive)?.repositories ?? [];
    const create = repositories.flatMap(({ steps }) => steps)
      .find((step) => step.archive === archive.name);
    return create?.files ?? undefined;
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

  /** The damage that a check found in a repository as such, if it is not known to be gone. */
  damageOf(label: string): Damage | undefined {
    return this.#checked.get(label)?.damage.find(({ archive }) => archive === null);
  }

  /** The damage that a check found in an archive in one repository. */
  damageIn({ name }: ListedArchive, label: string): Damage | undefined {
    return this.#checked.get(label)?.damage.find(({ archive }) => archive === name);
  }

  /** Why an archive may not be readable; one that was read since its repository was damaged is. */
  #damageReasons(archive: ListedArchive, label: string): readonly string[] {
    const own = this.damageIn(archive, label);
    if (own !== undefined) return [damageReason(own)];
    const damage = this.damageOf(label);
    const readAt = this.#checked.get(label)?.readAt.get(archive.name) ?? null;
    if (damage === undefined || (readAt !== null && readAt > (damage.foundAt ?? 0))) return [];
    return ["a check found damage in its repository, and it has not been read since"];
  }

  /** Whether an archive of the series was made by another machine, or put in the place of ours. */
  isForeign(archive: ListedArchive, label: string): boolean {
    if (archive.series !== this.series) return false;
    const known = this.#archives.get(label)?.get(archive.name);
    if (known === undefined) return this.makesArchives && this.runOf(archive) === undefined;
    return isOfOthers(known.state) || (known.id !== "" && known.id !== archive.ids.get(label));
  }

  /** Whether no repository has an archive that may be ours. */
  isForeignEverywhere(archive: ListedArchive): boolean {
    return archive.repositories.every(({ label }) => this.isForeign(archive, label));
  }

  /** The archives in a repository as they were seen last, oldest first; none: it was never seen. */
  recordedIn(label: string): readonly LedgerArchive[] {
    return [...this.#archives.get(label)?.values() ?? []];
  }

  /** Whether an archive is for certain the one that was seen in a repository before. */
  isProven(archive: ListedArchive, label: string): boolean {
    const known = this.#archives.get(label)?.get(archive.name);
    return known !== undefined && !isOfOthers(known.state) && known.id !== "" &&
      known.id === archive.ids.get(label);
  }

  /** Whether an archive is complete, as far as one repository is concerned. */
  completenessIn(archive: ListedArchive, label: string): Completeness {
    if (isCheckpoint(archive.name, this.series)) return CHECKPOINT;
    if (archive.series !== this.series) return UNKNOWN;
    if (this.isForeign(archive, label)) return NOT_OURS;
    const found = this.#damageReasons(archive, label);
    const recorded = this.runOf(archive);
    if (recorded === undefined) {
      return found.length === 0 ? UNKNOWN : { complete: false, reasons: found };
    }
    const reasons = [...found, ...reasonsOf(recorded, archive.name, label)];
    return {
      complete: reasons.length === 0,
      reasons: [...reasons, ...absencesOf(recorded, label)],
    };
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
