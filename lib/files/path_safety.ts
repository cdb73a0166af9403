/**
 * Finds out whether another user of the machine could make a path lead elsewhere, or put something of
 * their own there. This is the one place that knows the rule.
 *
 * A path is safe when every directory on the way to it, and what it names, belongs to root or to the
 * user who runs autoborg and can be written by nobody else. In a directory with the sticky bit (`/tmp`)
 * everybody may add names, but nobody can replace those of others: it may be passed through. Symbolic
 * links are followed, and the way behind them counts as well.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { commandLine } from "../text/printable.ts";

/** Where on its way a path is open to others. */
export interface UnsafePlace {
  /** The file or directory that others control. */
  readonly path: string;
  /** `owner`: it belongs to another user. `writable`: others may write to it. `loop`: it has no end. */
  readonly kind: "owner" | "writable" | "loop";
  readonly uid: number | null;
  readonly mode: number | null;
}

/** What is looked at how. */
interface SafetyRule {
  /**
   * Whether a name that does not exist yet is safe in a directory with the sticky bit. It is when it
   * is made and looked at again before it is used; a program that is only looked up is not.
   */
  readonly missing?: "will-be-made" | "looked-up";
  /**
   * Whether the group of root may write. An access list for a single user looks the same, so only
   * warnings do without it.
   */
  readonly rootsGroup?: "trusted" | "foreign";
  /** Whose files are safe besides root's and our own. */
  readonly owner?: number;
}

/** More links than this lead in a circle, as Linux says. */
const MOST_LINKS = 40;

/**
 * Groups that distributions let write to directories of the system: members have the trust of root
 * there. Ubuntu gives `/var/log` to the system logger; Debian gives `/usr/local` to `staff` (number 50,
 * Debian Policy 9.1.2).
 */
const GROUPS_OF_THE_SYSTEM: readonly (readonly [RegExp, (gid: number) => boolean])[] = [
  [/^\/var\/log$/, (gid) => gid < 1_000],
  [/^\/usr\/local(?:\/s?bin)?$/, (gid) => gid === 50],
];

/**
 * Looks for the first place on the way to a path that others control.
 *
 * @param path an absolute path; what it names need not exist
 * @throws {Error} when a directory on the way can't be looked at
 */
export function findUnsafePlace(path: string, rule: SafetyRule = {}): UnsafePlace | undefined {
  const top = Deno.lstatSync("/");
  // Who owns the root directory can replace everything. In a namespace of users that is "nobody".
  const trusted = new Set([0, callerNumber(), top.uid, rule.owner]);
  const pending = partsOf(path);
  let here = "/";
  let above = top;
  let links = 0;
  const topIsOpen = isOpen(here, top, rule) && !isSticky(top);
  if (topIsOpen) return place(here, "writable", top);
  for (let name = pending.shift(); name !== undefined; name = pending.shift()) {
    if (name === "..") {
      here = dirname(here);
      above = Deno.lstatSync(here);
      continue;
    }
    const next = join(here, name);
    const info = lookAt(next);
    const inOpen = isOpen(here, above, rule);
    if (info === undefined) {
      return inOpen && rule.missing !== "will-be-made" ? place(here, "writable", above) : undefined;
    }
    const isForeign = info.uid !== null && !trusted.has(info.uid);
    if (isForeign && (inOpen || !info.isSymlink)) return place(next, "owner", info);
    if (info.isSymlink) {
      if (++links > MOST_LINKS) return place(next, "loop", info);
      const target = Deno.readLinkSync(next);
      pending.unshift(...partsOf(target));
      if (target.startsWith("/")) [here, above] = ["/", top];
      continue;
    }
    const mayPass = isSticky(info) && info.isDirectory && pending.length > 0;
    if (isOpen(next, info, rule) && !mayPass) return place(next, "writable", info);
    [here, above] = [next, info];
  }
  return undefined;
}

/** Says what is wrong with a place, such as `"/srv" is owned by user 1000`, without a full stop. */
export function describeUnsafe({ path, kind, uid, mode }: UnsafePlace): string {
  const named = JSON.stringify(path);
  if (kind === "loop") return `${named} is a symbolic link that points back to itself`;
  if (kind === "owner") return `${named} is owned by user ${uid}`;
  return `${named} can be written by other users (mode ${octal(mode)})`;
}

/** The command that closes a place; `undefined` when it would harm: `/tmp` must stay open. */
export function closingCommand({ path, kind, mode }: UnsafePlace): string | undefined {
  if (kind === "loop") return undefined;
  if (kind === "owner") return commandLine(["chown", `${callerNumber() ?? 0}`, path]);
  return isSticky({ mode }) ? undefined : commandLine(["chmod", "go-w", path]);
}

/** Says who runs autoborg. Returns the user's number; `undefined` where users have none. */
export function callerNumber(): number | undefined {
  return Deno.uid() ?? undefined;
}

/** The number of a file's owner when that is neither root nor the user who runs autoborg. */
export function foreignOwner({ uid }: Pick<Deno.FileInfo, "uid">): number | undefined {
  return uid === null || uid === 0 || uid === callerNumber() ? undefined : uid;
}

function partsOf(path: string): string[] {
  return path.split("/").filter((part) => part !== "" && part !== ".");
}

function lookAt(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.lstatSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    // A file stands where a directory should be: nothing can be put below it.
    if (error instanceof Deno.errors.NotADirectory) return undefined;
    throw error;
  }
}

function place(path: string, kind: UnsafePlace["kind"], info: Deno.FileInfo): UnsafePlace {
  return { path, kind, uid: info.uid, mode: info.mode };
}

function isSticky({ mode }: Pick<Deno.FileInfo, "mode">): boolean {
  return ((mode ?? 0) & 0o1000) !== 0;
}

/** Whether others may write. A group with the number of its owner is that user's own. */
function isOpen(path: string, { mode, uid, gid }: Deno.FileInfo, rule: SafetyRule): boolean {
  const bits = mode ?? 0o777;
  if ((bits & 0o002) !== 0) return true;
  if ((bits & 0o020) === 0) return false;
  if (uid === gid && (uid !== 0 || rule.rootsGroup === "trusted")) return false;
  return !GROUPS_OF_THE_SYSTEM.some(([at, mayWrite]) => at.test(path) && mayWrite(gid ?? 0));
}

/** Writes a mode as `chmod` takes it: four octal digits. */
export function octal(mode: number | null): string {
  return ((mode ?? 0) & 0o7777).toString(8).padStart(4, "0");
}
