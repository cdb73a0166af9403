/**
 * Chooses the files that are read back from a new archive. The whole tree is not walked: that would
 * cost as much as the backup itself.
 *
 * @module
 */
import { reasonOf } from "../errors.ts";

/** A tree in which files are looked for. */
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

/** No file that is larger is read back, and all together are not: the network may be slow. */
export const LARGEST_FILE = 512 * 1_048_576;
/** All files together are no larger than this. */
export const LARGEST_VERIFICATION = 1_024 * 1_048_576;
/** A directory of which more entries are not looked at. */
const MOST_ENTRIES = 4_096;
/** A path that goes deeper is given up. */
const DEEPEST = 100;
/** Of the directory in which a descent ends so many neighbours are looked at. */
const NEIGHBOURS = 24;

/**
 * Looks for files in the sources by going down from their roots, at every directory into a random
 * one of its entries. Each step costs one look into a directory, however large the tree is.
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

/** Chooses from what was found: the newest, the largest, and for the rest chance decides. */
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
  } catch (error) {
    // It is gone, or it lies where nobody may look, such as /proc: then it is no candidate.
    return void reasonOf(error);
  }
}

async function descend(
  root: string,
  start: string,
  random: Random,
  listed: Map<string, string[] | undefined>,
): Promise<Candidate[]> {
  let path = start;
  for (let depth = 0; depth < DEEPEST; depth += 1) {
    const directory = `${root}/${path}`;
    if (!listed.has(directory)) listed.set(directory, await namesIn(directory));
    const names = listed.get(directory);
    if (names === undefined) return present([await candidateAt(root, path)]);
    const name = pick(names, random);
    if (name === undefined) return [];
    const next = path === "." ? name : `${path}/${name}`;
    const file = await candidateAt(root, next);
    if (file !== undefined) {
      const neighbours = shuffled(names, random).slice(0, NEIGHBOURS);
      const others = neighbours.map((other) => path === "." ? other : `${path}/${other}`);
      return present([file, ...await Promise.all(others.map((other) => candidateAt(root, other)))]);
    }
    path = next;
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
  } catch (error) {
    void reasonOf(error);
    return [];
  }
}

function present<T>(values: readonly (T | undefined)[]): T[] {
  return values.flatMap((value) => value === undefined ? [] : [value]);
}

function pick<T>(values: readonly T[], random: Random): T | undefined {
  return values[Math.floor(random() * values.length)];
}

function shuffled<T>(values: readonly T[], random: Random): T[] {
  return values.map((value) => ({ value, key: random() })).sort((a, b) => a.key - b.key)
    .map(({ value }) => value);
}
