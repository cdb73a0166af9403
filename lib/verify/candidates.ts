/**
 * Chooses the files that are read back from a new archive. The whole tree is not walked: that would
 * cost as much as the backup itself.
 *
 * @module
 */
interface Tree {
  /** What the paths are relative to. */
  readonly root: string;
  readonly paths: readonly string[];
}

/** A regular file of the sources. */
export interface Candidate {
  /** Relative to the root of the sources, as the archive has it. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
}

/** Gives a number from 0 up to, but not including, 1. */
export type Random = () => number;

/** The largest file that is read back, in bytes: the network may be slow. */
export const LARGEST_FILE = 512 * 1_048_576;
/** All files together are no larger than this. */
export const LARGEST_VERIFICATION = 1_024 * 1_048_576;
/** The most entries that are read of a directory. */
const MOST_ENTRIES = 4_096;
/** Deeper paths are given up. */
const DEEPEST = 100;
/** The number of files beside a found one that become candidates, too. */
const NEIGHBOURS = 24;

/**
 * Finds regular files no larger than {@linkcode LARGEST_FILE} by random descents from the roots of the
 * sources. Each step reads one directory, however large the tree is.
 */
export async function findCandidates(
  sources: Tree,
  descents: number,
  random: Random,
  signal: AbortSignal,
): Promise<Candidate[]> {
  const found = new Map<string, Candidate>();
  const listed = new Map<string, string[] | undefined>();
  for (let descent = 0; descent < descents && !signal.aborted; descent += 1) {
    const root = pick(sources.paths, random);
    if (root === undefined) break;
    for (const file of await descend(sources.root, root, random, listed)) {
      found.set(file.path, file);
    }
  }
  return [...found.values()];
}

/**
 * Chooses the newest and the largest candidate, and others at random: at most `count`, and together no
 * larger than {@linkcode LARGEST_VERIFICATION}.
 */
export function choose(
  candidates: readonly Candidate[],
  count: number,
  random: Random,
): Candidate[] {
  const rest = shuffled(candidates, random);
  const newest = rest.toSorted((a, b) => b.modified - a.modified).slice(0, 1);
  const largest = rest.toSorted((a, b) => b.size - a.size).slice(0, 1);
  const chosen = new Set<Candidate>();
  let size = 0;
  for (const candidate of [...newest, ...largest, ...rest]) {
    if (chosen.size >= count) break;
    if (chosen.has(candidate) || size + candidate.size > LARGEST_VERIFICATION) continue;
    chosen.add(candidate);
    size += candidate.size;
  }
  return [...chosen];
}

/** The file at a path of the sources; `undefined` when it is none that can be read back. */
async function candidateAt(root: string, path: string): Promise<Candidate | undefined> {
  try {
    const info = await Deno.lstat(`${root}/${path}`);
    if (!info.isFile || info.size > LARGEST_FILE) return undefined;
    return { path, size: info.size, modified: info.mtime?.getTime() ?? 0 };
  } catch {
    // Gone, or unreadable even for root, as in /proc.
    return undefined;
  }
}

async function descend(
  root: string,
  start: string,
  random: Random,
  listed: Map<string, string[] | undefined>,
): Promise<Candidate[]> {
  const filesAt = async (paths: readonly string[]) => {
    const files = await Promise.all(paths.map((one) => candidateAt(root, one)));
    return files.filter((file) => file !== undefined);
  };
  let path = start;
  for (let depth = 0; depth < DEEPEST; depth += 1) {
    const directory = `${root}/${path}`;
    if (!listed.has(directory)) listed.set(directory, await namesIn(directory));
    const names = listed.get(directory);
    if (names === undefined) return await filesAt([path]);
    const name = pick(names, random);
    if (name === undefined) return [];
    const prefix = path === "." ? "" : `${path}/`;
    path = prefix + name;
    const found = await filesAt([path]);
    if (found.length > 0) {
      const neighbours = shuffled(names, random).slice(0, NEIGHBOURS);
      return [...found, ...await filesAt(neighbours.map((neighbour) => prefix + neighbour))];
    }
  }
  return [];
}

/** The names in a directory, or `undefined` when it is none; symbolic links are not followed. */
async function namesIn(path: string): Promise<string[] | undefined> {
  try {
    if (!(await Deno.lstat(path)).isDirectory) return undefined;
    const names: string[] = [];
    for await (const entry of Deno.readDir(path)) {
      // A name that is not UTF-8 can't be handed to Borg as it is.
      if (!entry.name.includes("\ufffd")) names.push(entry.name);
      if (names.length >= MOST_ENTRIES) break;
    }
    return names;
  } catch {
    return [];
  }
}

function pick<T>(values: readonly T[], random: Random): T | undefined {
  return values[Math.floor(random() * values.length)];
}

function shuffled<T>(values: readonly T[], random: Random): T[] {
  return values.map((value) => ({ value, key: random() })).sort((a, b) => a.key - b.key)
    .map(({ value }) => value);
}
