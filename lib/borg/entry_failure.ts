/**
 * Explains that Borg can't read an entry of an archive: it trusts whoever made the archive, and ends
 * with a traceback when an entry lacks what Borg itself always writes.
 *
 * @module
 */
import { ownCommand } from "../text/own_command.ts";
import type { BorgFailure } from "./failure_kinds.ts";

/** What Borg 1.2 and 1.4 do with the entries of an archive: `borg list`, and `borg extract`. */
const AT_ENTRIES = /, in (?:_list_archive|do_extract)$/m;
/** What Python says of a value that is not there, or is not of its kind. */
const OF_VALUE =
  /^(?:AttributeError|IndexError|KeyError|OverflowError|TypeError|Unicode\w+Error|ValueError)\b/;

/** Recognises the traceback of an entry that can't be read. */
export function unreadableEntry(text: string, exception: string): BorgFailure | undefined {
  if (!AT_ENTRIES.test(text) || !OF_VALUE.test(exception)) return undefined;
  return {
    kind: "other",
    message:
      `Borg can't read an entry of the archive (${exception}); the archive was not made by ` +
      "Borg as it is, or is damaged",
    hint: `Choose another archive, of this repository or of another one: "${ownCommand("list")}"`,
  };
}
