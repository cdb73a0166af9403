/**
 * Finds what is in the way in the directory that is restored to. Borg itself would replace it without
 * a word, and follow a symbolic link out of the directory.
 *
 * @module
 */
import type { Entry } from "../borg/entries.ts";
import { isEmptyDirectory } from "../files/quick_looks.ts";
import { parentOf } from "../text/path_parts.ts";
import type { Danger, DirectoryTrust } from "./directory_trust.ts";
import { canonicalPath } from "./entry_guard.ts";

/** How many conflicts are named. */
const NAMED = 10;

/** What stands at a path of the target. */
type Standing =
  /** `closed`: nobody else gets below it. */
  | { readonly kind: "directory"; readonly closed: boolean; readonly writer: string | undefined }
  | { readonly kind: "nothing" }
  /** `link`: the path of the symbolic link, if it is one. `unread`: a directory we can't look into. */
  | { readonly kind: "other"; readonly link?: string; readonly unread?: true };

const NOTHING = { kind: "nothing" } as const;
const OTHER = { kind: "other" } as const;
const UNREAD = { kind: "other", unread: true } as const;

/** What is in the way. */
export interface Conflicts {
  count: number;
  /** The first ones, each with what is wrong. */
  readonly named: string[];
  /** Whether all of them could be replaced, and none is behind a link. */
  replaceable: boolean;
  /** A directory that would be written into and that another user can change. */
  danger: Danger | undefined;
  /**
   * Symbolic links, and files with several names, that are to be replaced. They must be gone before
   * Borg comes: where it can't remove one it writes through it.
   */
  readonly replaced: string[];
}

/** Nothing is in the way. */
export function noConflicts(): Conflicts {
  return { count: 0, named: [], replaceable: true, danger: undefined, replaced: [] };
}

/** Checks the target for each entry that would be restored. */
export class ConflictSearch {
  readonly found = noConflicts();
  readonly #target: string;
  readonly #overwrite: boolean;
  readonly #trust: DirectoryTrust | undefined;
  readonly #parents = new Map<string, Standing>();

  /**
   * @param target an existing directory, without symbolic links on the way
   * @param trust whom we trust; left out when nobody else can get into the target, or when it does
   *   not matter
   */
  constructor(target: string, overwrite: boolean, trust?: DirectoryTrust) {
    this.#target = target;
    this.#overwrite = overwrite;
    this.#trust = trust;
    this.#parents.set("", { kind: "directory", closed: trust === undefined, writer: undefined });
  }

  /** Checks whether something is in the way of an entry. */
  consider(entry: Pick<Entry, "path" | "type">): void {
    const { type } = entry;
    // What leads out of the target is not restored at all.
    const path = canonicalPath(entry.path) ?? "";
    if (path === "") return;
    const above = parentOf(path);
    const parent = this.#parent(above);
    if (parent.kind === "nothing") return this.#pass(path, type);
    if (parent.kind === "other") return this.#blocked(path, belowWhat(parent));
    const standing = this.#standing(path, parent.closed);
    if (standing.kind === "nothing") this.#note(above, parent.writer);
    if (this.#overwrite) this.#replace(path, type, standing);
    else if (!this.#isFree(path, type, standing)) this.#blocked(path, "exists", true);
  }

  /** Whether a restore has to make a directory; false also when something else is in its place. */
  isMissing(path: string): boolean {
    return this.#parent(path).kind === "nothing";
  }

  #replace(path: string, type: Entry["type"], standing: Standing): void {
    if (standing.kind !== "other") return;
    if (standing.unread === true && type === "directory") {
      this.#parents.set(path, standing);
      return;
    }
    if (standing.link !== undefined && lstat(this.#path(path)) === undefined) {
      return this.#blocked(path, "is a symbolic link whose name cannot be read");
    }
    if (standing.link !== undefined || this.#hasSeveralNames(path)) {
      this.found.replaced.push(this.#path(path));
    }
    // A file is removed by Borg, which makes a directory then.
    if (type === "directory") this.#parents.set(path, NOTHING);
  }

  /** Borg makes a directory of what is not there, so what lies below it goes where it should. */
  #pass(path: string, type: Entry["type"]): void {
    if (type === "directory" && this.#overwrite) this.#parents.set(path, NOTHING);
  }

  #parent(path: string): Standing {
    const known = this.#parents.get(path);
    if (known !== undefined) return known;
    const above = parentOf(path);
    const outer = this.#parent(above);
    const here = outer.kind === "directory" ? this.#standing(path, outer.closed) : outer;
    if (outer.kind === "directory" && here.kind === "nothing") this.#note(above, outer.writer);
    this.#parents.set(path, here);
    return here;
  }

  #standing(path: string, closed: boolean): Standing {
    const alike = path.includes("?") ? this.#standingUnread(path) : undefined;
    if (alike !== undefined && alike.kind !== "directory") return alike;
    const info = lstat(this.#path(path));
    if (info === undefined) return alike === undefined ? NOTHING : UNREAD;
    if (info === "unreadable") return OTHER;
    if (info.isSymlink) return { kind: "other", link: path };
    if (!info.isDirectory) return OTHER;
    const trust = this.#trust;
    if (closed || trust === undefined || trust.isClosed(info)) {
      return { kind: "directory", closed: true, writer: undefined };
    }
    // A user who can replace what is there can do so while we pass.
    this.#note(path, trust.whoChanges(info, true));
    return { kind: "directory", closed: false, writer: trust.whoChanges(info, false) };
  }

  /** Question marks may stand for bytes that are not UTF-8, which neither of us can write. */
  #standingUnread(path: string): Standing {
    const above = parentOf(path);
    const name = path.slice(above === "" ? 0 : above.length + 1)
      .replace(/[\\^$.|*+()[\]{}/]/g, "\\$&");
    const expression = new RegExp(`^${name.replace(/\?+/g, "[?\\ufffd]+")}$`, "su");
    let found: Standing = NOTHING;
    try {
      for (const entry of Deno.readDirSync(this.#path(above))) {
        if (!expression.test(entry.name)) continue;
        if (entry.isSymlink) return { kind: "other", link: path };
        if (!entry.isDirectory) found = OTHER;
        else if (found.kind === "nothing") {
          found = { kind: "directory", closed: false, writer: undefined };
        }
      }
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) return OTHER;
    }
    return found;
  }

  /** An empty directory is not in the way of a directory: mount points are such. */
  #isFree(path: string, type: Entry["type"], standing: Standing): boolean {
    if (standing.kind === "nothing") return true;
    return standing.kind === "directory" && type === "directory" &&
      isEmptyDirectory(this.#path(path));
  }

  #hasSeveralNames(path: string): boolean {
    const info = lstat(this.#path(path));
    return typeof info === "object" && info.isFile && (info.nlink ?? 1) > 1;
  }

  #note(path: string, who: string | undefined): void {
    if (who !== undefined) this.found.danger ??= { path: this.#path(path), who };
  }

  #blocked(path: string, why: string, replaceable = false): void {
    const { found } = this;
    found.count += 1;
    if (!replaceable) found.replaceable = false;
    if (found.named.length < NAMED) found.named.push(`"${path}" ${why}`);
  }

  #path(path: string): string {
    return path === "" ? this.#target : `${this.#target === "/" ? "" : this.#target}/${path}`;
  }
}

function belowWhat({ link, unread }: { readonly link?: string; readonly unread?: true }): string {
  if (unread === true) return "is below a directory whose name cannot be read";
  return link === undefined
    ? "is below something that is not a directory"
    : `is below something that is not a directory: "${link}" is a symbolic link`;
}

function lstat(path: string): Deno.FileInfo | undefined | "unreadable" {
  try {
    return Deno.lstatSync(path);
  } catch (error) {
    return error instanceof Deno.errors.NotFound ? undefined : "unreadable";
  }
}
