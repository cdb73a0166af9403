/** Where archives are pinned, and how that is said. Pure. @module */
import { printableLine } from "../text/printable.ts";

/** That an archive is pinned in a repository. */
export interface ArchivePin {
  readonly repository: string;
  /** Why it is kept; "": nobody said why. */
  readonly reason: string;
  /** The pin itself is gone, and the archive is kept until that is accepted. */
  readonly missing: boolean;
}

/** Where archives are pinned, by their names. */
export type PinnedArchives = ReadonlyMap<string, readonly ArchivePin[]>;

/**
 * Says that an archive is pinned, and why.
 *
 * @param repositories those that hold it; without them no repository is named
 */
export function pinText(pins: readonly ArchivePin[], repositories: readonly string[] = []): string {
  const isEverywhere = repositories.every((label) =>
    pins.some(({ repository }) => repository === label)
  );
  const texts = pins.map(({ repository, reason, missing }) => {
    const where = isEverywhere ? "" : ` in ${repository}`;
    const lost = missing ? ", but the pin is gone" : "";
    return `pinned${where}${reason === "" ? "" : ` (${printableLine(reason)})`}${lost}`;
  });
  return [...new Set(texts)].join(", ");
}
