/**
 * A machine as a backup sees it: kinds of files with a number, a size and how well they compress, and
 * what happens to them in a day. It knows nothing of what is made of its figures.
 *
 * @module
 */
import type { ArchiveSize, NightFigures } from "../../lib/inspect/unusual_change.ts";
import { Chance } from "./chance.ts";

/** Files of one kind. */
interface Kind {
  files: number;
  /** Bytes of all of them. */
  size: number;
  /** The same after compression. */
  compressedSize: number;
  readonly variation: number;
}

/**
 * How files of a kind begin: how many, how large on average, how small they become, and how much
 * single ones differ in size (the standard deviation by the average); most do very much.
 */
export type Beginning = readonly [
  files: number,
  averageSize: number,
  ratio: number,
  variation?: number,
];

/** What ransomware does in one night. */
export interface Attack {
  /** The share of the files that is encrypted. */
  readonly share: number;
  /** Each file is written anew with a longer name and the old one removed. */
  readonly renames?: boolean;
  /** Only files of these kinds, such as those on a network share. */
  readonly kinds?: readonly string[];
}

/** One night of a machine. */
export interface Night {
  readonly figures: NightFigures;
  /** The same night, had there been an attack as well. */
  attacked(attack: Attack): NightFigures;
}

/** The usual variation of the sizes of files. */
const VARIATION = 4;
/** What Borg adds to a repository when nothing changed. */
const NOTHING_NEW = 1_500;

/** Files by their kind, and what has happened to them since the last backup. */
export class Machine {
  readonly chance: Chance;
  readonly #kinds: Map<string, Kind>;
  #before: ArchiveSize = { files: 0, originalSize: 0, compressedSize: 0 };
  #added = 0;
  #modified = 0;
  #newSize = NOTHING_NEW;
  #cacheLost = false;

  constructor(chance: Chance, kinds: Readonly<Record<string, Beginning>>) {
    this.chance = chance;
    this.#kinds = new Map();
    for (const [kind, beginning] of Object.entries(kinds)) this.begin(kind, beginning);
  }

  /** Begins with files of a new kind, such as a new directory. */
  begin(kind: string, [files, averageSize, ratio, variation = VARIATION]: Beginning): void {
    const size = files * averageSize;
    this.#kinds.set(kind, { files, size, compressedSize: size * ratio, variation });
    this.#added += files;
    this.#newSize += size * ratio;
  }

  /** How many files of a kind there are. */
  count(kind: string): number {
    return this.#of(kind).files;
  }

  /** Adds files like those that are there. */
  add(kind: string, files: number): void {
    const { share, compressedSize } = this.#some(kind, files);
    this.#grow(kind, files, share);
    this.#added += files;
    this.#newSize += compressedSize;
  }

  /** Adds files whose content is known: copies, or what comes back. */
  copy(kind: string, files: number): void {
    this.#grow(kind, files, this.#some(kind, files).share);
    this.#added += files;
  }

  /** Removes files. */
  remove(kind: string, files: number): void {
    const gone = Math.min(files, this.#of(kind).files);
    this.#grow(kind, -gone, -gone / Math.max(1, this.#of(kind).files));
  }

  /** Writes into files; of their content a share is new. */
  modify(kind: string, files: number, fresh: number): void {
    this.#modified += files;
    this.#newSize += fresh * this.#some(kind, files).compressedSize;
  }

  /** Writes other files in place of some, with other names; of their content a share is new. */
  replace(kind: string, files: number, fresh: number): void {
    this.#added += files;
    this.#newSize += fresh * this.#some(kind, files).compressedSize;
  }

  /** Moves or renames files. */
  move(kind: string, files: number): void {
    this.replace(kind, files, 0);
  }

  /** Changes owner or mode of all files of a kind; Borg reads them again. */
  touch(kind: string): void {
    this.#modified += this.#of(kind).files;
  }

  /** Borg forgets which files it knows. */
  loseCache(): void {
    this.#cacheLost = true;
  }

  /** Makes the backup. */
  backUp(): Night {
    const before = this.#before;
    const now = this.#archive();
    const seen = this.#cacheLost ? { added: now.files, modified: 0 } : {
      added: Math.round(this.#added),
      modified: Math.min(Math.round(this.#modified), now.files),
    };
    const figures = { before, now, ...seen, newSize: Math.round(this.#newSize) };
    const kinds = [...this.#kinds].map(([name, kind]) => ({ name, ...kind }));
    const seed = Math.floor(this.chance.next() * 2 ** 31);
    this.#before = now;
    this.#added = this.#modified = 0;
    this.#newSize = NOTHING_NEW;
    this.#cacheLost = false;
    return {
      figures,
      attacked: (attack) => encrypted(figures, kinds, attack, new Chance(seed)),
    };
  }

  #of(kind: string): Kind {
    const found = this.#kinds.get(kind);
    if (found === undefined) throw new Error(`there are no files of the kind "${kind}"`);
    return found;
  }

  /** What some files of a kind have of all its bytes: few files may be small or large ones. */
  #some(kind: string, files: number): { readonly share: number; readonly compressedSize: number } {
    const all = this.#of(kind);
    const share = files === 0 ? 0 : files / Math.max(1, all.files) * luck(all, files, this.chance);
    return { share, compressedSize: share * all.compressedSize };
  }

  #grow(kind: string, files: number, share: number): void {
    const all = this.#of(kind);
    all.files += files;
    all.size *= 1 + share;
    all.compressedSize *= 1 + share;
  }

  #archive(): ArchiveSize {
    const sum = (of: (kind: Kind) => number) =>
      Math.round([...this.#kinds.values()].reduce((total, kind) => total + of(kind), 0));
    return {
      files: sum(({ files }) => files),
      originalSize: sum(({ size }) => size),
      compressedSize: sum(({ compressedSize }) => compressedSize),
    };
  }
}

/** By what factor the average of some files is above that of all: log-normal, 1 for all of them. */
function luck(all: Kind, files: number, chance: Chance): number {
  const rest = Math.max(0, 1 - files / all.files);
  const variance = Math.log(1 + rest * all.variation ** 2 / files);
  return Math.exp(Math.sqrt(variance) * chance.normal() - variance / 2);
}

/** What the night's figures are when files are encrypted before the backup. */
function encrypted(
  night: NightFigures,
  kinds: readonly (Kind & { readonly name: string })[],
  { share, renames = false, kinds: only }: Attack,
  chance: Chance,
): NightFigures {
  let { added, modified, newSize } = night;
  let inflation = 0;
  const touched = Math.min(1, (night.added + night.modified) / night.now.files);
  for (const kind of kinds) {
    const { name, files, size, compressedSize } = kind;
    if (only !== undefined && !only.includes(name)) continue;
    const count = share === 1 ? files : chance.some(files, share);
    if (count === 0) continue;
    const part = Math.min(1, count / files * luck(kind, count, chance));
    newSize += part * size;
    inflation += part * (size - compressedSize);
    // A file that changed anyway is listed once.
    if (renames) added += count;
    else modified += count * (1 - touched);
  }
  const compressedSize = Math.round(night.now.compressedSize + inflation);
  return {
    ...night,
    added: Math.round(added),
    modified: Math.min(Math.round(modified), night.now.files),
    newSize: Math.round(newSize),
    now: { ...night.now, compressedSize },
  };
}
