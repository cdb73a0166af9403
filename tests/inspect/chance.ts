/** Numbers that look random and are the same each time. @module */

/** A stream of random numbers that begins anew with each seed. */
export class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** From 0 up to, but not including, 1 (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** A number between two others, each as likely. */
  between(least: number, most: number): number {
    return least + this.next() * (most - least);
  }

  /** A whole number between two others, both included. */
  whole(least: number, most: number): number {
    return Math.floor(this.between(least, most + 1));
  }

  /** Whether something happens that has this probability. */
  happens(probability: number): boolean {
    return this.next() < probability;
  }

  /** One of these. */
  pick<Value>(values: readonly Value[]): Value {
    const at = this.whole(0, values.length - 1);
    const [value] = values.slice(at, at + 1);
    if (value === undefined) throw new Error("there is nothing to pick");
    return value;
  }

  /** Normally distributed, around 0, with the standard deviation 1. */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.next()));
    return radius * Math.cos(2 * Math.PI * this.next());
  }

  /** Log-normally distributed around 1, the tail heavier with the spread. */
  around(spread: number): number {
    return Math.exp(spread * this.normal());
  }

  /** How many of `count` things happen that each have this probability. */
  some(count: number, probability: number): number {
    const mean = count * probability;
    if (count < 60) {
      let happened = 0;
      for (let one = 0; one < count; one += 1) happened += Number(this.happens(probability));
      return happened;
    }
    const spread = Math.sqrt(mean * (1 - probability));
    return Math.max(0, Math.min(count, Math.round(mean + spread * this.normal())));
  }
}
