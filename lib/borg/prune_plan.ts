/** Reads what `borg prune --dry-run --list` says of each archive. Pure. @module */

/** What would become of an archive. */
export interface PruneVerdict {
  readonly archive: string;
  /** Borg's id of it; "": Borg did not say. */
  readonly id: string;
  /** The rule that keeps it, such as `daily #1`; absent: it would be removed. */
  readonly rule?: string;
}

/** An archive as Borg lists it: its name, its time, its id. */
const LISTED =
  / +(\S.*\S|\S) +(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{4}-\d\d-\d\d [^[\]]*\[([0-9a-f]+)\]$/;

/**
 * Reads a message of Borg 1.2 or 1.4: "Keeping archive (rule: daily #1):  NAME  Sun, 2026-11-22 …
 * [ID]", "Would prune:  NAME  Sun, … [ID]".
 */
export function parsePruneVerdict(text: string): PruneVerdict | undefined {
  const [start, what, rule] =
    /^(?:Would prune|Keeping ((?:checkpoint )?archive)(?: \(rule: (.*?)\))?):/.exec(text) ?? [];
  if (start === undefined) return undefined;
  const rest = text.slice(start.length);
  // Names of other programs may have spaces.
  const [, listed, id = ""] = LISTED.exec(rest) ?? [];
  const archive = listed ?? /^ +(\S+)/.exec(rest)?.[1];
  if (archive === undefined) return undefined;
  return what === undefined ? { archive, id } : { archive, id, rule: inWords(rule ?? what) };
}

/** Borg marks the one archive that is kept although a rule has not had enough of them so far. */
function inWords(rule: string): string {
  return rule.replace(/^(\w+)\[oldest\] (#\d+)$/, "$1 $2, the oldest archive");
}
