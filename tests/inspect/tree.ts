/** A tree of files, made by chance, and what a backup finds changed in it. @module */
import type { ArchiveSize, NightFigures } from "../../lib/inspect/unusual_change.ts";
import type { Chance } from "./chance.ts";

/** A file with one content; a changed one is another object. */
export interface File {
  readonly size: number;
  /** Size after compression by size. */
  readonly ratio: number;
  readonly directory: number;
  /** The day it was written. */
  readonly day: number;
}

/** How much of a large file becomes new when something in it changes. */
const CHUNK = 2_000_000;
const LARGEST = 20_000_000_000;
/** Where copies and imports go. */
const MIRROR = 5_000;
const IMPORTED = 6_000;

/** Files by a number that stands for their path. */
export class Tree {
  readonly directories: number;
  readonly #chance: Chance;
  readonly #files = new Map<number, File>();
  /** The tail of the sizes: the lower, the more is in a few files. */
  readonly #tail: number;
  readonly #smallest: number;
  /** How well the files of a directory compress. */
  readonly #ratios: readonly number[];
  #paths = 0;
  #fresh = 0;
  #backedUp: ReadonlyMap<number, File> = new Map();
  #before: ArchiveSize = { files: 0, originalSize: 0, compressedSize: 0 };

  constructor(chance: Chance) {
    this.#chance = chance;
    this.directories = chance.whole(25, 250);
    this.#tail = chance.between(1.1, 1.7);
    this.#smallest = 20_000 * chance.around(1);
    this.#ratios = Array.from(
      { length: this.directories },
      () => chance.happens(0.4) ? chance.between(0.93, 1) : chance.between(0.15, 0.7),
    );
    const count = chance.whole(2_000, 6_000);
    for (let file = 0; file < count; file += 1) this.#create(this.#anyDirectory(), 0);
  }

  /** The files. */
  get files(): Iterable<File> {
    return this.#files.values();
  }

  /** People work: a share of the files is edited, others are made and removed. */
  work(share: number, day: number): void {
    const paths = [...this.#files.keys()];
    const times = (part: number) => Math.round(part * share * paths.length);
    for (let edit = 0; edit < times(1); edit += 1) {
      this.#edit(this.#chance.pick(paths), this.#chance.happens(0.5), day);
    }
    for (let file = 0; file < times(0.4); file += 1) this.#create(this.#anyDirectory(), day);
    for (let file = 0; file < times(0.3); file += 1) this.#files.delete(this.#chance.pick(paths));
  }

  /** Writes a directory anew, such as with another version; a share of the content is new. */
  rewrite(directory: number, fresh: number, day: number): void {
    const keepsNames = this.#chance.happens(0.5);
    for (const [path, file] of this.#in(directory)) {
      this.#fresh += fresh * file.size * file.ratio;
      this.#files.set(path, { ...file, day });
      if (!keepsNames) this.#rename(path);
    }
  }

  /** Moves a directory. */
  rename(directory: number): void {
    for (const [path] of this.#in(directory)) this.#rename(path);
  }

  /** Changes owners or modes in a directory. */
  touch(directory: number): void {
    for (const [path, file] of this.#in(directory)) this.#files.set(path, { ...file });
  }

  /** Removes a share of a directory's files, the oldest ones, and makes as many new ones. */
  turnOver(directory: number, share: number, day: number): void {
    const files = this.#in(directory).toSorted(([, one], [, other]) => one.day - other.day);
    for (const [path, { size, ratio }] of files.slice(0, Math.ceil(share * files.length))) {
      this.#files.delete(path);
      const same = size * this.#chance.around(0.05);
      this.#add({ size: same, ratio, directory, day });
      this.#fresh += same * ratio;
    }
  }

  /** Copies a directory to where the copy before it was. */
  mirror(directory: number): void {
    for (const [path] of this.#in(MIRROR)) this.#files.delete(path);
    for (const [, file] of this.#in(directory)) this.#add({ ...file, directory: MIRROR });
  }

  /** Adds a large directory. */
  import(share: number, day: number): void {
    const ratio = this.#chance.between(0.3, 1);
    const count = Math.round(share * this.#files.size);
    for (let file = 0; file < count; file += 1) this.#create(IMPORTED, day, ratio);
  }

  /** Removes whole directories. */
  remove(share: number): void {
    for (let left = share * this.#files.size; left > 0;) {
      const files = this.#in(this.#anyDirectory());
      for (const [path] of files) this.#files.delete(path);
      left -= files.length + 1;
    }
  }

  /** Compares with the last backup as Borg does. */
  backUp(cacheLost: boolean): NightFigures {
    const old = cacheLost ? new Map<number, File>() : this.#backedUp;
    let added = 0;
    let modified = 0;
    for (const [path, file] of this.#files) {
      const known = old.get(path);
      if (known === undefined) added += 1;
      else if (known !== file) modified += 1;
    }
    const before = this.#before;
    const now = this.#size();
    const newSize = Math.round(1_500 + this.#fresh);
    this.#backedUp = new Map(this.#files);
    this.#before = now;
    this.#fresh = 0;
    return { before, now, added, modified, newSize };
  }

  #size(): ArchiveSize {
    let [originalSize, compressedSize] = [0, 0];
    for (const { size, ratio } of this.#files.values()) {
      originalSize += size;
      compressedSize += size * ratio;
    }
    return {
      files: this.#files.size,
      originalSize: Math.round(originalSize),
      compressedSize: Math.round(compressedSize),
    };
  }

  #in(directory: number): (readonly [number, File])[] {
    return [...this.#files].filter(([, file]) => file.directory === directory);
  }

  /** A few directories have most of the files. */
  #anyDirectory(): number {
    return Math.floor(this.directories * this.#chance.next() ** 2.5);
  }

  #create(directory: number, day: number, ratio = this.#ratios[directory] ?? 1): void {
    const size = Math.min(LARGEST, this.#smallest * (1 - this.#chance.next()) ** (-1 / this.#tail));
    this.#add({ size, ratio, directory, day });
    this.#fresh += size * ratio;
  }

  #edit(path: number, whole: boolean, day: number): void {
    const file = this.#files.get(path);
    if (file === undefined) return;
    this.#files.set(path, { ...file, day });
    this.#fresh += file.ratio * (whole ? file.size : Math.min(file.size, CHUNK));
  }

  #rename(path: number): void {
    const file = this.#files.get(path);
    if (file === undefined) return;
    this.#files.delete(path);
    this.#add(file);
  }

  #add(file: File): void {
    this.#files.set(this.#paths, file);
    this.#paths += 1;
  }
}
