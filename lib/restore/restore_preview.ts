/** Previews a restore, before anything is written. @module */
import type { Include } from "../borg/entries.ts";
import { patternLines } from "../borg/patterns.ts";
import { type Access, type Answer, type ArchiveAt, queryEntries } from "../borg/borg_queries.ts";
import { type Preview, PreviewBuilder, type PreviewListener } from "./preview_builder.ts";
import { includesOf, PathSelection, type PathSelector } from "./path_selector.ts";

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
