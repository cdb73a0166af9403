/** Archives of other names in the same repository, such as those of an older script. Pure. @module */
import { mayMatchSeries, parseArchiveName } from "../text/archive_name.ts";
import { globRegExp } from "../text/glob.ts";
import { counted } from "../text/units.ts";

/**
 * The archives that nobody prunes, as far as this configuration tells: those of autoborg's other series
 * have configurations of their own.
 *
 * @param names all archives of the repository, oldest first
 * @param also what is set for them: a glob, "keep", or nothing
 */
export function outsideRetention(
  names: readonly string[],
  { also }: { readonly also?: string | undefined },
): readonly string[] {
  if (also === "keep") return [];
  const glob = also === undefined ? undefined : globRegExp(also, false);
  return names.filter((name) => parseArchiveName(name) === undefined && glob?.test(name) !== true);
}

/** Says so in a sentence with what to do; `undefined` when there is none. */
export function outsideText(outside: readonly string[], series: string): string | undefined {
  const newest = outside.at(-1);
  if (newest === undefined) return undefined;
  const glob = globFor(newest, series);
  const prune = glob === undefined ? "with a glob of them" : `= ${JSON.stringify(glob)}`;
  return `${counted(outside.length, "archive", "archives")} of other names, such as "${newest}", ` +
    `${
      outside.length === 1 ? "stands" : "stand"
    } outside retention: set [retention] also ${prune} to prune them by the same rules, or ` +
    'also = "keep"';
}

/** A glob for names that differ in digits alone. */
function globFor(name: string, series: string): string | undefined {
  const glob = name.replaceAll(/[0-9]/g, "?");
  return /[\s/@[\]*]/.test(glob) || mayMatchSeries(glob, series) ? undefined : glob;
}
