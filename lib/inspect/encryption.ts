/** Compares how a repository is encrypted with what the configuration says. Pure. @module */
import { failure, type Problem } from "../problem.ts";
import { ownCommand } from "../text/own_command.ts";

/** What an encryption mode of Borg hides from a user with access to the repository. */
type Protection = "encrypted" | "authenticated" | "none";

const WORDS: Readonly<Record<Protection, string>> = {
  encrypted: "encrypted",
  authenticated: "authenticated, but not encrypted",
  none: "not encrypted",
};

/**
 * Says that a repository is protected less than the configuration says. A key in another place, or
 * another cipher, is no problem: `encryption` is what `autoborg init` makes, and Borg can't change it.
 *
 * @param configured `encryption` in the configuration, such as `repokey-blake2`
 * @param mode `encryption.mode` as `borg list --json` has it
 * @returns an error; `undefined` when it is protected as configured, or better
 */
export function encryptionProblem(
  label: string,
  configured: string,
  mode: string,
): Problem | undefined {
  const wanted = protectionOf(configured);
  const found = protectionOf(mode);
  if (found === wanted || found === "encrypted" || wanted === "none") return undefined;
  const said = `encryption = "${configured}"`;
  return failure(
    `The repository is ${
      WORDS[found]
    }, although the configuration says ${said}: anyone who can read ` +
      `it can read ${found === "none" ? "and forge " : ""}all archives in it`,
    `If this is intended, set encryption = "${mode}" in [[repositories]] "${label}"; if not, ` +
      `set its url to a new location, then: ${ownCommand("init")}`,
  );
}

function protectionOf(mode: string): Protection {
  if (mode === "none") return "none";
  return mode.startsWith("authenticated") ? "authenticated" : "encrypted";
}
