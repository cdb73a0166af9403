/**
 * Tracks when Borg gives a directory its owner and mode: as soon as an entry comes that is not below
 * it. Until then the directory is root's alone; what comes later for the same directory would be
 * written where another user may have put a link in the meantime.
 *
 * Borg archives each directory in one piece, unless sources overlap or an attacker made the archive.
 *
 * @module
 */
import type { Entry } from "../borg/entries.ts";
import { PathSet } from "./path_set.ts";

/** Follows the entries that are extracted, in their order. */
export class RestoreOrder {
  readonly #finished = new PathSet();
  /** Directories that another user can change once they are finished, and by whom. */
  readonly #changeable = new Map<string, string>();
  /** What came for a finished directory of which it is not known whose it is. */
  readonly #late = new Map<string, Entry[]>();
  #last = "";

  /**
   * Says why the next entry must not be extracted; `undefined` when it may. The path is the entry's
   * from `canonicalPath`.
   */
  judge(path: string, entry: Entry): string | undefined {
    const shared = this.#leave(path);
    for (let end = path.lastIndexOf("/"); end > shared; end = path.lastIndexOf("/", end - 1)) {
      const parent = path.slice(0, end);
      if (!this.#finished.has(parent)) continue;
      const who = this.#changeable.get(parent);
      if (who !== undefined) return comesLate(parent, who);
      const late = this.#late.get(parent);
      if (late === undefined) this.#late.set(parent, [entry]);
      else late.push(entry);
    }
    if (entry.type === "directory") this.#note(path, entry);
    return undefined;
  }

  /**
   * Takes a directory that is extracted, too, but was not known when its entries were judged.
   *
   * @returns the entries that came after it was finished, if another user can change it then
   */
  reentered(
    path: string,
    entry: Entry,
  ): readonly { readonly entry: Entry; readonly why: string }[] {
    const who = this.#note(path, entry);
    if (who === undefined) return [];
    return (this.#late.get(path) ?? []).map((late) => ({ entry: late, why: comesLate(path, who) }));
  }

  /** Finishes what the next path is not below; gives the length of what it shares with the last. */
  #leave(path: string): number {
    const last = this.#last;
    this.#last = path;
    let shared = 0;
    while (shared < last.length && last[shared] === path[shared]) shared += 1;
    // The last directory itself, and then all above it that are not above the next path.
    for (let end = last.length; end > 0; end = last.lastIndexOf("/", end - 1)) {
      const isAbove = end <= shared && (path.length === end || path[end] === "/");
      if (isAbove) return end;
      this.#finished.add(last.slice(0, end));
    }
    return 0;
  }

  #note(path: string, entry: Entry): string | undefined {
    const who = whoChanges(entry);
    if (who !== undefined) this.#changeable.set(path, who);
    return who;
  }
}

/** Borg gives the directory to the owner by name or, on request, by number. */
function whoChanges({ user, uid = 0, mode }: Entry): string | undefined {
  // Who has no name in the archive is listed with the number, or with nothing.
  const isNamed = !/^\d*$/.test(user);
  if (isNamed && user !== "root") return `the user ${JSON.stringify(user)}`;
  if (uid !== 0) return `user ${uid}`;
  // An access list shows as what the group may do.
  return mode[5] === "w" || mode[8] === "w" ? "another user" : undefined;
}

function comesLate(parent: string, who: string): string {
  return `it comes after ${JSON.stringify(parent)}, which ${who} can change by then; ` +
    `restore it alone, or to a directory that only root can enter`;
}
