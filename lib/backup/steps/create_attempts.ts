/**
 * What Borg said in all attempts at one archive. An attempt that lost its connection may have left a
 * checkpoint: what is in it is neither listed nor counted as new by the next one.
 *
 * @module
 */
import type { BorgLine } from "../../borg/log_line.ts";
import { Contributors } from "../../inspect/contributors.ts";
import { SourceTally } from "../../inspect/source_tally.ts";
import type { StagedRoot } from "../../staging/staging.ts";
import type { Changes, CheckpointStats } from "../outcome.ts";
import type { ChangedFiles } from "../../verify/changed_files.ts";
import { CheckpointWatch } from "./checkpoint.ts";
import type { ListedFiles } from "./inspect_archive.ts";
import { ReadErrors } from "./read_errors.ts";

/** What Borg has listed. */
interface Listing extends ListedFiles {
  readonly contributors: Contributors;
  counts: { readonly added: number; readonly modified: number };
}

/** Listens to every `borg create` that is to make the same archive. */
export class CreateAttempts {
  readonly #sources: readonly string[];
  #listing: Listing;
  /** As it was when Borg last wrote down for good what it had read. */
  #committed: Listing;
  #errors: ReadErrors;
  #watch = new CheckpointWatch();
  /** Bytes in the checkpoints of earlier attempts, */
  #carried = 0;
  /** and in that of the last attempt that has read anything. */
  #left = 0;
  /** What an attempt has said before it read anything; `undefined` since then. */
  #held: BorgLine[] | undefined = [];
  #attempts = 0;

  /** @param sources the sources as Borg gets them */
  constructor(
    roots: readonly StagedRoot[],
    sources: readonly string[],
    readonly changed: ChangedFiles,
  ) {
    this.#sources = sources;
    this.#errors = new ReadErrors(sources);
    this.#listing = {
      added: new SourceTally(roots),
      modified: new SourceTally(roots),
      contributors: new Contributors(),
      counts: { added: 0, modified: 0 },
    };
    this.#committed = copyOf(this.#listing);
  }

  /** Another attempt begins. What is known of the one before counts until this one reads anything. */
  begin(): void {
    this.#held = [];
    this.#attempts += 1;
  }

  /** Takes a line of Borg's. */
  hear(line: BorgLine): void {
    if (this.#attempts > 1 && isOfOwnLock(line)) return;
    if (this.#held !== undefined) {
      if (!isOfFiles(line)) return void this.#held.push(line);
      this.#startAnew(this.#held);
    }
    this.#take(line);
  }

  /** The attempt has made the archive. */
  succeeded(): void {
    if (this.#held !== undefined) this.#startAnew(this.#held);
  }

  #take(line: BorgLine): void {
    this.#errors.hear(line);
    this.#watch.hear(line);
    this.#listing.contributors.hear(line);
    if (line.kind === "file-status") this.#count(line);
    if (line.kind === "commit") this.#committed = copyOf(this.#listing);
  }

  /** An attempt has failed. */
  failed(checkpoint: CheckpointStats | undefined): void {
    if (this.#held === undefined) this.#left = checkpoint?.newSize ?? 0;
  }

  /** How many files of each source Borg listed. */
  get listed(): ListedFiles {
    return this.#listing;
  }

  /** How many files Borg listed under each status. */
  get changes(): Changes {
    // What could not be read, or changed meanwhile, is read again by every attempt.
    return { ...this.#errors.changes, ...this.#listing.counts };
  }

  /** The directories with the most new and changed files. */
  get contributors(): Contributors["largest"] {
    return this.#listing.contributors.largest;
  }

  /** What went wrong with single files in the last attempt that has read anything. */
  get errors(): ReadErrors {
    return this.#errors;
  }

  /** What the last attempt that has read anything has written down for good. */
  get checkpoint(): CheckpointWatch {
    return this.#watch;
  }

  /** Bytes that earlier attempts than the last one that has read anything left in checkpoints. */
  get carried(): number {
    return this.#carried;
  }

  #startAnew(held: readonly BorgLine[]): void {
    this.#held = undefined;
    this.#listing = copyOf(this.#committed);
    this.#carried += this.#left;
    this.#left = 0;
    this.#errors = new ReadErrors(this.#sources);
    this.#watch = new CheckpointWatch();
    for (const line of held) this.#take(line);
  }

  #count({ status, path }: Extract<BorgLine, { kind: "file-status" }>): void {
    const file = { path, isFile: true, size: 0 };
    const { added, modified, counts } = this.#listing;
    if (status === "A" || status === "M") this.changed.add(path);
    if (status === "A") {
      added.add(file);
      this.#listing.counts = { ...counts, added: counts.added + 1 };
    }
    if (status === "M") {
      modified.add(file);
      this.#listing.counts = { ...counts, modified: counts.modified + 1 };
    }
  }
}

/** Borg removes by itself the lock that the attempt before has left, and warns of it. */
function isOfOwnLock(line: BorgLine): boolean {
  return line.kind === "message" &&
    /^(?:Remote: )?(?:Killed stale lock|Removed stale \w+ roster lock) /.test(line.text);
}

function isOfFiles({ kind }: BorgLine): boolean {
  return kind === "file-status" || kind === "archive-progress";
}

function copyOf({ added, modified, contributors, counts }: Listing): Listing {
  return {
    added: added.copy(),
    modified: modified.copy(),
    contributors: contributors.copy(),
    counts,
  };
}
