/**
 * Tells files that Borg could not restore from attributes that it could not set, by its warnings.
 *
 * @module
 */

/** At most this many are named. */
const NAMED = 5;

/**
 * Borg could not set owner, mode, times or access control list: EPERM, EACCES, EINVAL, ERANGE, ENODATA
 * or ENOTSUP.
 */
const ATTRIBUTES = /^(.*): attrs: \[Errno (?:1|13|22|34|61|95)\] /s;

/** What Borg says of an extended attribute that it could not set. */
const EXTENDED = /^(?:Warning: )?(?:[^:]*: )?when setting extended attribute /i;

/** Collects what Borg could not restore. */
export class Losses {
  readonly #root: string;
  /** The first ones, as Borg said it. */
  readonly named: string[] = [];
  count = 0;

  /** @param root the directory that is restored to */
  constructor(root: string) {
    this.#root = root;
  }

  /** Adds a warning of Borg's, if it tells of a loss. */
  add(text: string): void {
    if (this.#isHarmless(text)) return;
    this.count += 1;
    if (this.named.length < NAMED) this.named.push(text);
  }

  /** Borg says "attrs" also of what it did next, so the file must be there, too. */
  #isHarmless(text: string): boolean {
    if (EXTENDED.test(text)) return true;
    if (/^Include pattern '.*' never matched\.?$/s.test(text)) return true;
    const path = ATTRIBUTES.exec(text)?.[1];
    // A name that looks like a message is taken for a loss.
    if (path === undefined || text.split("[Errno ").length !== 2) return false;
    try {
      Deno.lstatSync(`${this.#root}/${path}`);
      return true;
    } catch {
      return false;
    }
  }
}
