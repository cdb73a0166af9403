/**
 * Whether another user can change a directory while root writes into it: replace what is in it by a
 * link, so that the restore writes elsewhere.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { callerNumber } from "../files/path_safety.ts";
import { AppError, reasonOf } from "../errors.ts";
import { statusAt } from "../files/quick_looks.ts";

/** What is known of a directory. */
type DirectoryInfo = Pick<Deno.FileInfo, "uid" | "gid" | "mode">;

/** As many links as the kernel follows. */
const MOST_LINKS = 40;

/** The users who may change what is restored to: root, and ourselves. */
export class DirectoryTrust {
  readonly #trusted: ReadonlySet<number>;

  constructor(trusted: Iterable<number>) {
    this.#trusted = new Set(trusted);
  }

  /** Trusts root and the user who runs autoborg. */
  static ofCaller(): DirectoryTrust {
    // In a namespace of users the root directory belongs to "nobody", who stands for all others.
    return new DirectoryTrust([0, callerNumber() ?? 0, Deno.lstatSync("/").uid ?? 0]);
  }

  /**
   * Says who could replace what is in a directory.
   *
   * @param existing whether that is there already: in a directory like /tmp (sticky) nobody can
   *   replace what belongs to another user
   * @returns such as "user 1000"; `undefined` when nobody can
   */
  whoChanges(info: DirectoryInfo, existing: boolean): string | undefined {
    const { uid, gid, mode } = info;
    if (uid !== null && !this.#trusted.has(uid)) return `user ${uid}`;
    if (existing && ((mode ?? 0) & 0o1000) !== 0) return undefined;
    if (((mode ?? 0) & 0o002) !== 0) return "every user";
    if (((mode ?? 0) & 0o020) === 0) return undefined;
    // A group that has the number of a user is that user's own. Root's is not counted as such: an
    // access list that lets one user in shows as what its group may do.
    if (gid !== null && gid !== 0 && this.#trusted.has(gid)) return undefined;
    return `group ${gid}, or users in its access list,`;
  }

  /** Whether only its trusted owner gets below a directory, whatever is there. */
  isClosed({ uid, mode }: DirectoryInfo): boolean {
    return uid !== null && this.#trusted.has(uid) && ((mode ?? 0o777) & 0o011) === 0;
  }
}

/** A directory that is restored to, or that has yet to be made. */
export interface Target {
  /** Without symbolic links: those of the path that was given are followed once. */
  readonly path: string;
  readonly exists: boolean;
  /** Whether nobody else gets into it. */
  readonly closed: boolean;
  /** Who could lead the restore elsewhere, and by which directory; `undefined` when nobody can. */
  readonly danger: Danger | undefined;
}

/** A directory that another user can change. */
export interface Danger {
  readonly path: string;
  /** Such as "user 1000". */
  readonly who: string;
}

/**
 * Follows a path as the kernel does and looks at every directory on the way.
 *
 * @param path an absolute path
 * @throws {AppError} when it leads to something that is no directory, or can't be read
 */
export function followTarget(path: string, trust: DirectoryTrust): Target {
  try {
    return new Walk(trust).follow(path);
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError(`Cannot restore to "${path}": ${reasonOf(error)}`, { cause: error });
  }
}

class Walk {
  readonly #trust: DirectoryTrust;
  #danger: Danger | undefined;
  #links = 0;

  constructor(trust: DirectoryTrust) {
    this.#trust = trust;
  }

  follow(path: string): Target {
    const waiting = path.split("/").filter((part) => part !== "" && part !== ".");
    let here = "/";
    while (waiting.length > 0) {
      const name = waiting.shift() ?? "";
      if (name === "..") {
        here = dirname(here);
        continue;
      }
      const next = join(here, name);
      const info = statusAt(next);
      if (info === undefined) {
        // In a sticky directory we make it ourselves or fail: it is nobody else's then.
        this.#pass(here);
        const closed = this.#isClosed(here);
        return { path: join(next, ...waiting), exists: false, closed, danger: this.#danger };
      }
      this.#pass(here);
      if (info.isSymlink) {
        waiting.unshift(...this.#linkParts(path, next, info));
        if (Deno.readLinkSync(next).startsWith("/")) here = "/";
      } else if (info.isDirectory) here = next;
      else throw new AppError(`Cannot restore to "${path}": it is not a directory`);
    }
    const closed = this.#isClosed(here);
    if (!closed) this.#note(here, this.#trust.whoChanges(Deno.lstatSync(here), false));
    return { path: here, exists: true, closed, danger: this.#danger };
  }

  #linkParts(path: string, link: string, info: Deno.FileInfo): string[] {
    this.#links += 1;
    if (this.#links > MOST_LINKS) {
      throw new AppError(`Cannot restore to "${path}": it has too many symbolic links`);
    }
    // The owner of a link in a directory like /tmp can make it lead elsewhere.
    const owner = this.#trust.whoChanges({ ...info, mode: 0 }, true);
    if (!this.#isClosed(dirname(link))) this.#note(link, owner);
    return Deno.readLinkSync(link).split("/").filter((part) => part !== "" && part !== ".");
  }

  /** Goes through a directory to something that is in it. */
  #pass(directory: string): void {
    if (this.#isClosed(directory)) return;
    this.#note(directory, this.#trust.whoChanges(Deno.lstatSync(directory), true));
  }

  #note(path: string, who: string | undefined): void {
    if (who !== undefined) this.#danger ??= { path, who };
  }

  /** Whether the directory, or one above it, lets nobody else pass. */
  #isClosed(directory: string): boolean {
    for (let at = directory;; at = dirname(at)) {
      if (this.#trust.isClosed(Deno.lstatSync(at))) return true;
      if (at === "/") return false;
    }
  }
}
