/**
 * Remembers very many paths in little memory: 8 bytes for each.
 *
 * @module
 */

const FIRST_CAPACITY = 1 << 16;

/**
 * A set of paths that may take a path for known that is not, in one of some 4,000,000,000 cases for
 * each path in it, and never the other way round. A `Set` of JavaScript's ends at 16,777,216 values.
 */
export class PathSet {
  #slots = new Uint32Array(FIRST_CAPACITY);
  #count = 0;
  /** Nobody can know beforehand which paths look alike. */
  readonly #seed = crypto.getRandomValues(new Uint32Array(1))[0] ?? 1;

  /** Remembers a path. */
  add(path: string): void {
    if (this.#insert(this.#hash(path))) this.#count += 1;
    if (this.#count * 2 > this.#slots.length) this.#grow();
  }

  /**
   * Says whether a path was added.
   *
   * @returns false when it surely was not
   */
  has(path: string): boolean {
    const hash = this.#hash(path);
    const mask = this.#slots.length - 1;
    for (let at = hash & mask;; at = (at + 1) & mask) {
      const slot = this.#slots[at] ?? 0;
      if (slot === hash) return true;
      if (slot === 0) return false;
    }
  }

  #insert(hash: number): boolean {
    const mask = this.#slots.length - 1;
    for (let at = hash & mask;; at = (at + 1) & mask) {
      const slot = this.#slots[at] ?? 0;
      if (slot === hash) return false;
      if (slot !== 0) continue;
      this.#slots[at] = hash;
      return true;
    }
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Uint32Array(old.length * 2);
    for (const hash of old) if (hash !== 0) this.#insert(hash);
  }

  /** FNV-1a with a mix at the end; never 0, which stands for an empty place. */
  #hash(text: string): number {
    let hash = this.#seed ^ 0x811c9dc5;
    for (let at = 0; at < text.length; at += 1) {
      hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
    }
    hash = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
    hash = (hash ^ (hash >>> 15)) >>> 0;
    return hash === 0 ? 1 : hash;
  }
}
