/** Explains that Borg did not get a lock. @module */
import { borgCommand } from "../text/own_command.ts";
import { commandLine } from "../text/printable.ts";
import { type BorgFailure, other } from "./failure_kinds.ts";
import type { BorgRepository } from "./repository.ts";

/** Explains that another Borg works on the repository, or left its lock behind. */
export function lockFailure(repository: BorgRepository, text: string): BorgFailure {
  const minutes = Math.round(repository.lockWait / 60_000);
  const waited = minutes > 0 ? `${minutes} min` : `${Math.round(repository.lockWait / 1000)} s`;
  const path = /the lock (.+) \(/.exec(text)?.[1];
  const cached = isOfCache(path ?? "");
  const what = cached ? "Borg's cache of the repository" : "the repository";
  const holder = path === undefined ? undefined : lockHolder(path);
  const by = holder === undefined ? "" : ` by process ${holder.process} on ${holder.host}`;
  return {
    kind: "locked",
    message: `${what} is locked${by}; gave up after waiting ${waited}`,
    hint: `Look first: ${whereToLook(path, holder)}. If it is still running, wait, or raise ` +
      `lock_wait in [[repositories]] "${repository.label}". ` +
      (cached ? freeCache(path ?? "") : freeRepository(repository)),
  };
}

/** A cache is a directory that has the repository's id, 64 hexadecimal digits, for its name. */
export function isOfCache(lock: string): boolean {
  return /\/[0-9a-f]{64}\/lock/.test(lock);
}

function freeRepository({ label }: BorgRepository): string {
  return "Only when a look at every machine shows no Borg that uses the repository: " +
    `"${
      borgCommand(label, "break-lock")
    }". It also removes the lock of a Borg that is still running, and two ` +
    "at once damage the repository";
}

/**
 * The cache is of this machine alone. `borg break-lock` frees it, too, but also the repository, which
 * Borg on another machine may be writing to: `do_break_lock` of Borg 1.2 and 1.4 does both.
 */
function freeCache(path: string): string {
  return "Only when no Borg on this machine uses the cache, move its lock aside: " +
    `"${
      commandLine(["mv", path, `${path}.old`])
    }". That leaves the repository's own lock alone, which ` +
    "another machine may need";
}

/** Explains that the lock was gone when Borg wanted to release it. */
export function lostLock({ label }: BorgRepository, text: string): BorgFailure {
  return other(
    `the lock vanished while Borg was running: ${text}`,
    "Someone may have removed it, or the file system lost it, as a drive does whose files a cloud service " +
      "synchronises. Check whether the repository is intact; this changes nothing: " +
      `"${
        borgCommand(label, "check", "::")
      }". Keep repositories on a disk of this machine or on a server`,
  );
}

interface LockHolder {
  readonly host: string;
  readonly process: string;
}

/** Borg names the file in its lock, and the entry in `lock.roster`, after host and process. */
function whereToLook(path: string | undefined, holder: LockHolder | undefined): string {
  if (holder !== undefined) return `"ps -fp ${holder.process}" on ${holder.host}`;
  const lock = path === undefined
    ? 'the file in "lock.exclusive" of the repository'
    : `the file in "${path}"`;
  if (isOfCache(path ?? "")) {
    return `the name of ${lock} shows host and process of the holder (HOST@NUMBER.PROCESS-THREAD)`;
  }
  return `on the machine that has the lock, the name of ${lock} shows host and process of the ` +
    'holder (HOST@NUMBER.PROCESS-THREAD), and "lock.roster" next to it lists the readers';
}

/** Borg's lock is a directory with one file named `HOST@NUMBER.PROCESS-THREAD`. */
function lockHolder(path: string): LockHolder | undefined {
  try {
    for (const entry of Deno.readDirSync(path)) {
      const match = /^(.+?)(?:@\d+)?\.(\d+)-[0-9a-f]+$/.exec(entry.name);
      if (match !== null) return { host: match[1] ?? "", process: match[2] ?? "" };
    }
  } catch {
    // On a server, or released meanwhile: then nobody can say who it was.
  }
  return undefined;
}
