/**
 * Mails that could not be sent yet. A report is written down here before it is sent, so that a
 * process that is killed meanwhile loses none.
 *
 * One file a mail, in the form of RFC 5322, below `mail/` in the state directory.
 *
 * @module
 */
import { join } from "node:path";
import { parseArchiveName } from "../archive_name.ts";
import { AppError, reasonOf } from "../errors.ts";

/** How many mails of a series wait at most; the oldest go first. */
export const MOST_WAITING = 20;

const SUFFIX = ".eml";

/** Why the last mail was not sent. */
export interface MailFailure {
  readonly at: Date;
  /** A sentence without a full stop, free of secrets. */
  readonly reason: string;
}

/** The waiting mails of one series. */
export class MailSpool {
  /** The directory. */
  readonly directory: string;
  readonly #series: string;

  /**
   * @param stateDir the state directory
   * @param series the name of the series; other series look after their own mails
   */
  constructor(stateDir: string, series: string) {
    this.directory = join(stateDir, "mail");
    this.#series = series;
  }

  /**
   * Lists the waiting mails.
   *
   * @returns their names, oldest first; none when the directory is not there
   * @throws {AppError} when it can't be read
   */
  async list(): Promise<readonly string[]> {
    const found: { name: string; time: number }[] = [];
    try {
      for await (const { name, isFile } of Deno.readDir(this.directory)) {
        const time = isFile ? this.#timeOf(name) : undefined;
        if (time !== undefined) found.push({ name, time });
      }
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return [];
      throw this.#cannot("read", error);
    }
    return found.toSorted((a, b) => a.time - b.time || (a.name < b.name ? -1 : 1))
      .map(({ name }) => name);
  }

  /**
   * Writes a mail down, on the disk when it returns. When too many wait, the oldest go.
   *
   * @param run the new archive's name; it tells the runs apart
   * @param bytes the mail
   * @returns its name, and how many old ones went
   * @throws {AppError} when it can't be written
   */
  async add(
    run: string,
    bytes: Uint8Array,
  ): Promise<{ readonly name: string; readonly dropped: number }> {
    const name = `${run}${SUFFIX}`;
    const path = join(this.directory, name);
    try {
      await Deno.mkdir(this.directory, { recursive: true, mode: 0o700 });
      await writeDurably(`${path}.new`, bytes);
      await Deno.rename(`${path}.new`, path);
    } catch (error) {
      throw this.#cannot("write to", error);
    }
    const expired = (await this.list()).slice(0, -MOST_WAITING);
    for (const old of expired) await this.remove(old);
    return { name, dropped: expired.length };
  }

  /**
   * Reads a mail.
   *
   * @param name from `list()`
   * @throws {AppError} when it can't be read
   */
  async read(name: string): Promise<Uint8Array> {
    try {
      return await Deno.readFile(join(this.directory, name));
    } catch (error) {
      throw this.#cannot("read", error);
    }
  }

  /**
   * Removes a mail that was sent.
   *
   * @param name from `list()` or `add()`
   * @throws {AppError} when it can't be removed
   */
  async remove(name: string): Promise<void> {
    try {
      await Deno.remove(join(this.directory, name));
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw this.#cannot("write to", error);
    }
  }

  /**
   * Writes down why no mail can be sent now, for `autoborg status`.
   *
   * @param failure why; `undefined` when mails can be sent again
   * @throws {AppError} when it can't be written
   */
  async setFailure(failure: MailFailure | undefined): Promise<void> {
    const path = this.#failurePath();
    try {
      if (failure !== undefined) {
        await Deno.mkdir(this.directory, { recursive: true, mode: 0o700 });
        const text = JSON.stringify({ at: failure.at.toISOString(), reason: failure.reason });
        await writeDurably(path, new TextEncoder().encode(`${text}\n`));
      } else await Deno.remove(path);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw this.#cannot("write to", error);
    }
  }

  /**
   * Why no mail could be sent the last time.
   *
   * @returns why; `undefined` when the last one was sent
   */
  async failure(): Promise<MailFailure | undefined> {
    try {
      const value: unknown = JSON.parse(await Deno.readTextFile(this.#failurePath()));
      return isFailure(value) ? { at: new Date(value.at), reason: value.reason } : undefined;
    } catch {
      return undefined;
    }
  }

  #failurePath(): string {
    return join(this.directory, `${this.#series}.failure.json`);
  }

  #timeOf(name: string): number | undefined {
    if (!name.endsWith(SUFFIX)) return undefined;
    const run = parseArchiveName(name.slice(0, -SUFFIX.length));
    return run?.series === this.#series ? run.startedAt.getTime() : undefined;
  }

  #cannot(what: string, error: unknown): AppError {
    return new AppError(`Cannot ${what} the mail spool "${this.directory}": ${reasonOf(error)}`, {
      hint: "See paths.state_dir",
      cause: error,
    });
  }
}

async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  using file = await Deno.open(path, { write: true, create: true, truncate: true, mode: 0o600 });
  for (let done = 0; done < bytes.length;) done += await file.write(bytes.subarray(done));
  await file.sync();
}

function isFailure(value: unknown): value is { readonly at: string; readonly reason: string } {
  return typeof value === "object" && value !== null && "at" in value && "reason" in value &&
    typeof value.at === "string" && !Number.isNaN(Date.parse(value.at)) &&
    typeof value.reason === "string";
}
