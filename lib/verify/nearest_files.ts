/** Collects the files of a night's share while the sources are walked, in bounded memory. @module */
import type { NightlyShare } from "./nightly_share.ts";
import { SLOTS } from "./plan_slots.ts";

/** A file and its distance from the slot that the night begins with. */
export interface NearFile {
  /** Relative to the root of the sources. */
  readonly path: string;
  readonly distance: number;
}

/** The most files of one night. */
const MOST = 100_000;
/** More than this many are sorted, and those that are too far away dropped. */
const FIRST_LIMIT = 4_096;

/** Keeps the files whose slots are due, and more when these are few: always the nearest ones. */
export class NearestFiles {
  readonly #share: NightlyShare;
  readonly #least: number;
  readonly #most: number;
  #limit = FIRST_LIMIT;
  #found: NearFile[] = [];
  #covered = SLOTS;

  /**
   * @param least how many files are kept even if they are not due
   * @param most how many are kept at most
   */
  constructor(share: NightlyShare, least: number, most = MOST) {
    this.#share = share;
    this.#least = least;
    this.#most = most;
  }

  /** Takes a file for one that exists; its path is that of the directory, a slash, and its name. */
  offer(directory: string, name: string, slot: number): void {
    const distance = slot >= this.#share.from
      ? slot - this.#share.from
      : slot - this.#share.from + SLOTS;
    if (distance >= this.#covered) return;
    this.#found.push({ path: directory + name, distance });
    if (this.#found.length >= this.#limit) this.#drop();
  }

  /** How many slots it knows all files of, counted from the first one. */
  get covered(): number {
    return this.#covered;
  }

  /** The files, the nearest one first. */
  get files(): readonly NearFile[] {
    this.#drop();
    return this.#found;
  }

  /** Forgets what is neither due nor needed; files of the same slot stay together. */
  #drop(): void {
    const sorted = this.#found.sort((a, b) => a.distance - b.distance);
    const isKept = ({ distance }: NearFile, index: number) =>
      index < this.#most && (index < this.#least || distance < this.#share.due);
    let end = sorted.findIndex((file, index) => !isKept(file, index));
    if (end >= 0) {
      while (
        end > 0 && end < sorted.length && sorted[end]?.distance === sorted[end - 1]?.distance
      ) {
        end += 1;
      }
      this.#covered = sorted[end]?.distance ?? this.#covered;
      this.#found = sorted.slice(0, end);
    }
    this.#limit = Math.max(FIRST_LIMIT, 2 * this.#found.length);
  }
}
