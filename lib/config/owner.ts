/**
 * Who runs autoborg, and whose a file is: root's, our own, or somebody else's.
 *
 * @module
 */

/** A file that belongs to somebody else. */
export interface ForeignOwner {
  /** The number of that user. */
  readonly uid: number;
  /** Whom the file should belong to, as `chown` takes it. */
  readonly wanted: string;
}

let caller: Promise<number | undefined> | undefined;

/**
 * Says who owns a file, if that is neither root nor whoever runs autoborg.
 *
 * @param info the file
 * @returns the owner; `undefined` when nobody else can change the file as its owner
 */
export async function foreignOwner(
  { uid }: Pick<Deno.FileInfo, "uid">,
): Promise<ForeignOwner | undefined> {
  if (uid === null || uid === 0) return undefined;
  const own = await callerNumber();
  if (uid === own) return undefined;
  return { uid, wanted: own === undefined || own === 0 ? "root" : String(own) };
}

/**
 * Says who runs autoborg.
 *
 * @returns the user's number; `undefined` when it can't be found out
 */
export async function callerNumber(): Promise<number | undefined> {
  caller ??= askCaller();
  return await caller;
}

/**
 * Asks who we are. The permission set does not let us ask the system, but a file that we make tells.
 */
async function askCaller(): Promise<number | undefined> {
  try {
    const file = await Deno.makeTempFile({ prefix: "autoborg-owner-" });
    try {
      return (await Deno.stat(file)).uid ?? undefined;
    } finally {
      await Deno.remove(file);
    }
  } catch {
    // Rather a warning too many than one too few: whoever owns the file is taken for a stranger.
    return undefined;
  }
}
