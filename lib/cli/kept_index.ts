/** Opens what `find` keeps of archives; whoever can't write to it searches without. @module */
import { join } from "node:path";
import { makeScratchDirectory } from "../files/scratch_directory.ts";
import { FindIndex, findIndexPath, IndexDamageError, removeIndex } from "../state/find_index.ts";

/** What is older than this, in milliseconds, belongs to no search any more. */
const ABANDONED = 86_400_000;
const PREFIX = "find-";

/** An index, and a directory for what Borg writes meanwhile. */
interface KeptIndex extends Disposable {
  readonly index: FindIndex;
  readonly scratch: string;
}

/**
 * Does something with the index of a state directory. A damaged one is removed, and the work is done
 * again.
 */
export async function withFindIndex<T>(
  stateDir: string,
  work: (index: FindIndex, scratch: string) => Promise<T>,
): Promise<T> {
  {
    using kept = open(stateDir);
    try {
      return await work(kept.index, kept.scratch);
    } catch (error) {
      if (!(error instanceof IndexDamageError)) throw error;
    }
  }
  try {
    removeIndex(findIndexPath(stateDir));
  } catch {
    // It can't be removed: this search does without.
  }
  using inMemory = withScratch(new FindIndex(), undefined);
  return await work(inMemory.index, inMemory.scratch);
}

function open(stateDir: string): KeptIndex {
  let index: FindIndex | undefined;
  try {
    index = new FindIndex(findIndexPath(stateDir));
    removeAbandoned(stateDir);
    return withScratch(index, stateDir);
  } catch {
    // Another user's, a full disk, or no such directory before the first run.
    index?.[Symbol.dispose]();
    return withScratch(new FindIndex(), undefined);
  }
}

/** The names of the files in an archive are nobody else's business: the directory is private. */
function withScratch(index: FindIndex, place: string | undefined): KeptIndex {
  const scratch = makeScratchDirectory(place, PREFIX);
  return {
    index,
    scratch,
    [Symbol.dispose]() {
      index[Symbol.dispose]();
      Deno.removeSync(scratch, { recursive: true });
    },
  };
}

/** Removes what a search left behind that was killed. */
function removeAbandoned(stateDir: string): void {
  for (const { name, isDirectory } of Deno.readDirSync(stateDir)) {
    if (!isDirectory || !name.startsWith(PREFIX)) continue;
    const path = join(stateDir, name);
    const changed = Deno.statSync(path).mtime?.getTime() ?? 0;
    if (Math.abs(Date.now() - changed) > ABANDONED) Deno.removeSync(path, { recursive: true });
  }
}
