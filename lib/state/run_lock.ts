/**
 * The lock that lets one run at a time work with a state directory. The kernel holds it and drops
 * it when the process ends, however it ends.
 *
 * @module
 */
import { AppError, ExitCode, reasonOf } from "../errors.ts";

/** Who holds the lock; written into the lock file for those who find it held. */
export interface LockHolder {
  readonly process: number;
  readonly runId: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
}

/** Another run holds the lock; exit code 75. */
export class LockHeldError extends AppError {
  /** Who holds it, as far as it is known. */
  readonly holder: LockHolder | undefined;

  /**
   * @param path the lock file
   * @param holder who holds it
   */
  constructor(path: string, holder: LockHolder | undefined) {
    const who = holder === undefined
      ? "another run holds it"
      : `run ${holder.runId} (process ${holder.process}) holds it since ${holder.startedAt}`;
    super(`Cannot take the run lock "${path}": ${who}`, {
      exitCode: ExitCode.locked,
      hint: "Wait until that run has ended. Nothing was changed",
    });
    this.name = "LockHeldError";
    this.holder = holder;
  }
}

/** A held run lock; disposing of it gives it back. */
export class RunLock implements Disposable {
  readonly #file: Deno.FsFile;

  private constructor(file: Deno.FsFile) {
    this.#file = file;
  }

  /**
   * Takes the lock, or says at once who holds it.
   *
   * @param path the lock file; it is made when it is not there, and never removed
   * @param holder who takes it
   * @returns the lock
   * @throws {LockHeldError} when another run holds it
   * @throws {AppError} when the file can't be opened
   */
  static async acquire(path: string, holder: LockHolder): Promise<RunLock> {
    const file = await open(path);
    try {
      if (!await lockSoon(file)) throw new LockHeldError(path, await readHolder(path));
      await file.truncate();
      await file.write(new TextEncoder().encode(`${JSON.stringify(holder)}\n`));
    } catch (error) {
      file.close();
      throw error;
    }
    return new RunLock(file);
  }

  /** Gives the lock back. */
  [Symbol.dispose](): void {
    // Closing gives the lock back; an empty file says that nobody holds it.
    try {
      this.#file.truncateSync();
    } finally {
      this.#file.close();
    }
  }
}

async function open(path: string): Promise<Deno.FsFile> {
  try {
    return await Deno.open(path, { read: true, write: true, create: true, mode: 0o644 });
  } catch (error) {
    throw new AppError(`Cannot open the run lock "${path}": ${reasonOf(error)}`, {
      hint: 'See that paths.state_dir is writable; autoborg usually runs as "root"',
      cause: error,
    });
  }
}

/** Whoever looks at a lock with {@linkcode lookAtLock} holds it for a moment: that is no run. */
async function lockSoon(file: Deno.FsFile): Promise<boolean> {
  for (let tries = 0; tries < 5; tries++) {
    if (await file.tryLock(true)) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return await file.tryLock(true);
}

/**
 * Asks the kernel whether a run holds a lock. What is in the file alone may be left by a run that
 * was killed. It need not be writable, and a run that starts in this very moment is not refused.
 *
 * @param path the lock file
 * @returns whether it is held, and by whom as far as that is known
 * @throws {AppError} when it can't be read
 */
export async function lookAtLock(
  path: string,
): Promise<{ readonly held: boolean; readonly holder?: LockHolder }> {
  const holder = await readHolder(path);
  try {
    using file = await Deno.open(path, { read: true });
    if (await file.tryLock(false)) return { held: false };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { held: false };
    throw new AppError(`Cannot look at the run lock "${path}": ${reasonOf(error)}`, {
      hint: "Run this as root, or let your group read paths.state_dir",
      cause: error,
    });
  }
  // It may have changed hands since the first look.
  const now = await readHolder(path) ?? holder;
  return now === undefined ? { held: true } : { held: true, holder: now };
}

/**
 * Reads who holds a lock.
 *
 * @param path the lock file
 * @returns the holder, or `undefined` when nobody does or the file can't be read
 */
export async function readHolder(path: string): Promise<LockHolder | undefined> {
  try {
    const value: unknown = JSON.parse(await Deno.readTextFile(path));
    return isHolder(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isHolder(value: unknown): value is LockHolder {
  return typeof value === "object" && value !== null &&
    "process" in value && typeof value.process === "number" &&
    "runId" in value && typeof value.runId === "string" &&
    "startedAt" in value && typeof value.startedAt === "string";
}
