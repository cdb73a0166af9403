/**
 * Looks for what is in the way at the place that something is restored to. Borg itself would
 * replace it without a word, and follow a symbolic link out of the place.
 *
 * @module
 */
import type { Entry } from "../borg/entries.ts";

/** How many obstacles are named. */
const NAMED = 10;

/** What stands at a path of the target. */
type Standing = "nothing" | "directory" | "other";

/** What is in the way. */
export interface Obstacles {
  readonly count: number;
  /** The first ones, each with what is wrong. */
  readonly named: readonly string[];
}

/** Looks at the target for each entry that would be restored. */
export class ObstacleSearch {
  readonly #target: string;
  readonly #overwrite: boolean;
  readonly #parents = new Map<string, Standing>([["", "directory"]]);
  readonly #named: string[] = [];
  #count = 0;

  /**
   * @param target an existing directory
   * @param overwrite whether what is there may be replaced
   */
  constructor(target: string, overwrite: boolean) {
    this.#target = target;
    this.#overwrite = overwrite;
  }

  /**
   * Looks whether something is in the way of an entry.
   *
   * @param entry what would be restored
   */
  consider(entry: Pick<Entry, "path" | "type">): void {
    const { path, type } = entry;
    if (path === ".") return;
    const slash = path.lastIndexOf("/");
    const parent = this.#parent(slash < 0 ? "" : path.slice(0, slash));
    if (parent === "nothing") return this.#pass(path, type);
    if (parent === "other") return this.#blocked(path, "is below something that is no directory");
    if (this.#overwrite) return this.#pass(path, type);
    if (isFree(this.#target, path, type)) return;
    this.#blocked(path, "exists");
  }

  /** What was found. */
  get found(): Obstacles {
    return { count: this.#count, named: this.#named };
  }

  /** Borg makes a directory of whatever was there, so what lies below it goes where it should. */
  #pass(path: string, type: Entry["type"]): void {
    if (type === "directory" && this.#overwrite) this.#parents.set(path, "directory");
  }

  #parent(path: string): Standing {
    const known = this.#parents.get(path);
    if (known !== undefined) return known;
    const slash = path.lastIndexOf("/");
    const above = this.#parent(slash < 0 ? "" : path.slice(0, slash));
    const here = above === "directory" ? standingAt(`${this.#target}/${path}`) : above;
    this.#parents.set(path, here);
    return here;
  }

  #blocked(path: string, why: string): void {
    this.#count += 1;
    if (this.#named.length < NAMED) this.#named.push(`"${path}" ${why}`);
  }
}

function standingAt(path: string): Standing {
  try {
    return Deno.lstatSync(path).isDirectory ? "directory" : "other";
  } catch (error) {
    return error instanceof Deno.errors.NotFound ? "nothing" : "other";
  }
}

/** An empty directory is not in the way of a directory: mount points are such. */
function isFree(target: string, path: string, type: Entry["type"]): boolean {
  if (path.includes("?")) return isFreeUnread(target, path);
  const standing = standingAt(`${target}/${path}`);
  if (standing === "nothing") return true;
  return standing === "directory" && type === "directory" && isEmpty(`${target}/${path}`);
}

/** Question marks may stand for bytes that are not UTF-8, which neither of us can write. */
function isFreeUnread(target: string, path: string): boolean {
  const slash = path.lastIndexOf("/");
  const name = path.slice(slash + 1).replace(/[\\^$.|*+()[\]{}/]/g, "\\$&");
  const expression = new RegExp(`^${name.replace(/\?+/g, "[?\\ufffd]+")}$`, "su");
  const parent = slash < 0 ? target : `${target}/${path.slice(0, slash)}`;
  try {
    return ![...Deno.readDirSync(parent)].some((entry) => expression.test(entry.name));
  } catch (error) {
    return error instanceof Deno.errors.NotFound;
  }
}

function isEmpty(directory: string): boolean {
  try {
    return Deno.readDirSync(directory)[Symbol.iterator]().next().done === true;
  } catch {
    // What can't be looked into may hold something.
    return false;
  }
}
