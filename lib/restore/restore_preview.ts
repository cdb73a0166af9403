/** Previews a restore, before anything is written. @module */
import type { Entry, Include } from "../borg/entries.ts";
import { patternLines } from "../borg/patterns.ts";
import { type Access, type Answer, type ArchiveAt, queryEntries } from "../borg/borg_queries.ts";
import { PreviewBuilder, type Skipped } from "./preview_builder.ts";
import { includesOf, PathSelection, type PathSelector } from "./path_selector.ts";

/** How much is restored. */
export interface Amount {
  /** Files and whatever else is no directory. */
  files: number;
  directories: number;
  /** Bytes of the files. */
  size: number;
}

/** What would be restored. */
export interface Preview {
  /** What Borg extracts besides what the patterns say. */
  readonly includes: readonly Include[];
  /** Patterns for Borg's standard input. */
  readonly patterns: string;
  readonly amount: Amount;
  /** What is not in the archive. */
  readonly missing: readonly PathSelector[];
  readonly skipped: readonly Skipped[];
}

/** What is heard during a preview. */
export interface PreviewListener {
  /** Hears every entry that is selected and may be restored. */
  readonly onEntry: (entry: Entry) => void;
  /** What a restore must know besides; nothing is skipped without it, as in a list. */
  readonly restore?: {
    /** Whether the restore has to make this directory. */
    readonly isMissing: (path: string) => boolean;
    /** Whether it does not matter that other users change directories meanwhile. */
    readonly isShared: boolean;
  };
}

/**
 * With more paths than this Borg lists the whole archive once, and we choose: Borg compares each
 * entry with each path.
 */
const MANY = 50;

/**
 * Finds out what would be restored.
 *
 * @throws {AppError} when too much of the archive must not be restored
 * @throws {Stopped} when it was stopped
 */
export async function previewRestore(
  access: Access,
  at: ArchiveAt,
  asked: readonly PathSelector[],
  listener: PreviewListener,
): Promise<Answer<Preview>> {
  const literal = await preferLiteral(access, at, asked);
  if (literal.kind === "failed") return literal;
  const selectors = literal.value;
  const selection = new PathSelection(selectors);
  const many = selectors.length > MANY;
  const builder = new PreviewBuilder(selection, selectors, listener, many);
  const listed = await queryEntries(access, {
    ...at,
    includes: includesWithParents(
      selectors,
      listener.restore === undefined ? [] : selection.parents,
    ),
    onEntry: (entry) => builder.add(entry),
  });
  if (listed.kind === "failed") return listed;
  const unknown = builder.unknown();
  if (unknown.length > 0) {
    const answer = await queryEntries(access, {
      ...at,
      includes: [],
      patterns: patternLines({ include: unknown, exclude: [], others: "exclude" }),
      onEntry: (entry) => builder.addUnknown(entry),
    });
    if (answer.kind === "failed") return answer;
  }
  const { amount, missing, skipped } = builder.finish();
  const includes = many ? [] : includesOf(selectors);
  const patterns = patternLines({
    exclude: [...builder.kept, ...skipped.map(({ path }) => path)],
    include: builder.include(),
    others: many && !builder.everything
      ? "exclude"
      : includes.length === 0
      ? "include"
      : "as the arguments say",
  });
  return { kind: "answer", value: { includes, patterns, amount, missing, skipped } };
}

/** Lists parents as well: a restore that has to make them needs to know what they are. */
function includesWithParents(
  selectors: readonly PathSelector[],
  parents: Iterable<string>,
): readonly Include[] {
  if (selectors.length > MANY) return [];
  const includes = includesOf(selectors);
  if (includes.length === 0) return [];
  return [...[...parents].map((path) => ({ kind: "exact", path }) as const), ...includes];
}

/** Treats a glob as a name when the archive has something of this very name. */
async function preferLiteral(
  access: Access,
  at: ArchiveAt,
  asked: readonly PathSelector[],
): Promise<Answer<readonly PathSelector[]>> {
  const doubtful = asked.filter(({ glob }) => glob).map((one) => ({ ...one, glob: false }));
  if (doubtful.length === 0) return { kind: "answer", value: asked };
  const names = new Set<string>();
  const selection = new PathSelection(doubtful);
  const answer = await queryEntries(access, {
    ...at,
    includes: doubtful.length > MANY ? [] : includesOf(doubtful),
    onEntry: (entry) => {
      for (const { path } of selection.selectorsOf(entry)) names.add(path);
    },
  });
  if (answer.kind === "failed") return answer;
  return {
    kind: "answer",
    value: asked.map((one) => names.has(one.path) ? { ...one, glob: false } : one),
  };
}
