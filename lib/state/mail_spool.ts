/**
 * Mails that could not be sent yet, one file a mail (RFC 5322) in `mail/` of the state directory. A
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
import {
  LARGEST_OWN,
  readSmallFile,
  readSmallFileSync,
  readSmallText,
} from "../files/small_file.ts";
import { addDropped, type DroppedMails, forgetDropped, readDropped } from "./dropped_mails.ts";
import { headerField, isMail } from "./mail_header.ts";

/** How many mails of a series wait at most; the oldest go first. */
export const MOST_WAITING = 20;

const SUFFIX = ".eml";

/** A mail in the spool that can't be sent, however often it is tried. */
export class UnreadableMailError extends AppError {
  override name = "UnreadableMailError";
}

/** A mail that is not in the spool any more: another process has sent or dropped it. */
export class NoSuchMailError extends AppError {
  override name = "NoSuchMailError";
}

interface MailFailure {
  readonly at: Date;
  /** A sentence without a full stop, free of secrets. */
  readonly reason: string;
}

/** The waiting mails of one series. Its methods throw an {@linkcode AppError} when the disk fails. */
export class MailSpool {
  readonly directory: string;
  readonly #series: string;
  readonly #failurePath: string;
  readonly #droppedPath: string;

  /** @param series the name of the series; other series look after their own mails */
  constructor(stateDir: string, series: string) {
    this.directory = join(stateDir, "mail");
    this.#series = series;
    this.#failurePath = join(this.directory, `${series}.failure.json`);
    this.#droppedPath = join(this.directory, `${series}.dropped.json`);
  }

  /** The names of the waiting mails, oldest first; none when the directory is missing. */
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
    return `${run}${SUFFIX}`;
  }

  /** Throws when a mail could not be written. */
  check(): void {
    const path = join(this.directory, `${this.#series}.test`);
    this.#writing(() => {
      this.#makeDirectory();
      // A block, as the disk may have room for a name alone.
      replaceDurably(path, new Uint8Array(4_096), 0o600);
      removeDurably(path);
    });
  }

  /**
   * Writes a mail, on the disk when it returns, and gives its name.
   *
   * @param run the new archive's name; it tells the runs apart
   */
  add(run: string, bytes: Uint8Array): string {
    const name = this.nameOf(run);
    this.#writing(() => {
      this.#makeDirectory();
      replaceDurably(join(this.directory, name), bytes, 0o600);
      removeAbandoned(this.directory, (other) => this.#timeOf(other) !== undefined);
    });
    return name;
  }

  /**
   * Drops the oldest mails when too many wait, remembers which, and gives their names.
   *
   * @param newest a mail that stays, whatever its date says: a clock may have been set back
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
  dropped(): DroppedMails {
    try {
      return readDropped(this.#droppedPath);
    } catch (error) {
      throw this.#cannot("read", error);
    }
  }

  /** Forgets the dropped mails that a delivered report has named. */
  forgetDropped(told: DroppedMails): void {
    this.#writing(() => forgetDropped(this.#droppedPath, told));
  }

  /**
   * Reads a mail. One that is damaged is moved aside.
   *
   * @throws {NoSuchMailError} when it is gone
   * @throws {UnreadableMailError} when it can't be read or is no mail
   */
  async read(name: string): Promise<Uint8Array> {
    const path = join(this.directory, name);
    try {
      const { isFile, size } = await Deno.lstat(path);
      if (!isFile) throw new Error("it is not a regular file");
      const bytes = size > LARGEST_OWN ? undefined : await readSmallFile(path, LARGEST_OWN);
      if (bytes !== undefined && isMail(bytes)) return bytes;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) {
        throw new NoSuchMailError(`The waiting mail "${path}" does not exist`, { cause: error });
      }
      const message = `Cannot read the waiting mail "${path}": ${reasonOf(error)}`;
      throw new UnreadableMailError(message, {
        hint: "Inspect the file; once it is moved away, no mail is waiting",
        cause: error,
      });
    }
    const aside = this.#setAside(path);
    throw new UnreadableMailError(`The waiting mail "${path}" is damaged; ${aside}`);
  }

  remove(name: string): void {
    this.#writing(() => removeDurably(join(this.directory, name)));
  }

  /** Notes for `autoborg status` why no mail can be sent now; `undefined`: mails can be sent. */
  setFailure(failure: MailFailure | undefined): void {
    this.#writing(() => {
      if (failure === undefined) return removeDurably(this.#failurePath);
      const note = { at: failure.at.toISOString(), reason: failure.reason };
      this.#makeDirectory();
      replaceDurably(this.#failurePath, `${JSON.stringify(note)}\n`, 0o600);
    });
  }

  /** Why the last mail could not be sent; `undefined` when it was. */
  async failure(): Promise<MailFailure | undefined> {
    try {
      const value: unknown = JSON.parse(await readSmallText(this.#failurePath));
      return isFailure(value) ? { at: new Date(value.at), reason: value.reason } : undefined;
    } catch {
      return undefined;
    }
  }

  #makeDirectory(): void {
    Deno.mkdirSync(this.directory, { recursive: true, mode: 0o700 });
  }

  /** What a person needs to know of a mail that goes; a damaged one has nothing to say. */
  #describe(name: string): { run: string; date: string; subject: string } {
    const run = name.slice(0, -SUFFIX.length);
    try {
      const bytes = readSmallFileSync(join(this.directory, name), LARGEST_OWN);
      return { run, date: headerField(bytes, "Date"), subject: headerField(bytes, "Subject") };
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
    if (!name.endsWith(SUFFIX)) return undefined;
    const run = parseArchiveName(name.slice(0, -SUFFIX.length));
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
    return new AppError(`Cannot ${what} the mail spool "${this.directory}": ${reasonOf(error)}`, {
      hint: "Check paths.state_dir",
      cause: error,
    });
  }
}

function isFailure(value: unknown): value is { readonly at: string; readonly reason: string } {
  return typeof value === "object" && value !== null && "at" in value && "reason" in value &&
    typeof value.at === "string" && !Number.isNaN(Date.parse(value.at)) &&
    typeof value.reason === "string";
}
