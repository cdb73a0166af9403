/**
 * Chooses what is read back from a new archive: what differed the last time, new and changed files,
 * and the night's share of the plan, as far as the limits let it.
 *
 * @module
 */
import { mapConcurrent } from "../async/concurrency.ts";
import type { NearestFiles, NearFile } from "./nearest_files.ts";
import type { NightlyShare } from "./nightly_share.ts";

/** A regular file that is read back. */
interface ChosenFile {
  /** Relative to the root of the sources, as the archive has it. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Whether it is part of the plan: the others are read besides. */
  readonly planned: boolean;
}

/** What is read back, and how far the plan is then. */
export interface ChosenFiles {
  readonly files: readonly ChosenFile[];
  readonly share: NightlyShare;
  /** How many slots of the plan are done with them. */
  readonly done: number;
  /** Files of these slots that are too large to be read at all. */
  readonly tooLarge: { readonly files: number; readonly size: number };
  /** Paths that differed the last time, are still there, and did not fit in. */
  readonly waiting: readonly string[];
  /** The plan's only file is a large one: it is not tried again when reading it fails. */
  readonly isLarge: boolean;
}

/** The limits of a run. */
export interface VerifyLimits {
  /** The least number of files; at most as many new and changed ones come first. */
  readonly files: number;
  /** Bytes of each run on average; `undefined`: no limit. */
  readonly maxBytes: number | undefined;
  /** Bytes that earlier runs read beyond that. */
  readonly debt: number;
}

/** What is chosen from. */
interface ChoiceRequest {
  /** The root of the sources. */
  readonly root: string;
  readonly share: NightlyShare;
  /** What the walk found. */
  readonly nearest: Pick<NearestFiles, "files" | "covered">;
  /** Paths that differed the last time, or could not be compared since. */
  readonly again: readonly string[];
  /** Paths of files that are new or have changed. */
  readonly changed: readonly string[];
  readonly limits: VerifyLimits;
  /** Says whether the excludes keep a path out of the archive; in doubt they do not. */
  readonly isExcluded: (path: string) => boolean;
  readonly signal: AbortSignal;
}

/** New and changed files together are no larger than this: a large one has its turn in the plan. */
const MOST_CHANGED = 256 * 1_048_576;
/** A file that is larger by this factor than what a run may read is not read at all. */
const TOO_LARGE = 16;
/** Larger files are read alone in their night, even without a limit. */
const ALONE = 16 * 1_073_741_824;
/** How many files are looked at together. */
const BATCH = 64;

/** What a run may read, on average no more than the limit: half of it goes on when there is a debt. */
function allowanceOf({ maxBytes = Infinity, debt }: VerifyLimits): number {
  return Math.max(maxBytes - debt, maxBytes / 2);
}

/** What is owed after a run that read so much; 0 without a limit. */
export function debtAfter({ maxBytes, debt }: VerifyLimits, size: number): number {
  return maxBytes === undefined ? 0 : Math.max(0, debt + size - maxBytes);
}

/** Chooses the files of a run. */
export async function chooseFiles(request: ChoiceRequest): Promise<ChosenFiles> {
  const allowance = allowanceOf(request.limits);
  const again = await firstFiles(request, request.again, allowance);
  const left = allowance - sumOf(again.chosen);
  const fresh = request.changed.filter((path) => !request.again.includes(path))
    .slice(0, request.limits.files);
  const changed = await firstFiles(request, fresh, Math.min(MOST_CHANGED, left / 2));
  const choice = new Choice(request, [...again.chosen, ...changed.chosen], allowance);
  const { files } = request.nearest;
  for (let at = 0; at < files.length && !choice.isOver; at += BATCH) {
    const batch = files.slice(at, at + BATCH);
    const sizes = await mapConcurrent(batch, ({ path }) => sizeOf(request, path));
    for (const [index, file] of batch.entries()) {
      if (request.signal.aborted || !choice.take(file, sizes[index])) break;
    }
  }
  return { ...choice.result(), waiting: again.waiting };
}

/** Files that come before the plan, as far as there is room for them. */
async function firstFiles(request: ChoiceRequest, paths: readonly string[], room: number) {
  const sizes = await mapConcurrent(paths, (path) => sizeOf(request, path));
  const chosen: ChosenFile[] = [];
  const waiting: string[] = [];
  let left = room;
  for (const [index, path] of paths.entries()) {
    const size = sizes[index];
    if (size === undefined) continue;
    if (size > left) {
      waiting.push(path);
      continue;
    }
    left -= size;
    chosen.push({ path, size, planned: false });
  }
  return { chosen, waiting };
}

/** Bytes of all files. */
function sumOf(files: readonly { readonly size: number }[]): number {
  return files.reduce((sum, { size }) => sum + size, 0);
}

/** The size of a regular file that is archived; `undefined`: it is none, or has gone. */
async function sizeOf(
  { root, isExcluded }: ChoiceRequest,
  path: string,
): Promise<number | undefined> {
  if (isExcluded(path)) return undefined;
  try {
    const info = await Deno.lstat(`${root}/${path}`);
    return info.isFile ? info.size : undefined;
  } catch {
    return undefined;
  }
}

/** Takes the files of the plan in their order, until a limit is reached. */
class Choice {
  readonly #request: ChoiceRequest;
  readonly #chosen: Map<string, ChosenFile>;
  #left: number;
  #planned = 0;
  #tooLarge = { files: 0, size: 0 };
  #isLarge = false;
  #done: number | undefined;

  constructor(request: ChoiceRequest, first: readonly ChosenFile[], allowance: number) {
    this.#request = request;
    this.#chosen = new Map(first.map((file) => [file.path, file]));
    this.#left = allowance - sumOf(first);
  }

  /** Whether no more files are taken. */
  get isOver(): boolean {
    return this.#done !== undefined;
  }

  /** Takes the next file; returns false when it, and all behind it, must wait for another run. */
  take({ path, distance }: NearFile, size: number | undefined): boolean {
    const { share: { due }, limits: { files, maxBytes = Infinity, debt } } = this.#request;
    if (distance >= due && this.#chosen.size >= files) return this.#end(distance);
    if (size === undefined) return true;
    if (this.#chosen.has(path)) return this.#add(path, size, 0);
    if (size > TOO_LARGE * maxBytes) {
      const { files: count, size: sum } = this.#tooLarge;
      this.#tooLarge = { files: count + 1, size: sum + size };
      return true;
    }
    const isLarge = size > Math.min(this.#left, ALONE);
    // Without this a file that is larger than what is left each night would never have its turn.
    if (isLarge && (this.#planned > 0 || debt > 0)) return this.#end(distance);
    this.#isLarge = isLarge;
    this.#add(path, size, size);
    return isLarge ? this.#end(distance + 1) : true;
  }

  result(): Omit<ChosenFiles, "waiting"> {
    const { share, nearest, signal } = this.#request;
    const done = signal.aborted ? 0 : this.#done ?? nearest.covered;
    const [files, tooLarge, isLarge] = [[...this.#chosen.values()], this.#tooLarge, this.#isLarge];
    return { files, share, done, tooLarge, isLarge };
  }

  #add(path: string, size: number, cost: number): true {
    this.#chosen.set(path, { path, size, planned: true });
    this.#planned += 1;
    this.#left -= cost;
    return true;
  }

  #end(done: number): false {
    this.#done = done;
    return false;
  }
}
