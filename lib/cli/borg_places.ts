/**
 * Where root's Borg keeps its keys and its cache, and what it knows of repositories: directories that
 * the environment names. `sudo` can be told to leave the variables of the user who calls it, and then
 * that user can exchange what root's Borg believes.
 * @module
 */
import { resolve } from "node:path";
import type { Problem } from "../backup/outcome.ts";
import { callerNumber } from "../files/caller.ts";
import { describeUnsafe, findUnsafePlace } from "../files/path_safety.ts";
import { ownCommand } from "../text/own_command.ts";
import type { ReadVariable } from "./context.ts";

/** The variables that name these places. Borg looks below HOME when no other is set. */
const PLACES = [
  "HOME",
  "BORG_BASE_DIR",
  "BORG_CACHE_DIR",
  "BORG_CONFIG_DIR",
  "BORG_KEYS_DIR",
  "BORG_SECURITY_DIR",
  "XDG_CACHE_HOME",
  "XDG_CONFIG_HOME",
] as const;

/**
 * Warns when root's Borg is led to places that another user controls.
 *
 * @param caller the number of the user who runs autoborg; only root is warned
 */
export function placeWarnings(
  variable: ReadVariable,
  caller: number | undefined = callerNumber(),
): readonly Problem[] {
  if (caller !== 0) return [];
  return PLACES.flatMap((name) => {
    const path = variable(name) ?? "";
    const fault = path === "" ? undefined : faultOf(path);
    if (fault === undefined) return [];
    return [{
      severity: "warning",
      message: `${name} is ${JSON.stringify(path)}, where another user could exchange the keys, ` +
        `the cache and the settings of the programs that root starts: ${fault}`,
      hint: remedyFor(name),
    }];
  });
}

function faultOf(path: string): string | undefined {
  try {
    const unsafe = findUnsafePlace(resolve(path), { rootsGroup: "trusted" });
    return unsafe === undefined ? undefined : describeUnsafe(unsafe);
  } catch (error) {
    return `it can't be looked at: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function remedyFor(name: typeof PLACES[number]): string {
  return name === "HOME"
    ? `Run it with root's own HOME, such as "sudo -H ${
      ownCommand("run")
    }"; copy Borg's key files ` +
      "there first, if there are any below .config/borg/keys"
    : `Unset ${name} where autoborg is started, or let it name a directory that only root can ` +
      "write to; copy Borg's key files there first, if there are any";
}
