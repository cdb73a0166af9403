import { EMPTY_HASH, extendHash, slotOf } from "./plan_slots.ts";

/** Chooses among the files that Borg lists as new or changed, however many there are. */
export class ChangedFiles {
  readonly #most: number;
  readonly #seed: number;
  #found: { readonly path: string; readonly rank: number }[] = [];
  #bound = Infinity;

  /**
   * @param most how many are kept
   * @param seed another one each night, so that it is not always the same files
   */
  constructor(most: number, seed: string) {
    this.#most = most;
    this.#seed = extendHash(EMPTY_HASH, seed);
  }

  /** Hears of a file by its path in the archive. */
  add(path: string): void {
    if (this.#most === 0) return;
    const rank = slotOf(extendHash(this.#seed, path));
    // What Borg does not write as it is can't be asked for.
    if (rank >= this.#bound || path.includes("\ufffd") || path.includes("?")) return;
    this.#found.push({ path, rank });
    if (this.#found.length >= 4 * this.#most) this.#drop();
  }

  /** The chosen ones. */
  get paths(): readonly string[] {
    this.#drop();
    return this.#found.map(({ path }) => path);
  }

  #drop(): void {
    this.#found = this.#found.sort((a, b) => a.rank - b.rank).slice(0, this.#most);
    if (this.#found.length === this.#most) this.#bound = this.#found.at(-1)?.rank ?? Infinity;
  }
}
