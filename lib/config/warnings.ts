/**
 * What a person should change about a configuration that works: who else has access to it, and which
 * passphrases are short.
 * @module
 */
import { callerNumber, foreignOwner, octal } from "../files/path_safety.ts";
import { findUnsafePlace, type UnsafePlace } from "../files/path_safety.ts";
import { borgCommand } from "../text/own_command.ts";
import { commandLine } from "../text/printable.ts";
import type { Config } from "./config_schema.ts";

/** A passphrase with fewer characters can be guessed, and is likely to be a part of other words. */
const SHORTEST = 8;

/** One such as "repository", which our own messages have as well, and every list of words. */
const WORD = /^(?:[A-Z]?[a-z]{1,15}|[A-Z]{1,15})$/;

/** The file of a secret. */
export interface SecretFile {
  /** The key that names it. */
  readonly what: string;
  /** Its path, absolute. */
  readonly file: string;
  readonly info: Deno.FileInfo;
  /** The directory of the configuration, which is looked at for itself. */
  readonly known: string;
}

/** Looks who else may read or replace the file of a secret. */
export async function secretWarnings(secret: SecretFile): Promise<string[]> {
  const { what, file, info, known } = secret;
  const named = `${JSON.stringify(file)} (${what})`;
  const warnings: string[] = [];
  if (isOpen(info)) warnings.push(openFile(what, file, info.mode));
  const owner = foreignOwner(info);
  if (owner !== undefined) {
    warnings.push(`Other users may be able to read the secret in ${named}: ${owned(file, owner)}`);
  }
  const unsafe = await unsafeDirectory(file);
  // Directories above the configuration are reported with the configuration itself.
  if (unsafe === undefined || `${known}/`.startsWith(`${unsafe.path}/`)) return warnings;
  return [...warnings, `Other users may be able to replace ${named}: ${remedyOf(unsafe)}`];
}

/**
 * Looks who else may read or change the configuration. Who changes it has programs started with the
 * rights of the run: Borg starts a `passphrase_command`, and ssh a `ProxyCommand`.
 */
export async function accessWarnings(file: string, hasSecret: boolean): Promise<string[]> {
  const own = await Deno.stat(file);
  const owner = foreignOwner(own);
  const warnings: string[] = [];
  if (hasSecret && isOpen(own)) warnings.push(openFile("the configuration", file, own.mode));
  else if (isWritableByOthers(own)) warnings.push(altered("change", file, closed(file, own.mode)));
  if (owner !== undefined) warnings.push(altered("change", file, owned(file, owner)));
  const unsafe = await unsafeDirectory(file);
  return unsafe === undefined
    ? warnings
    : [...warnings, altered("replace", file, remedyOf(unsafe))];
}

/** Finds a directory on the way to a file from which others could replace the file. */
async function unsafeDirectory(file: string): Promise<UnsafePlace | undefined> {
  const unsafe = findUnsafePlace(file, { rootsGroup: "trusted" });
  return unsafe?.path === await Deno.realPath(file) ? undefined : unsafe;
}

function remedyOf({ path, kind, uid, mode }: UnsafePlace): string {
  return kind === "writable" ? closed(path, mode) : owned(path, uid);
}

/** Points out passphrases that are too short to protect anything. */
export function passphraseWarnings(repositories: Config["repositories"]): string[] {
  return repositories.flatMap(({ label, key }) => {
    if (key.kind !== "passphrase") return [];
    const text = key.passphrase.reveal();
    const { length } = [...text];
    const isWord = WORD.test(text);
    if (length === 0 || length >= SHORTEST && !isWord) return [];
    const [what, wanted] = length < SHORTEST
      ? ["short", `${SHORTEST} characters or more, because a shorter one`]
      : ["one word", "several words or random characters, because a word"];
    return [
      `The passphrase of "${label}" is ${what}: expected ${wanted} can be guessed, and hiding it ` +
      `in reports also hides ${isWord ? "the same word" : "other words"} there; to change it: ${
        borgCommand(label, "key", "change-passphrase", "::")
      }`,
    ];
  });
}

function openFile(what: string, file: string, mode: number | null): string {
  return `Other users may be able to read the secret in ${JSON.stringify(file)} (${what}): ` +
    `expected mode 0600, found ${octal(mode)}; run "${commandLine(["chmod", "600", file])}"`;
}

function altered(verb: "change" | "replace", file: string, remedy: string): string {
  return `Other users may be able to ${verb} ${JSON.stringify(file)}, and so choose what a run ` +
    `executes: ${remedy}`;
}

function closed(path: string, mode: number | null): string {
  return `expected ${JSON.stringify(path)} to be writable only by its owner, found mode ` +
    `${octal(mode)}; run "${commandLine(["chmod", "go-w", path])}"`;
}

function owned(path: string, uid: number | null): string {
  const own = callerNumber() ?? 0;
  const wanted = own === 0 ? "root" : String(own);
  return `expected ${JSON.stringify(path)} to be owned by root or by the user who runs autoborg, ` +
    `found user ${uid}, who could change it: read it first, then run "chown ${wanted} ${path}"`;
}

function isOpen({ mode }: Deno.FileInfo): boolean {
  return ((mode ?? 0) & 0o077) !== 0;
}

/** A group with the number of the owner is the owner's own, as many systems make one for each user. */
function isWritableByOthers({ mode, uid, gid }: Deno.FileInfo): boolean {
  const group = uid === gid ? 0 : 0o020;
  return ((mode ?? 0) & (0o002 | group)) !== 0;
}
