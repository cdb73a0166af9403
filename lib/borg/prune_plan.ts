/** Reads what `borg prune --dry-run --list` says of each archive. Pure. @module */

/** What would become of an archive. */
export interface PruneVerdict {
  readonly archive: string;
  /** The rule that keeps it, such as `daily #1`; absent: it would be removed. */
  readonly rule?: string;
}

/**
 * Reads a message of Borg 1.2 or 1.4: "Keeping archive (rule: daily #1):  NAME  Sun, 2026-11-22 …",
 * "Would prune:  NAME  Sun, …".
 */
export function parsePruneVerdict(text: string): PruneVerdict | undefined {
  const [, archive] = /^Would prune: +(\S+)/.exec(text) ?? [];
  if (archive !== undefined) return { archive };
  const [, what = "", rule, kept] =
    /^Keeping ((?:checkpoint )?archive)(?: \(rule: (.*?)\))?: +(\S+)/.exec(text) ?? [];
  return kept === undefined ? undefined : { archive: kept, rule: inWords(rule ?? what) };
}

/** Borg marks the one archive that is kept although a rule has not had enough of them so far. */
function inWords(rule: string): string {
  return rule.replace(/^(\w+)\[oldest\] (#\d+)$/, "$1 $2, the oldest archive");
}
