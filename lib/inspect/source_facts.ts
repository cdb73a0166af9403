/**
 * Looks at the sources themselves, cheaply: each root, and small sources as a whole. Once per run,
 * while they are staged.
 *
 * @module
 */
import { join } from "node:path";
import { mapConcurrent } from "../async/concurrency.ts";
import { LATE, within } from "../async/deadline.ts";
import { reasonOf } from "../errors.ts";
import type { MountBelow, StagedRoot } from "../staging/staging.ts";
import { inTree } from "../staging/tree_paths.ts";
import { humanLimit } from "../text/units.ts";
import { mayBeExcluded } from "./exclude_reach.ts";
import {
  type FactFiles,
  isMarker,
  markerIn,
  mountPointOf,
  type SkipMarker,
  type SkipRules,
} from "./source_root.ts";

/** How long one source is looked at, in milliseconds: its file system may hang. */
const TIMEOUT = 10_000;
/** Sources with more entries than these are not walked; Borg's figures have to do for them. */
const MOST_ENTRIES = 2_000;
/** With many sources each has its share of these, but never less than a few. */
const MOST_IN_ALL = 10_000;
const LEAST_SHARE = 200;
/** Of how many files of a source the size is asked. */
const MOST_SIZES = 100;
/** What `mkfs` makes in the root of a file system is no data. */
const NO_DATA = "lost+found";

/** What is looked at, and how. */
interface FactsRequest extends SkipRules {
  /** Where the sources are staged. */
  readonly root: string;
  readonly roots: readonly StagedRoot[];
  /** Places below them that are not archived: repositories of ours. */
  readonly apart: readonly string[];
  /** What `one_file_system` keeps out of the archive. */
  readonly passedOver: readonly MountBelow[];
  /** Patterns of what is excluded. */
  readonly exclude: readonly string[];
  /** Milliseconds for each source. */
  readonly timeout?: number;
  readonly files: FactFiles;
}

/** What is in a source that is small enough to be walked. */
interface SourceContent {
  readonly files: number;
  /** How many of these the configuration may keep out of the archive. */
  readonly doubtful: number;
  /** Bytes of all these files; `null`: too many to ask each. */
  readonly bytes: number | null;
}

/** What a look at a source shows. */
export type SourceFacts =
  & Pick<StagedRoot, "path">
  & ({
    readonly kind: "seen";
    /** Where its file system is mounted; `null` for a dataset, which is found by its name. */
    readonly mountPoint: string | null;
    /** How many entries its root has, other sources and `lost+found` aside. */
    readonly entries: number;
    /** Nothing is in it, not even another source. */
    readonly empty: boolean;
    /** What in its root makes Borg skip it, by the keys of the configuration. */
    readonly marker: SkipMarker | undefined;
    /** Whether a regular file was found. */
    readonly hasFile: boolean;
    /** `undefined`: there is too much of it. */
    readonly content: SourceContent | undefined;
  } | {
    readonly kind: "unseen";
    /** Why it could not be looked at, as the end of a sentence. */
    readonly reason: string;
  });

/** What was seen of a source. */
export type SeenSource = Extract<SourceFacts, { kind: "seen" }>;

/**
 * Looks at each source.
 *
 * @returns what was seen, in the order of the sources; never throws
 */
export async function gatherFacts(request: FactsRequest): Promise<readonly SourceFacts[]> {
  const { roots, timeout = TIMEOUT } = request;
  const share = Math.max(LEAST_SHARE, Math.floor(MOST_IN_ALL / Math.max(1, roots.length)));
  const limit = Math.min(MOST_ENTRIES, share);
  return await mapConcurrent(roots, async (source): Promise<SourceFacts> => {
    const { path } = source;
    try {
      const facts = await within(look(request, source, limit), timeout);
      if (facts !== LATE) return facts;
      return { kind: "unseen", path, reason: `no answer within ${humanLimit(timeout)}` };
    } catch (error) {
      return { kind: "unseen", path, reason: reasonOf(error) };
    }
  });
}

async function look(request: FactsRequest, source: StagedRoot, limit: number): Promise<SeenSource> {
  const { root, files } = request;
  const staged = join(root, source.at);
  const others = new Set([
    ...request.apart,
    ...request.passedOver.map(({ mountPoint }) => inTree(mountPoint)),
    ...request.roots.flatMap(({ at }) => at === source.at ? [] : [at]),
  ]);
  const top = await readTop(files, staged, source, others);
  return {
    kind: "seen",
    path: source.path,
    mountPoint: source.kind === "dataset" ? null : await mountPointOf(files, source.path),
    entries: top.names.length,
    empty: top.names.length === 0 && !top.hasOther,
    marker: await markerIn(files, staged, request),
    ...await new Walk(request, source, others, limit).result(top),
  };
}

interface Top {
  readonly names: readonly Deno.DirEntry[];
  readonly hasOther: boolean;
}

async function readTop(
  files: FactFiles,
  staged: string,
  source: StagedRoot,
  others: ReadonlySet<string>,
): Promise<Top> {
  const info = await files.lstat(staged);
  // A source may be a single file.
  const all = info.isDirectory
    ? await Array.fromAsync(files.readDir(staged))
    : [{ ...info, name: "" }];
  const data = all.filter(({ name }) => name !== NO_DATA);
  const names = data.filter(({ name }) => !others.has(joinAt(source.at, name)));
  return { names, hasOther: names.length < data.length };
}

/** The sources in the archive have no leading slash; the root directory is the empty string. */
function joinAt(at: string, name: string): string {
  return at === "" ? name : `${at}/${name}`;
}

/** Walks a small source, and gives up as soon as it is none. */
class Walk {
  readonly #request: FactsRequest;
  readonly #staged: string;
  readonly #at: string;
  readonly #others: ReadonlySet<string>;
  readonly #limit: number;
  readonly #mayBeExcluded: (path: string) => boolean;
  readonly #found: string[] = [];
  #doubtful = 0;
  #seen = 0;

  constructor(
    request: FactsRequest,
    source: StagedRoot,
    others: ReadonlySet<string>,
    limit: number,
  ) {
    this.#request = request;
    this.#staged = join(request.root, source.at);
    this.#at = source.at;
    this.#others = others;
    this.#limit = limit;
    this.#mayBeExcluded = mayBeExcluded(request.exclude);
  }

  async result({ names }: Top): Promise<Pick<SeenSource, "hasFile" | "content">> {
    let content: SourceContent | undefined;
    try {
      if (await this.#walk(names)) content = await this.#content();
    } catch {
      // Something in it can't be read, or has just gone: Borg will say so.
    }
    return { hasFile: this.#found.length > 0, content };
  }

  async #walk(names: readonly Deno.DirEntry[]): Promise<boolean> {
    // A marker in the root makes Borg skip the whole source, which is found out elsewhere.
    const directories = this.#take({ at: "", isMarked: false }, names);
    for (const directory of directories) {
      const entries: Deno.DirEntry[] = [];
      for await (const entry of this.#request.files.readDir(join(this.#staged, directory.at))) {
        entries.push(entry);
        if (this.#seen + entries.length > this.#limit) return false;
      }
      const isMarked = directory.isMarked || entries.some(({ name }) => {
        return isMarker(name, this.#request);
      });
      directories.push(...this.#take({ at: directory.at, isMarked }, entries));
    }
    return this.#seen <= this.#limit;
  }

  /** Counts what is in a directory. Returns the directories in it. */
  #take({ at: within, isMarked }: Directory, entries: readonly Deno.DirEntry[]): Directory[] {
    this.#seen += entries.length;
    return entries.flatMap(({ name, isFile, isDirectory }): Directory[] => {
      const at = joinAt(within, name);
      if (isFile) {
        this.#found.push(at);
        if (isMarked || this.#mayBeExcluded(joinAt(this.#at, at))) this.#doubtful += 1;
      }
      const isEntered = isDirectory && !this.#others.has(joinAt(this.#at, at));
      return isEntered ? [{ at, isMarked }] : [];
    });
  }

  async #content(): Promise<SourceContent> {
    const [files, doubtful] = [this.#found.length, this.#doubtful];
    if (files > MOST_SIZES) return { files, doubtful, bytes: null };
    const sizes = await mapConcurrent(this.#found, async (path) => {
      return (await this.#request.files.lstat(join(this.#staged, path))).size;
    }).catch(() => undefined);
    // One has just gone, or its name is no text.
    return { files, doubtful, bytes: sizes?.reduce((sum, size) => sum + size, 0) ?? null };
  }
}

/** A directory below a source. */
interface Directory {
  readonly at: string;
  /** Whether it, or one above it, has a file in it that makes Borg skip it. */
  readonly isMarked: boolean;
}
