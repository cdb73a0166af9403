/**
 * The name of the series: BACKUP_NAME_PREFIX.
 *
 * @module
 */
import { Draft, type Point } from "./draft.ts";
import { validName } from "./names.ts";
import { asText, type Settings } from "./settings.ts";

/** As long as the configuration allows. */
const LONGEST = 64;

/**
 * Makes what stands in front of the first table.
 *
 * @param settings the script's settings
 * @param points collects what a person must look at
 * @param hostname this machine's name, for a script whose prefix could not be read
 * @returns the key `name` and what it means for the archives that exist
 */
export function seriesTable(settings: Settings, points: Point[], hostname: string): Draft {
  const draft = new Draft("", points);
  const prefix = settings.take("name", draft, "a string", asText);
  const fallback = validName(hostname, LONGEST) || "backup";
  if (prefix === undefined) {
    if (!settings.failed.has("name")) draft.unread(undefined, "the script names no prefix");
    draft.look(undefined, "the name of this machine stands here in its place");
    lookAtArchives(draft, undefined);
    draft.set("name", fallback);
    return draft;
  }
  // Borg itself replaces these.
  const text = prefix.value.replaceAll(/\{(?:hostname|fqdn)\}/g, fallback);
  const name = validName(text, LONGEST) || fallback;
  if (name !== prefix.value) {
    draft.look(
      prefix.line,
      `the name is made from the prefix ${JSON.stringify(prefix.value)}, ` +
        "and archives are named NAME-TIME-ID",
    );
  }
  lookAtArchives(draft, prefix.line);
  draft.set("name", name, prefix);
  return draft;
}

/** What becomes of the archives of the script, and of autoborg's if the script goes on. */
function lookAtArchives(draft: Draft, line: number | undefined): void {
  draft.look(
    line,
    "archives that the script made are kept: autoborg lists them (autoborg list --all) and never " +
      "prunes them; what you no longer need can be deleted by hand, which can't be undone: look first " +
      "(autoborg borg LABEL -- delete --dry-run --list ::ARCHIVE)",
  );
  draft.look(
    line,
    "stop the script for good before the first run: its prune goes by the prefix, and would take " +
      "the new archives for its own",
  );
}
