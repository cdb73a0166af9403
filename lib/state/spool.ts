/**
 * Reports that could not be delivered yet, one file a report, in a folder of the state directory. A
 * report is written here before it is sent, so that a process that is killed meanwhile loses none.
 *
 * @module
 */
import { join } from "node:path";
import { parseArchiveName } from "../text/archive_name.ts";
import { AppError, reasonOf } from "../errors.ts";
import {
  removeAbandoned,
  removeDurably,
  renameDurably,
  replaceDurably,
} from "../files/durable_file.ts";
import { LARGEST_OWN, readSmallFile, readSmallFileSync } from "../files/small_file.ts";
import { type DeliveryFailure, readFailure, writeFailure } from "./delivery_failure.ts";
import { addDropped, type DroppedReports, forgetDropped, readDropped } from "./dropped_reports.ts";

/** How many reports of a series wait at most; the oldest go first. */
export const MOST_WAITING = 20;

/** What the reports of a spool are. */
export interface SpoolForm {
  /** The folder below the state directory. */
  readonly folder: string;
  /** What one of them is called in messages. */
  readonly noun: string;
  /** The end of a file's name. */
  readonly suffix: string;
  /** Whether bytes are a whole report. */
  isWhole(bytes: Uint8Array): boolean;
  /** What a person needs to know of a report that is dropped. */
  describe(bytes: Uint8Array): { readonly date: string; readonly subject: string };
}

/** A report in the spool that can't be sent, however often it is tried. */
export class UnreadableReportError extends AppError {
  override name = "UnreadableReportError";
}

/** A report that is not in the spool any more: another process has sent or dropped it. */
export class NoSuchReportError extends AppError {
  override name = "NoSuchReportError";
}

/** The waiting reports of one series. Its methods throw an {@linkcode AppError} when the disk fails. */
export class Spool {
  readonly directory: string;
  readonly #form: SpoolForm;
  readonly #series: string;
  readonly #failurePath: string;
  readonly #droppedPath: string;

  /** @param series the name of the series; other series look after their own reports */
  constructor(form: SpoolForm, stateDir: string, series: string) {
    this.#form = form;
    this.directory = join(stateDir, form.folder);
    this.#series = series;
    this.#failurePath = join(this.directory, `${series}.failure.json`);
    this.#droppedPath = join(this.directory, `${series}.dropped.json`);
  }

  /** The names of the waiting reports, oldest first; none when the directory is missing. */
  async list(): Promise<readonly string[]> {
    const found: { name: string; time: number }[] = [];
    try {
      for await (const { name } of Deno.readDir(this.directory)) {
        const time = this.#timeOf(name);
        if (time !== undefined) found.push({ name, time });
      }
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return [];
      throw this.#cannot("read", error);
    }
    return found.toSorted((a, b) => a.time - b.time || (a.name < b.name ? -1 : 1))
      .map(({ name }) => name);
  }

  nameOf(run: string): string {
    return `${run}${this.#form.suffix}`;
  }

  /** Throws when a report could not be written. */
  check(): void {
    const path = join(this.directory, `${this.#series}.test`);
    this.#writing(() => {
      this.makeDirectory();
      // A block, as the disk may have room for a name alone.
      replaceDurably(path, new Uint8Array(4_096), 0o600);
      removeDurably(path);
    });
  }

  /**
   * Writes a report, on the disk when it returns, and gives its name.
   *
   * @param run the new archive's name; it tells the runs apart
   */
  add(run: string, bytes: Uint8Array): string {
    const name = this.nameOf(run);
    this.#writing(() => {
      this.makeDirectory();
      replaceDurably(join(this.directory, name), bytes, 0o600);
      removeAbandoned(this.directory, (other) => this.#timeOf(other) !== undefined);
    });
    return name;
  }

  /**
   * Drops the oldest reports when too many wait, remembers which, and gives their names.
   *
   * @param newest a report that stays, whatever its date says: a clock may have been set back
   */
  async dropOldest(newest: string | undefined): Promise<readonly string[]> {
    const names = (await this.list()).filter((name) => name !== newest);
    const kept = newest === undefined ? MOST_WAITING : MOST_WAITING - 1;
    const expired = names.slice(0, Math.max(0, names.length - kept));
    if (expired.length === 0) return [];
    // First, so that a process that is killed in between forgets none.
    this.#writing(() => addDropped(this.#droppedPath, expired.map((name) => this.#describe(name))));
    for (const name of expired) this.remove(name);
    return expired;
  }

  /** What was dropped and not yet named in a report that was delivered. */
  dropped(): DroppedReports {
    try {
      return readDropped(this.#droppedPath);
    } catch (error) {
      throw this.#cannot("read", error);
    }
  }

  /** Forgets the dropped reports that a delivered report has named. */
  forgetDropped(told: DroppedReports): void {
    this.#writing(() => forgetDropped(this.#droppedPath, told));
  }

  /**
   * Reads a report. One that is damaged is moved aside.
   *
   * @throws {NoSuchReportError} when it is gone
   * @throws {UnreadableReportError} when it can't be read or is no report
   */
  async read(name: string): Promise<Uint8Array> {
    const path = join(this.directory, name);
    const { noun } = this.#form;
    try {
      const { isFile, size } = await Deno.lstat(path);
      if (!isFile) throw new Error("it is not a regular file");
      const bytes = size > LARGEST_OWN ? undefined : await readSmallFile(path, LARGEST_OWN);
      if (bytes !== undefined && this.#form.isWhole(bytes)) return bytes;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) {
        throw new NoSuchReportError(`The waiting ${noun} "${path}" does not exist`, {
          cause: error,
        });
      }
      const message = `Cannot read the waiting ${noun} "${path}": ${reasonOf(error)}`;
      throw new UnreadableReportError(message, {
        hint: `Inspect the file; once it is moved away, no ${noun} is waiting`,
        cause: error,
      });
    }
    const aside = this.#setAside(path);
    throw new UnreadableReportError(`The waiting ${noun} "${path}" is damaged; ${aside}`);
  }

  remove(name: string): void {
    this.#writing(() => removeDurably(join(this.directory, name)));
  }

  /** Notes for `autoborg status` why nothing can be delivered now; `undefined`: it can. */
  setFailure(failure: DeliveryFailure | undefined): void {
    this.#writing(() => {
      if (failure === undefined) return removeDurably(this.#failurePath);
      this.makeDirectory();
      writeFailure(this.#failurePath, failure);
    });
  }

  /** Why the last report could not be delivered; `undefined` when it was. */
  async failure(): Promise<DeliveryFailure | undefined> {
    return await readFailure(this.#failurePath);
  }

  protected makeDirectory(): void {
    Deno.mkdirSync(this.directory, { recursive: true, mode: 0o700 });
  }

  /** What a person needs to know of a report that goes; a damaged one has nothing to say. */
  #describe(name: string): { run: string; date: string; subject: string } {
    const run = name.slice(0, -this.#form.suffix.length);
    try {
      const bytes = readSmallFileSync(join(this.directory, name), LARGEST_OWN);
      return { run, ...this.#form.describe(bytes) };
    } catch {
      return { run, date: "", subject: "" };
    }
  }

  #setAside(path: string): string {
    try {
      renameDurably(path, `${path}.damaged`);
      return `it is moved aside to "${path}.damaged"`;
    } catch (error) {
      return `it cannot be moved aside: ${reasonOf(error)}`;
    }
  }

  #timeOf(name: string): number | undefined {
    if (!name.endsWith(this.#form.suffix)) return undefined;
    const run = parseArchiveName(name.slice(0, -this.#form.suffix.length));
    return run?.series === this.#series ? run.startedAt.getTime() : undefined;
  }

  #writing(change: () => unknown): void {
    try {
      change();
    } catch (error) {
      throw this.#cannot("write to", error);
    }
  }

  #cannot(what: string, error: unknown): AppError {
    const place = `the ${this.#form.noun} spool "${this.directory}"`;
    return new AppError(`Cannot ${what} ${place}: ${reasonOf(error)}`, {
      hint: "Check paths.state_dir",
      cause: error,
    });
  }
}
