/** Counts by source what Borg lists. @module */
import type { SizedEntry } from "../borg/archive_sizes.ts";
import type { StagedRoot } from "../staging/staging.ts";

/** What an archive holds of a source. */
export interface SourceCount {
  readonly files: number;
  /** Bytes of these files. */
  readonly bytes: number;
  /** All entries, directories and links included, but not the source itself. */
  readonly entries: number;
}

/**
 * Counts entries by the source that they belong to, the innermost one, in memory that depends on the
 * number of sources alone.
 */
export class SourceTally {
  #sources: readonly {
    readonly path: string;
    readonly at: string;
    readonly below: string;
    files: number;
    bytes: number;
    entries: number;
  }[];

  constructor(roots: readonly StagedRoot[]) {
    this.#sources = roots.toSorted((a, b) => b.at.length - a.at.length).map(({ path, at }) => {
      return { path, at, below: at === "" ? "" : `${at}/`, files: 0, bytes: 0, entries: 0 };
    });
  }

  /** One that goes on from here by itself. */
  copy(): SourceTally {
    const copy = new SourceTally([]);
    copy.#sources = this.#sources.map((source) => ({ ...source }));
    return copy;
  }

  /** Counts an entry; one that belongs to no source is ignored. */
  add({ path, isFile, size }: SizedEntry): void {
    const source = this.#sources.find(({ at, below }) => path === at || path.startsWith(below));
    if (source === undefined) return;
    if (isFile) source.files += 1;
    source.bytes += size;
    if (path !== source.at) source.entries += 1;
  }

  /** What was counted, by the path of the source. */
  get counts(): ReadonlyMap<string, SourceCount> {
    return new Map(
      this.#sources.map(({ path, files, bytes, entries }) => [path, { files, bytes, entries }]),
    );
  }
}
