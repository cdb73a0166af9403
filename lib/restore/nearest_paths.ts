/**
 * Finds the paths of an archive that are most similar to one that it does not have. Pure.
 *
 * @module
 */
import { distance } from "../text/nearest.ts";

/** How many are kept. */
const KEPT = 3;

/** Takes every path of an archive and keeps the most similar ones, the nearest first. */
export class NearestPaths {
  readonly #directory: string;
  readonly #name: string;
  readonly #allowed: number;
  #best: { readonly path: string; readonly score: number }[] = [];

  /** @param path the one to look for, without a leading slash */
  constructor(path: string) {
    const slash = path.lastIndexOf("/");
    this.#directory = slash < 0 ? "" : path.slice(0, slash);
    this.#name = path.slice(slash + 1);
    this.#allowed = Math.max(1, Math.floor(this.#name.length / 3));
  }

  consider(path: string): void {
    const slash = path.lastIndexOf("/");
    const name = path.slice(slash + 1);
    // Comparing letter by letter takes time, and an archive has millions of names.
    if (Math.abs(name.length - this.#name.length) > this.#allowed + 2) return;
    const unlike = name === this.#name ? 0 : distance(this.#name, name);
    if (unlike > this.#allowed) return;
    const directory = slash < 0 ? "" : path.slice(0, slash);
    // The same name in another directory is meant as often as another name in the same directory.
    const score = 2 * unlike + (directory === this.#directory ? 0 : 1) +
      Math.min(0.9, distance(this.#directory.slice(-64), directory.slice(-64)) / 64);
    this.#best = [...this.#best, { path, score }].sort((a, b) => a.score - b.score).slice(0, KEPT);
  }

  get found(): readonly string[] {
    return this.#best.map(({ path }) => path);
  }
}
