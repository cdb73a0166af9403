/**
 * Searches the sources for what their exclude patterns match, and for repositories that nobody
 * excludes. It looks at names alone and gives up after a time limit; then it says nothing of patterns.
 *
 * @module
 */
import { join } from "node:path";
import { inTime } from "../async/deadline.ts";
import { isRepository } from "../borg/local_repository.ts";
import { matcherOf } from "../borg/pattern_match.ts";
import { exactPattern } from "../borg/patterns.ts";
import type { Config } from "../config/config_schema.ts";
import type { ArchivedPlace } from "../staging/own_repositories.ts";
import { type Finding, subject, warning } from "./finding.ts";

/** An exclude pattern, and where the configuration has it. */
interface Pattern {
  readonly pattern: string;
  /** Such as "sources.exclude". */
  readonly key: string;
}

interface SearchRequest {
  /** The sources. */
  readonly places: readonly Place[];
  /** Whether these are all of them: a pattern may be for another one. */
  readonly complete: boolean;
  readonly selection: Pick<
    Config["sources"],
    "exclude" | "excludeIfPresent" | "excludeCaches" | "oneFileSystem"
  >;
  /** Patterns that single repositories have besides. */
  readonly own: readonly Pattern[];
  /** Paths that are no part of the archive: the configuration's own repositories. */
  readonly skip: ReadonlySet<string>;
  readonly signal: AbortSignal;
  /** Milliseconds. */
  readonly timeLimit: number;
}

/** Searches the sources. */
export async function searchSources(request: SearchRequest): Promise<readonly Finding[]> {
  const search = new Search(request);
  let finished = request.complete;
  try {
    await inTime(search.run(), request.timeLimit);
  } catch {
    // It was too slow, or something could not be read: what is unmatched may be there.
    finished = false;
  }
  return [
    ...finished ? [...search.unmatched.keys()].map(unmatchedFinding) : [],
    ...search.repositories.map(repositoryFinding),
  ];
}

function unmatchedFinding({ pattern, key }: Pattern): Finding {
  return warning(
    subject("exclude", pattern),
    `"${pattern}" in ${key} matches no path of the sources`,
    "Patterns are matched against whole paths, without a leading slash: borg help patterns",
  );
}

function repositoryFinding({ live, at }: Place): Finding {
  const message =
    `"${live}" is a Borg repository below a source and is backed up itself: every change to ` +
    "it also ends up in the next archive";
  const hint = `Add "${exactPattern(at)}" to sources.exclude`;
  return warning(subject("exclude", live), message, hint);
}

type Place = Pick<ArchivedPlace, "live" | "at">;

interface Directory extends Place {
  readonly excluded: boolean;
  /** Of the source that it belongs to, when its file system is not left. */
  readonly dev: number | undefined;
}

class Search {
  readonly #request: SearchRequest;
  readonly #matchers: ReadonlyMap<Pattern, (path: string) => boolean>;
  readonly #until: number;
  /** Patterns that matched nothing so far. */
  readonly unmatched: Map<Pattern, (path: string) => boolean>;
  /** Repositories that are archived. */
  readonly repositories: Place[] = [];

  constructor(request: SearchRequest) {
    this.#request = request;
    this.#until = performance.now() + request.timeLimit;
    this.#matchers = matchersOf(
      request.selection.exclude.map((pattern) => ({ pattern, key: "sources.exclude" })),
    );
    this.unmatched = new Map([...this.#matchers, ...matchersOf(request.own)]);
  }

  /** @throws {Error} when a directory can't be read, or the time limit was reached */
  async run(): Promise<void> {
    const { oneFileSystem } = this.#request.selection;
    const queue: Directory[] = [];
    for (const place of this.#request.places) {
      const { dev, isDirectory } = await Deno.lstat(place.live);
      const excluded = this.#meets(place.at);
      if (isDirectory) queue.push({ ...place, excluded, dev: oneFileSystem ? dev : undefined });
    }
    const seen = new Set<string>();
    // Breadth first: a repository rarely lies deep.
    for (const directory of queue) {
      if (seen.has(directory.live)) continue;
      seen.add(directory.live);
      this.#request.signal.throwIfAborted();
      if (performance.now() > this.#until) throw new Error("the time limit was reached");
      queue.push(...await this.#enter(directory));
    }
  }

  /** Looks at what is in a directory, and returns the directories among it. */
  async #enter(directory: Directory): Promise<readonly Directory[]> {
    const { live, at, dev } = directory;
    const { skip, selection: { excludeIfPresent, excludeCaches } } = this.#request;
    if (skip.has(live) || dev !== undefined && (await Deno.lstat(live)).dev !== dev) return [];
    const entries = await Array.fromAsync(Deno.readDir(live));
    const names = new Set(entries.map(({ name }) => name));
    const excluded = directory.excluded || excludeIfPresent.some((name) => names.has(name)) ||
      excludeCaches && names.has("CACHEDIR.TAG");
    if (!excluded && await isRepository(live, names)) this.repositories.push({ live, at });
    return entries.flatMap(({ name, isDirectory }) => {
      const inside = at === "" ? name : `${at}/${name}`;
      const hit = this.#meets(inside, isDirectory && !excluded);
      if (!isDirectory) return [];
      return [{ live: join(live, name), at: inside, excluded: excluded || hit, dev }];
    });
  }

  /** Whether a pattern matches the path; of those that have matched already only if it matters. */
  #meets(path: string, matters = true): boolean {
    for (const [pattern, matcher] of this.unmatched) {
      if (matcher(path)) this.unmatched.delete(pattern);
    }
    return matters && [...this.#matchers.values()].some((matcher) => matcher(path));
  }
}

/** Those that can be judged. */
function matchersOf(patterns: readonly Pattern[]): ReadonlyMap<Pattern, (path: string) => boolean> {
  return new Map(patterns.flatMap((pattern) => {
    const matcher = matcherOf(pattern.pattern);
    return matcher === undefined ? [] : [[pattern, matcher] as const];
  }));
}
