/** What a person should know of the environment that a run starts in. @module */
import { resolve } from "node:path";
import type { Problem } from "../backup/outcome.ts";
import { callerNumber } from "../files/path_safety.ts";
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
 * Warns when root's Borg keeps its keys, its cache and what it knows of repositories where another
 * user can exchange them: `sudo` can be told to leave the variables of the user who calls it.
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
      message: `${name} is ${JSON.stringify(path)}, where another user could replace the keys, ` +
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
    return `it cannot be inspected: ${error instanceof Error ? error.message : String(error)}`;
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

/** The variable; see https://www.ietf.org/archive/id/draft-ietf-tls-keylogfile-02.html. */
const TLS_KEY_LOG = "SSLKEYLOGFILE";

/**
 * Warns that the runtime appends the secrets of every TLS connection to a file, as browsers do for
 * those who look into their own traffic. It opens that file before the first line of this program, so
 * all that can be done is to say so; the service unsets the variable.
 */
export function keyLogWarnings(variable: ReadVariable): readonly Problem[] {
  const path = variable(TLS_KEY_LOG) ?? "";
  if (path === "") return [];
  return [{
    severity: "warning",
    message: `${TLS_KEY_LOG} is set, so the secrets of TLS connections are written to ` +
      `${JSON.stringify(path)}: anyone who reads that file can decrypt recorded mails and the ` +
      "login to the mail server",
    hint:
      `Unset it where autoborg is started (env --unset=${TLS_KEY_LOG}), and find out who could ` +
      "read the file: change the password of the mail server if others could",
  }];
}
