/**
 * Judges what Borg could not read. Borg marks such a file `E`, goes on, makes the archive and ends
 * with a mere warning, even when a whole disk died under it; prune must not follow that.
 *
 * @module
 */
import { humanCount } from "../../text/units.ts";
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
/**
 * ENOSPC and EDQUOT: no source says that when it is read. Borg before 1.4.5 takes what it can't write to
 * the repository for what it can't read (borg#9854), and leaves the file out.
 */
const NO_SPACE: ReadonlySet<number> = new Set([28, 122]);

/**
 * What Borg says about a file: `PATH: OPERATION: [Errno 13] Permission denied: 'NAME'`, where the
 * operation and the name may be missing. A name may itself hold what looks like an error.
 */
const READ_ERROR = /^(.*?): (?:(\w+): )?\[Errno (\d+)\] [^':]*(?:: (['"]).*\4)?$/s;
const CHANGED = /^(.*): file changed while we backed it up$/s;
const DIRECTORY_OPERATIONS: ReadonlySet<string> = new Set(["dir_open", "scandir", "listdir"]);

/** Listens to `borg create` and counts what went wrong with single files. */
export class ReadErrors {
  readonly #roots: ReadonlySet<string>;
  #added = 0;
  #modified = 0;
  #unreadable = 0;
  readonly #changed = new Sample();
  readonly #vanished = new Sample();
  readonly #refused = new Sample();
  readonly #broken = new Sample();
  readonly #unwritten = new Sample();
  readonly #directories = new Sample();
  readonly #sources = new Sample();
  readonly #other = new Sample();

  /** @param roots the sources as Borg was told them; without one of them the archive is no backup */
  constructor(roots: readonly string[] = []) {
    this.#roots = new Set(roots);
  }

  /** Takes a line of Borg's. */
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
    const refused = this.#refused.count > SINGLE_FILES ? "error" : "warning";
    return [
      ...about(this.#sources, "error", "source", "could not be read", "Check that it is mounted"),
      ...about(
        this.#unwritten,
        "error",
        "file",
        "could not be stored because the repository has no space left",
        "Free some space where the repository is",
      ),
      ...about(
        this.#broken,
        "error",
        "file",
        "could not be read because of an I/O error",
        "Check the disk",
      ),
      ...about(this.#directories, "error", "directory", "could not be read", MAY_READ),
      ...about(this.#refused, refused, "file", "could not be read", MAY_READ),
      ...about(this.#vanished, "warning", "file", "vanished while being read"),
      ...about(this.#changed, "warning", "file", "changed while being read"),
      ...this.#other.named.map((message): Problem => ({ severity: "warning", message })),
    ];
  }

  #count(status: string): void {
    if (status === "A") this.#added += 1;
    if (status === "M") this.#modified += 1;
    if (status === "E") this.#unreadable += 1;
  }

  #sort(text: string): void {
    const changed = CHANGED.exec(text)?.[1];
    if (changed !== undefined) return this.#changed.take(changed);
    const error = READ_ERROR.exec(text);
    if (error === null) return this.#other.take(text);
    const [, path = "", operation = "", errno] = error;
    this.#sampleOf(path, operation, Number(errno)).take(path);
  }

  #sampleOf(path: string, operation: string, errno: number): Sample {
    if (NO_SPACE.has(errno)) return this.#unwritten;
    if (MEDIUM_ERRORS.has(errno)) return this.#broken;
    if (this.#roots.has(path)) return this.#sources;
    if (errno === NOT_FOUND) return this.#vanished;
    return DIRECTORY_OPERATIONS.has(operation) ? this.#directories : this.#refused;
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

const MAY_READ = "Exclude it, or run autoborg as a user who may read it";
const PLURALS = { file: "files", directory: "directories", source: "sources" } as const;

function about(
  sample: Sample,
  severity: Problem["severity"],
  noun: keyof typeof PLURALS,
  what: string,
  hint?: string,
): readonly Problem[] {
  if (sample.count === 0) return [];
  const names = sample.named.map((path) => JSON.stringify(path)).join(", ");
  const more = sample.count > sample.named.length ? ", …" : "";
  const subject = sample.count === 1 ? `1 ${noun}` : `${humanCount(sample.count)} ${PLURALS[noun]}`;
  const message = `${subject} ${what}: ${names}${more}`;
  return [{ severity, message, ...(hint === undefined ? {} : { hint }) }];
}
