/**
 * What a run is about to leave behind on the machine, written down before it happens, so that the
 * next run can clean up after one that was killed.
 *
 * One JSON file per configuration name in the state directory. It is replaced atomically and
 * flushed to the disk (file and directory), because it must survive a power failure that the snapshots
 * survive as well.
 *
 * @module
 */
import { join } from "node:path";
import { AppError, reasonOf } from "../errors.ts";
import { removeDurably, renameDurably, replaceDurably } from "../files/durable_file.ts";
import { LARGEST_OWN, readSmallText } from "../files/small_file.ts";
import { isRecord, parseJson } from "../text/json.ts";

/** The file of a journal can be read, but its content is not a journal. */
export class DamagedJournalError extends AppError {
  override readonly name = "DamagedJournalError";
}

/** A snapshot that a run intended to make. */
export interface JournalSnapshot {
  /** What makes and releases such snapshots: `zfs`. */
  readonly source: string;
  /** The full name, `pool/dataset@snapshot`. */
  readonly name: string;
  /** ZFS's own number for it, in decimal; `null` until it was read after the snapshot was made. */
  readonly guid: string | null;
}

/** Something that a run mounts. */
export interface JournalMount {
  /** A snapshot, a live directory or file (`bind`), or a tiny empty file system. */
  readonly kind: "snapshot" | "bind" | "empty";
  /** Where: an absolute path without symbolic links. */
  readonly target: string;
}

/** A service that a run stops for its snapshots, and has to start again. */
export interface JournalService {
  /** What manages it. */
  readonly manager: "systemd" | "docker" | "podman";
  /** The name of the unit or of the container. */
  readonly name: string;
  /** What is done to it; a paused one is continued instead of started. */
  readonly action: "stop" | "pause";
}

/** What one run may have left behind. */
export interface JournalRun {
  /** The run's id; it is also the value of the owner property and part of the hold's tag. */
  readonly runId: string;
  /** When the run began (ISO 8601, UTC). */
  readonly startedAt: string;
  /** Directories that the run made for its mount points; empty when the run is cleaned up. */
  readonly trees: readonly string[];
  /** What it mounts or is about to mount, in this order. */
  readonly mounts: readonly JournalMount[];
  readonly snapshots: readonly JournalSnapshot[];
  /** Services that ran and are stopped, or are about to be, in this order; none when left out. */
  readonly services?: readonly JournalService[];
}

/** The journal of one configuration on one host. */
export interface Journal {
  /** The version of this format. */
  readonly version: 1;
  /** The configuration's name. */
  readonly name: string;
  /** The host that wrote it; another host never acts on it. */
  readonly hostname: string;
  /** Runs that are not cleaned up yet, oldest first. */
  readonly runs: readonly JournalRun[];
}

/** Whether there is nothing left to be cleaned up. */
export function isDone(run: JournalRun): boolean {
  return run.snapshots.length === 0 && run.trees.length === 0 && (run.services ?? []).length === 0;
}

/** Where a run writes down which services it stops. */
export interface ServiceJournal {
  /**
   * Those that run and are about to be stopped; they are on the disk when this returns.
   *
   * @throws {AppError} when they can't be written: nothing may be stopped then
   */
  intend(services: readonly JournalService[]): Promise<void>;
  /**
   * Those that still have to be started.
   *
   * @throws {AppError} when they can't be written
   */
  record(services: readonly JournalService[]): Promise<void>;
}

/** Reads and writes the journals of a state directory. */
export interface JournalStore {
  /**
   * Reads a configuration's journal.
   *
   * @throws {DamagedJournalError} when it is not a journal
   * @throws {AppError} when it can't be read
   */
  read(name: string): Promise<Journal | undefined>;
  /**
   * Replaces a journal durably; one without runs is removed.
   *
   * @throws {AppError} when it can't be written
   */
  write(journal: Journal): Promise<void>;
  /** Moves a damaged journal out of the way; gives its new path. */
  setAside(name: string): Promise<string>;
  /** The readable journals of all configurations. */
  all(): Promise<readonly Journal[]>;
}

/** Journals in files. */
export function fileJournals(stateDir: string): JournalStore {
  return {
    read: (name) => readJournal(stateDir, name),
    write: (journal) => writeJournal(stateDir, journal),
    setAside: (name) => Promise.try(() => setJournalAside(stateDir, name)),
    all: () => readAllJournals(stateDir),
  };
}

/** Where the journal of a configuration is. */
export function journalPath(stateDir: string, name: string): string {
  return join(stateDir, `journal-${encodeURIComponent(name)}.json`);
}

/**
 * Reads a journal.
 *
 * @throws {AppError} when it can't be read, or is not a journal
 */
export async function readJournal(stateDir: string, name: string): Promise<Journal | undefined> {
  const path = journalPath(stateDir, name);
  let text: string;
  try {
    text = await readSmallText(path, LARGEST_OWN);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw new AppError(`Cannot read the journal "${path}": ${reasonOf(error)}`, { cause: error });
  }
  const journal = parseJournal(text);
  if (journal === undefined || journal.name !== name) {
    throw new DamagedJournalError(`Cannot read the journal "${path}": it is damaged`, {
      hint: "See what crashed runs left behind: zfs list -t snapshot -o name,org.autoborg:run; " +
        "mount. The file is the only record of that: do not delete it; rename it once nothing " +
        "is left",
    });
  }
  return journal;
}

/**
 * Replaces a journal, and does not return before the new one is on the disk. A journal without
 * runs is removed.
 *
 * @param stateDir the state directory; it is made (0700) when it is missing
 * @throws {AppError} when it can't be written
 */
export async function writeJournal(stateDir: string, journal: Journal): Promise<void> {
  const path = journalPath(stateDir, journal.name);
  try {
    await Deno.mkdir(stateDir, { recursive: true, mode: 0o700 });
    if (journal.runs.length === 0) removeDurably(path);
    else replaceDurably(path, `${JSON.stringify(journal, undefined, 2)}\n`, 0o600);
  } catch (error) {
    throw new AppError(`Cannot write the journal "${path}": ${reasonOf(error)}`, {
      hint:
        "Nothing is done that could not be undone after a power failure: no snapshot is taken, " +
        "no service is stopped",
      cause: error,
    });
  }
}

/** The journals of all configurations that share a state directory; damaged ones are left out. */
export async function readAllJournals(stateDir: string): Promise<readonly Journal[]> {
  const journals: Journal[] = [];
  try {
    for await (const entry of Deno.readDir(stateDir)) {
      if (!/^journal-.*\.json$/.test(entry.name)) continue;
      const journal = parseJournal(await readSmallText(join(stateDir, entry.name), LARGEST_OWN));
      if (journal !== undefined) journals.push(journal);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return journals;
}

/**
 * Puts a damaged journal aside under a name of its own, so that it can be looked at and does not
 * stand in the way of the next run.
 */
export function setJournalAside(stateDir: string, name: string): string {
  const path = journalPath(stateDir, name);
  const aside = `${path}.damaged`;
  renameDurably(path, aside);
  return aside;
}

/** Reads the text of a journal. */
export function parseJournal(text: string): Journal | undefined {
  const value = parseJson(text);
  if (!isRecord(value) || value.version !== 1) return undefined;
  const { name, hostname, runs } = value;
  if (typeof name !== "string" || typeof hostname !== "string" || !Array.isArray(runs)) {
    return undefined;
  }
  return runs.every(isRun) ? { version: 1, name, hostname, runs } : undefined;
}

function isRun(value: unknown): value is JournalRun {
  return isRecord(value) && typeof value.runId === "string" &&
    typeof value.startedAt === "string" && isTexts(value.trees) &&
    Array.isArray(value.mounts) && value.mounts.every(isMount) && Array.isArray(value.snapshots) &&
    value.snapshots.every(isSnapshot) && (value.services === undefined ||
      (Array.isArray(value.services) && value.services.every(isService)));
}

function isService(value: unknown): value is JournalService {
  return isRecord(value) && typeof value.name === "string" && value.name !== "" &&
    !value.name.startsWith("-") &&
    (value.manager === "systemd" || value.manager === "docker" || value.manager === "podman") &&
    (value.action === "stop" || value.action === "pause");
}

function isSnapshot(value: unknown): value is JournalSnapshot {
  return isRecord(value) && typeof value.source === "string" && typeof value.name === "string" &&
    (value.guid === null || typeof value.guid === "string");
}

function isMount(value: unknown): value is JournalMount {
  return isRecord(value) && typeof value.target === "string" &&
    (value.kind === "snapshot" || value.kind === "bind" || value.kind === "empty");
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}
