/**
 * Looks at what would be restored, before anything is written.
 *
 * @module
 */
import type { Entry, Include } from "../borg/entries.ts";
import { type Access, type Answer, type ArchiveAt, askEntries } from "./ask.ts";
import { includesOf, meansOf, type Wanted } from "./wanted.ts";

/** How much it is. */
export interface Amount {
  /** Files and whatever else is no directory. */
  files: number;
  directories: number;
  /** Bytes of the files. */
  size: number;
}

/** What would be restored. */
export interface Survey {
  /** What Borg is asked for; everything when empty. */
  readonly includes: readonly Include[];
  readonly amount: Amount;
  /** What was asked for and is not in the archive. */
  readonly missing: readonly Wanted[];
}

/**
 * Looks at what would be restored.
 *
 * @param access what is needed to start Borg
 * @param at the archive
 * @param asked what a person asks for
 * @param onEntry hears every entry that would be restored
 * @returns what it is, or why Borg can't tell
 * @throws {Stopped} when it was stopped
 */
export async function survey(
  access: Access,
  at: ArchiveAt,
  asked: readonly Wanted[],
  onEntry: (entry: Entry) => void,
): Promise<Answer<Survey>> {
  const literal = await preferLiteral(access, at, asked);
  if (literal.kind === "failed") return literal;
  const wanted = literal.value;
  const includes = includesOf(wanted);
  const amount: Amount = { files: 0, directories: 0, size: 0 };
  const sought = new Map(wanted.map((one) => [one, meansOf(one)]));
  const answer = await askEntries(access, {
    ...at,
    includes,
    onEntry: (entry) => {
      for (const [one, means] of sought) if (means(entry)) sought.delete(one);
      count(amount, entry);
      onEntry(entry);
    },
  });
  if (answer.kind === "failed") return answer;
  return { kind: "answer", value: { includes, amount, missing: [...sought.keys()] } };
}

/** What looks like a glob is a name when the archive has something of this very name. */
async function preferLiteral(
  access: Access,
  at: ArchiveAt,
  asked: readonly Wanted[],
): Promise<Answer<readonly Wanted[]>> {
  const doubtful = asked.filter(({ glob }) => glob).map((one) => ({ ...one, glob: false }));
  if (doubtful.length === 0) return { kind: "answer", value: asked };
  const names = new Set<string>();
  const tests = doubtful.map((one) => ({ path: one.path, means: meansOf(one) }));
  const answer = await askEntries(access, {
    ...at,
    includes: includesOf(doubtful),
    onEntry: (entry) => {
      for (const { path, means } of tests) if (means(entry)) names.add(path);
    },
  });
  if (answer.kind === "failed") return answer;
  return {
    kind: "answer",
    value: asked.map((one) => names.has(one.path) ? { ...one, glob: false } : one),
  };
}

function count(amount: Amount, entry: Entry): void {
  if (entry.type === "directory") amount.directories += 1;
  else amount.files += 1;
  amount.size += entry.size;
}
