/** What a restore in place would change, as the verb hears it. @module */
import type { Entry } from "../borg/entries.ts";
import { ChangeSearch } from "../restore/in_place.ts";
import type { RestoreRequest } from "../restore/restore_archive.ts";

/** What a restore in place would change; nothing is known of any other restore. */
export interface Changes {
  readonly onEntry: (entry: Entry) => void;
  readonly lines: () => readonly string[];
}

/** Compares what would be restored with what is there, if it is restored in place. */
export function changesOf({ target }: RestoreRequest, inPlace: boolean): Changes {
  const search = new ChangeSearch(target);
  return {
    onEntry: (entry) => {
      if (inPlace) search.consider(entry);
    },
    lines: () => inPlace ? search.lines() : [],
  };
}
