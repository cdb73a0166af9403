/**
 * The lock that lets one run at a time work with a state directory. The kernel holds it and drops
 * it when the process ends, however it ends.
 *
 * @module
 */
import { dirname } from "node:path";
import { AppError, ExitCode, reasonOf } from "../errors.ts";
import { replaceDurably } from "../files/durable_file.ts";
import { openRegularFile, readSmallJson } from "../files/small_file.ts";
import { isRecord } from "../text/json.ts";
import { localTime } from "../text/local_time.ts";

/** Who holds the lock; written beside the lock for those who find it held. */
interface LockHolder {
  readonly process: number;
  readonly runId: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
}

/** Another run holds the lock; exit code 75. */
export class LockHeldError extends AppError {
  readonly holder: LockHolder | undefined;

  constructor(path: string, holder: LockHolder | undefined) {
    const who = holder === undefined
      ? "another run holds it"
      : `run ${holder.runId} (process ${holder.process}) has held it since ${
        localTime(holder.startedAt)
      }`;
    super(`Cannot take the run lock "${path}": ${who}`, {
      exitCode: ExitCode.locked,
      hint: "Wait until that run has ended. Nothing was changed",
    });
    this.name = "LockHeldError";
    this.holder = holder;
  }
}

interface Locked {
  readonly path: string;
  readonly file: Deno.FsFile;
}

type LockAttempt = Locked | "held" | "impossible";

/** A held run lock; disposing of it gives it back. */
export class RunLock implements Disposable {
  readonly #path: string;
  readonly #locked: readonly Locked[];

  private constructor(path: string, locked: readonly Locked[]) {
    this.#path = path;
    this.#locked = locked;
  }

  /**
   * Takes the lock, or says at once who holds it. The directory itself is locked, so that nobody
   * lets a second run in by removing a file; the file only says who holds the lock. A directory
   * that is full, read-only or broken keeps nobody from taking it.
   *
   * @param reserve a directory that is locked instead when the first one can't be opened
   * @throws {LockHeldError} when another run holds it
   * @throws {AppError} when nothing can be locked
   */
  static async acquire(path: string, holder: LockHolder, reserve?: string): Promise<RunLock> {
    const first = await lockFirst(path);
    if (first === "held") throw new LockHeldError(path, await readHolder(path));
    const isLocked = first !== "impossible";
    // Two configurations may share the reserve: it is theirs together, unless one has nothing else.
    const second = reserve === undefined ? "impossible" : await lockReserve(reserve, !isLocked);
    if (second === "held") {
      if (isLocked) first.file.close();
      throw new LockHeldError(isLocked ? path : String(reserve), undefined);
    }
    const locked = [first, second].filter((one) => typeof one !== "string");
    if (locked.length === 0) throw await cannotLock(path);
    const lock = new RunLock(path, locked);
    if (isLocked) lock.#writeHolder(holder);
    return lock;
  }

  /**
   * Whether what is locked was removed or replaced since: then another run may have begun, and
   * nothing can keep the two apart.
   */
  get isLost(): boolean {
    // The reserve protects nothing as long as the first one does.
    return this.#locked.slice(0, 1).some(({ path, file }) => {
      try {
        const [now, then] = [Deno.statSync(path), file.statSync()];
        return now.dev !== then.dev || now.ino !== then.ino;
      } catch (error) {
        return error instanceof Deno.errors.NotFound;
      }
    });
  }

  /** Gives the lock back. It never throws. */
  [Symbol.dispose](): void {
    if (!this.isLost) tryTo(() => Deno.removeSync(this.#path));
    for (const { file } of this.#locked) tryTo(() => file.close());
  }

  /** Decoration: a disk that is full must not keep a backup from being made. */
  #writeHolder(holder: LockHolder): void {
    const isWritten = tryTo(() => replaceDurably(this.#path, `${JSON.stringify(holder)}\n`, 0o644));
    // Better nobody's name than that of an earlier run.
    if (!isWritten) tryTo(() => Deno.removeSync(this.#path));
  }
}

function tryTo(action: () => void): boolean {
  try {
    action();
    return true;
  } catch {
    return false;
  }
}

/** Locks the directory; the file where directories can't be locked, as over NFS. */
async function lockFirst(path: string): Promise<LockAttempt> {
  const directory = await lock(dirname(path), { read: true });
  if (directory !== "impossible") return directory;
  return await lock(path, { read: true, write: true, create: true, mode: 0o644 });
}

/** A reserve that others may open is none: they could lock it. */
async function lockReserve(path: string, exclusive: boolean): Promise<LockAttempt> {
  try {
    const { mode, isDirectory } = await Deno.lstat(path);
    if (!isDirectory || ((mode ?? 0o777) & 0o077) !== 0) return "impossible";
  } catch {
    return "impossible";
  }
  return await lock(path, { read: true }, exclusive);
}

async function lock(
  path: string,
  options: Deno.OpenOptions,
  exclusive = true,
): Promise<LockAttempt> {
  let file: Deno.FsFile | undefined;
  try {
    file = await Deno.open(path, options);
    if (await lockSoon(file, exclusive)) return { path, file };
    file.close();
    return "held";
  } catch {
    file?.close();
    return "impossible";
  }
}

/** A process that looks at a lock with {@linkcode lookAtLock} holds it for a moment, and so does a program
 * that is just being started beside one that releases it: that is no run.
 */
async function lockSoon(file: Deno.FsFile, exclusive: boolean): Promise<boolean> {
  for (let tries = 0; tries < 20; tries++) {
    if (await file.tryLock(exclusive)) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return await file.tryLock(exclusive);
}

/** A plain user may lack the right to make the directory, and is told so then. */
function reasonWhyMissing(directory: string): unknown {
  try {
    Deno.mkdirSync(directory, { mode: 0o700 });
    Deno.removeSync(directory);
    return undefined;
  } catch (error) {
    return error instanceof Deno.errors.PermissionDenied ? error : undefined;
  }
}

async function cannotLock(path: string): Promise<AppError> {
  let reason = "it cannot be locked";
  let cause: unknown;
  try {
    (await Deno.open(dirname(path), { read: true })).close();
  } catch (error) {
    [reason, cause] = [reasonOf(error), error];
    if (error instanceof Deno.errors.NotFound) cause = reasonWhyMissing(dirname(path)) ?? error;
    if (cause !== error) reason = `its directory cannot be created: ${reasonOf(cause)}`;
  }
  return new AppError(`Cannot open the run lock "${path}": ${reason}`, {
    hint: "Check that paths.state_dir is writable; autoborg usually runs as root",
    cause,
  });
}

/**
 * Asks the kernel whether a run holds a lock. What is in the file alone may be left by a run that
 * was killed. It need not be writable, and a run that starts in this very moment is not refused.
 *
 * @throws {AppError} when it can't be read
 */
export async function lookAtLock(
  path: string,
): Promise<{ readonly held: boolean; readonly holder?: LockHolder }> {
  const holder = await readHolder(path);
  try {
    if (await isFree(path)) return { held: false };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { held: false };
    throw new AppError(`Cannot inspect the run lock "${path}": ${reasonOf(error)}`, {
      hint: "Run this as root, or let your group read paths.state_dir",
      cause: error,
    });
  }
  // It may have changed hands since the first look.
  const now = await readHolder(path) ?? holder;
  return now === undefined ? { held: true } : { held: true, holder: now };
}

async function isFree(path: string): Promise<boolean> {
  using directory = await Deno.open(dirname(path), { read: true });
  try {
    return await directory.tryLock(false);
  } catch {
    using file = await openRegularFile(path);
    return await file.tryLock(false);
  }
}

/** Who holds a lock; `undefined` when nobody does or the file can't be read. */
export async function readHolder(path: string): Promise<LockHolder | undefined> {
  const value = await readSmallJson(path);
  return isHolder(value) ? value : undefined;
}

function isHolder(value: unknown): value is LockHolder {
  return isRecord(value) && typeof value.process === "number" &&
    typeof value.runId === "string" && typeof value.startedAt === "string";
}
