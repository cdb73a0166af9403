/** Tells pins from the archives that hold data. Pure. @module */
import { pinnedArchive } from "../text/pin_name.ts";

/** A pin in a repository. */
export interface BorgPin {
  /** The archive that is kept. */
  readonly archive: string;
  /** The name of the pin itself. */
  readonly name: string;
  /** Borg's id of the pin. */
  readonly id: string;
}

/** Parts a list of archives into those that hold data, and pins. */
export function withoutPins<T extends Pick<BorgPin, "name" | "id">>(
  all: readonly T[],
): { readonly archives: readonly T[]; readonly pins: readonly BorgPin[] } {
  const archives: T[] = [];
  const pins: BorgPin[] = [];
  for (const one of all) {
    const archive = pinnedArchive(one.name);
    if (archive === undefined) archives.push(one);
    else pins.push({ archive, name: one.name, id: one.id });
  }
  return { archives, pins };
}
