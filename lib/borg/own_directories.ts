/** Where Borg keeps its own files on this machine. Pure. @module */
import { join } from "node:path";
import type { InheritedEnvironment } from "./environment.ts";

/** The directories of a Borg 1.2 or 1.4. */
interface OwnDirectories {
  /** Its caches; they can be built again. */
  readonly cache: string;
  readonly config: string;
  /** The keys of the `keyfile` modes. */
  readonly keys: string;
  /** What it remembers of each repository. */
  readonly security: string;
}

/**
 * Finds out where Borg keeps its own files. See "Environment Variables" in Borg's manual, and
 * `helpers/fs.py`: those of XDG count only without BORG_BASE_DIR.
 *
 * @param inherited our own environment, as far as Borg may see it
 * @returns without those for which Borg has to ask the system where its user's home is
 */
export function ownDirectories(inherited: InheritedEnvironment): Partial<OwnDirectories> {
  const base = inherited.BORG_BASE_DIR || inherited.HOME;
  const xdg = inherited.BORG_BASE_DIR ? {} : inherited;
  const below = (directory: string | undefined, name: string) => directory && join(directory, name);
  const config = inherited.BORG_CONFIG_DIR ||
    below(xdg.XDG_CONFIG_HOME || below(base, ".config"), "borg");
  const found = {
    cache: inherited.BORG_CACHE_DIR || below(xdg.XDG_CACHE_HOME || below(base, ".cache"), "borg"),
    config,
    keys: inherited.BORG_KEYS_DIR || below(config, "keys"),
    security: inherited.BORG_SECURITY_DIR || below(config, "security"),
  };
  return Object.fromEntries(Object.entries(found).filter(([, path]) => path));
}

/** The same for people; what the environment does not tell is below the user's home. */
export function shownDirectories(inherited: InheritedEnvironment): OwnDirectories {
  const home = "~";
  return {
    cache: `${home}/.cache/borg`,
    config: `${home}/.config/borg`,
    keys: `${home}/.config/borg/keys`,
    security: `${home}/.config/borg/security`,
    ...ownDirectories(inherited),
  };
}
