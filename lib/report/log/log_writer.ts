/**
 * Writes a log file entry by entry, and goes on when the disk is full for a while: a log that lacks
 * entries is said to be incomplete, and never ends a run.
 *
 * @module
 */
import { dirname } from "node:path";
import type { Problem } from "../../backup/outcome.ts";
import { reasonOf } from "../../errors.ts";
import { setOpenMode } from "../../files/durable_file.ts";
import { makePrivateDirectory } from "../../files/private_directory.ts";
import { statusAt } from "../../files/quick_looks.ts";
import { localSecond, logTime } from "../../text/local_time.ts";

/** Bits of a log file: its owner writes, its group reads, nobody else sees it. */
const MODE = 0o640;

/** After a failure nothing is tried for so long, in milliseconds: each try costs time. */
const PAUSE = 100;

interface Gap {
  readonly since: Date;
  until: Date;
  readonly reason: string;
  missing: number;
}

/** A log file that is being written. */
export class LogWriter {
  readonly #path: string;
  readonly #pause: number;
  readonly #problems = new Map<string, Problem>();
  #file: Deno.FsFile | undefined;
  /** The last entry is there only in part. */
  #torn = false;
  /** What could not be written since the last entry that was. */
  #open: Gap | undefined;
  /** All gaps up to that. */
  #closed: Gap | undefined;
  #trouble: string | undefined;
  #nextTry = 0;

  /** @param pause for how long nothing is tried after a failure, in milliseconds */
  constructor(path: string, pause: number = PAUSE) {
    this.#path = path;
    this.#pause = pause;
  }

  /**
   * Makes the file; when that fails, each entry tries it again.
   *
   * @throws {Error} Deno's own, when there is such a file already
   */
  begin(): void {
    try {
      this.#create();
    } catch (error) {
      if (error instanceof Deno.errors.AlreadyExists) throw error;
      const now = new Date();
      this.#open = { since: now, until: now, reason: reasonOf(error), missing: 0 };
    }
  }

  /** Writes an entry. It never throws. */
  append(text: string): void {
    const now = new Date();
    if (this.#open !== undefined && performance.now() < this.#nextTry) {
      return this.#lose(this.#open, now);
    }
    try {
      if (this.#file === undefined) this.#create();
      if (this.#open !== undefined && this.#open.missing > 0) this.#write(this.#mark(this.#open));
      this.#closeGap();
      this.#write(text);
    } catch (error) {
      this.#open ??= { since: now, until: now, reason: reasonOf(error), missing: 0 };
      this.#lose(this.#open, now);
      this.#nextTry = performance.now() + this.#pause;
    }
  }

  /** Brings what was written to the disk, and looks whether the file is still where it was. */
  flush(): void {
    if (this.#file === undefined) return;
    try {
      // Many file systems say only now that the disk is broken or, over a network, full.
      this.#file.syncSync();
    } catch (error) {
      this.#trouble ??= `${reasonOf(error)}, at ${localSecond(new Date())}: ` +
        "entries before that may be missing";
    }
    this.#lookForFile(this.#file);
  }

  close(): void {
    this.flush();
    this.#file?.close();
    this.#file = undefined;
  }

  /** What is wrong with the log, in the same object as long as it is the same. */
  get problem(): Problem | undefined {
    const reasons = [this.#trouble, gapText(this.#closed), this.#openText()];
    const known = reasons.filter((reason) => reason !== undefined);
    if (known.length === 0) return undefined;
    const message = this.#file === undefined && this.#closed === undefined && !this.#trouble
      ? `Cannot create the log file "${this.#path}": ${this.#open?.reason}`
      : `The log "${this.#path}" is incomplete: ${known.join("; ")}`;
    const problem = this.#problems.get(message) ?? {
      severity: "warning",
      message,
      hint: "Check that logs.directory has space left and is writable",
    };
    this.#problems.set(message, problem);
    return problem;
  }

  #create(): void {
    const options = { append: true, createNew: true, mode: MODE };
    try {
      this.#file = Deno.openSync(this.#path, options);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      const directory = { path: dirname(this.#path), key: "logs.directory", mode: 0o750 };
      makePrivateDirectory({ ...directory, link: "allowed" });
      this.#file = Deno.openSync(this.#path, options);
    }
    setOpenMode(this.#file, this.#path, MODE);
    this.#torn = false;
  }

  #write(text: string): void {
    const file = this.#file;
    if (file === undefined) throw new Error("the file is closed");
    const bytes = new TextEncoder().encode(this.#torn ? `\n${text}` : text);
    let done = 0;
    try {
      while (done < bytes.length) done += file.writeSync(bytes.subarray(done));
      this.#torn = false;
    } catch (error) {
      if (done > 0) this.#torn = true;
      throw error;
    }
  }

  #lose(gap: Gap, now: Date): void {
    gap.missing++;
    gap.until = now;
  }

  /** A line that stands where entries are missing. */
  #mark({ missing, since, reason }: Gap): string {
    const entries = missing === 1 ? "1 entry is" : `${missing} entries are`;
    return `${logTime(new Date())} WARNING ${entries} missing here, since ` +
      `${localSecond(since)}: ${reason}\n`;
  }

  #closeGap(): void {
    const gap = this.#open;
    this.#open = undefined;
    if (gap === undefined || gap.missing === 0) return;
    if (this.#closed === undefined) this.#closed = gap;
    else {
      this.#closed.missing += gap.missing;
      this.#closed.until = gap.until;
    }
  }

  #openText(): string | undefined {
    if (this.#open === undefined) return undefined;
    const { reason, since } = this.#open;
    return `${reason}, nothing could be written since ${localSecond(since)}`;
  }

  /** A log that was moved or removed meanwhile is started again; entries must not go to nowhere. */
  #lookForFile(file: Deno.FsFile): void {
    try {
      const there = inodeOf(this.#path);
      const { dev, ino } = file.statSync();
      if (there === `${dev} ${ino}`) return;
      const at = localSecond(new Date());
      if (there !== undefined) {
        this.#trouble ??= `another file had taken its place at ${at}, entries go to the old one`;
        return;
      }
      this.#trouble ??= `the file was moved or removed before ${at}, a new one is started there`;
      this.#file = undefined;
      file.close();
      this.append(
        `${logTime(new Date())} WARNING The log was moved or removed; it continues here\n`,
      );
    } catch (error) {
      this.#trouble ??= `${reasonOf(error)}, at ${localSecond(new Date())}`;
    }
  }
}

function inodeOf(path: string): string | undefined {
  const info = statusAt(path);
  return info === undefined ? undefined : `${info.dev} ${info.ino}`;
}

function gapText(gap: Gap | undefined): string | undefined {
  if (gap === undefined) return undefined;
  const { reason, missing, since, until } = gap;
  const entries = missing === 1 ? "1 entry is" : `${missing} entries are`;
  return `${reason}, ${entries} missing from ${localSecond(since)} to ${localSecond(until)}`;
}
