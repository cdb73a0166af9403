/**
 * Judges what Borg could not read. Borg marks such a file `E`, goes on, makes the archive and ends
 * with a mere warning, even when a whole disk died under it; prune must not follow that.
 *
 * @module
 */
import type { BorgLine } from "../../borg/log_line.ts";
import type { Changes, Problem } from "../outcome.ts";

/** Up to this many unreadable files are single files; more of them are a failure. */
export const SINGLE_FILES = 10;
/** How many paths are named. */
const NAMED = 5;

/**
 * Errors of the medium, by Linux's numbers: EIO, ENXIO, ENODEV, ENODATA, EBADMSG, EOVERFLOW is not
 * one; ENOTCONN (a dead FUSE or network file system), ESTALE, EUCLEAN (file system damaged).
 */
const MEDIUM_ERRORS: ReadonlySet<number> = new Set([5, 6, 19, 61, 74, 107, 116, 117]);
const NOT_FOUND = 2;

/** Listens to `borg create` and counts what went wrong with single files. */
export class ReadTrouble {
  #added = 0;
  #modified = 0;
  #unreadable = 0;
  readonly #changed = new Sample();
  readonly #vanished = new Sample();
  readonly #refused = new Sample();
  readonly #broken = new Sample();
  readonly #directories = new Sample();
  readonly #other = new Sample();

  /**
   * Takes a line of Borg's.
   *
   * @param line any line
   */
  hear(line: BorgLine): void {
    if (line.kind === "file-status") this.#count(line.status);
    if (line.kind === "message" && line.level === "warning") this.#sort(line.text);
  }

  /** How many files Borg listed under each status. */
  get changes(): Changes {
    return {
      added: this.#added,
      modified: this.#modified,
      changedWhileRead: this.#changed.count,
      unreadable: this.#unreadable,
    };
  }

  /** What a person should know; empty when all was well. */
  get problems(): readonly Problem[] {
    return [
      ...about(
        this.#broken,
        "error",
        "could not be read because of an I/O error",
        "Check the disk",
      ),
      ...about(this.#directories, "error", "could not be opened: directories", "See who may read"),
      ...about(
        this.#refused,
        this.#refused.count > SINGLE_FILES ? "error" : "warning",
        "could not be read",
        "Exclude them, or let autoborg run as a user who may read them",
      ),
      ...about(this.#vanished, "warning", "vanished while they were read"),
      ...about(this.#changed, "warning", "changed while they were read"),
      ...this.#other.named.map((message): Problem => ({ severity: "warning", message })),
    ];
  }

  #count(status: string): void {
    if (status === "A") this.#added += 1;
    if (status === "M") this.#modified += 1;
    if (status === "E") this.#unreadable += 1;
  }

  #sort(text: string): void {
    const errno = /: \[Errno (\d+)\]/.exec(text)?.[1];
    const path = text.replace(/: (?:\w+: )?(?:\[Errno \d+\] |file changed while ).*$/s, "");
    if (errno === undefined) {
      const changed = /: file changed while we backed it up$/.test(text);
      (changed ? this.#changed : this.#other).take(changed ? path : text);
      return;
    }
    const number = Number(errno);
    if (MEDIUM_ERRORS.has(number)) this.#broken.take(path);
    else if (number === NOT_FOUND) this.#vanished.take(path);
    else if (/: (?:dir_open|scandir|listdir): \[Errno/.test(text)) this.#directories.take(path);
    else this.#refused.take(path);
  }
}

/** Counts everything, remembers the first ones. */
class Sample {
  count = 0;
  readonly named: string[] = [];

  take(text: string): void {
    this.count += 1;
    if (this.named.length < NAMED) this.named.push(text);
  }
}

function about(
  sample: Sample,
  severity: Problem["severity"],
  what: string,
  hint?: string,
): readonly Problem[] {
  if (sample.count === 0) return [];
  const names = sample.named.map((path) => JSON.stringify(path)).join(", ");
  const more = sample.count > sample.named.length ? ", …" : "";
  const files = sample.count === 1 ? "1 file" : `${sample.count} files`;
  const message = `${files} ${what}: ${names}${more}`;
  return [{ severity, message, ...(hint === undefined ? {} : { hint }) }];
}
