/** Remembers very many paths in little memory: 8 bytes for each. @module */

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

  /** Adds a path. */
  add(path: string): void {
    const hash = this.#hash(path);
    const at = this.#slotOf(hash);
    if (this.#slots[at] === hash) return;
    this.#slots[at] = hash;
    this.#count += 1;
    if (this.#count * 2 > this.#slots.length) this.#grow();
  }

  /** Whether a path was added; false is certain. */
  has(path: string): boolean {
    const hash = this.#hash(path);
    return this.#slots[this.#slotOf(hash)] === hash;
  }

  /** The slot that holds a hash, or the empty one where it belongs. */
  #slotOf(hash: number): number {
    const mask = this.#slots.length - 1;
    let at = hash & mask;
    while (this.#slots[at] !== 0 && this.#slots[at] !== hash) at = (at + 1) & mask;
    return at;
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Uint32Array(old.length * 2);
    for (const hash of old) if (hash !== 0) this.#slots[this.#slotOf(hash)] = hash;
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
