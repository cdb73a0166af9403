/** Finds hooks, and refuses those that another user could have written. @module */
import { dirname, join } from "node:path";
import { AppError, reasonOf } from "../errors.ts";
import { describeUnsafe, findUnsafePlace } from "./path_safety.ts";

/** Where the hooks lie. */
export const HOOK_DIRECTORY = "/etc/autoborg/hooks";

/** Where hooks are looked for. */
export interface HookPlace {
  /** {@linkcode HOOK_DIRECTORY} when left out, which is the only place the permission set allows. */
  readonly directory?: string;
  /** Who must own the files and directories; 0 (root) when left out. */
  readonly owner?: number;
}

/**
 * Finds a hook that may be run.
 *
 * @param hook the name of its file
 * @returns its path; `undefined` when there is none
 * @throws {AppError} when it may not be run
 */
export async function findHook(
  { directory = HOOK_DIRECTORY, owner = 0 }: HookPlace,
  hook: string,
): Promise<string | undefined> {
  const file = join(directory, hook);
  try {
    await Deno.lstat(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw new AppError(`Cannot inspect the hook "${file}": ${reasonOf(error)}`, { cause: error });
  }
  const faults = [
    ...await faultsOf(file, "file", owner),
    ...await faultsOf(dirname(file), "directory", owner),
    ...await faultsOf(dirname(dirname(file)), "directory", owner),
  ];
  // Further up, too: a user who may rename one of these directories can replace it.
  const unsafe = faults.length === 0 ? findUnsafePlace(file, { owner }) : undefined;
  if (unsafe !== undefined) faults.push(describeUnsafe(unsafe));
  if (faults.length === 0) return file;
  throw new AppError(`Refusing to run the hook "${file}": ${faults.join("; ")}`, {
    hint: `Hooks run as root, and other users could change this one: read it first (less ` +
      `"${file}"). ` +
      `Then: chown root "${file}" "${dirname(file)}" && ` +
      `chmod 0755 "${file}" "${dirname(file)}"`,
  });
}

async function faultsOf(
  path: string,
  kind: "file" | "directory",
  owner: number,
): Promise<readonly string[]> {
  const info = await Deno.lstat(path);
  const mode = info.mode ?? 0o777;
  const faults: string[] = [];
  if (kind === "file" && !info.isFile) faults.push(`"${path}" is not a regular file`);
  if (kind === "directory" && !info.isDirectory) faults.push(`"${path}" is not a directory`);
  if (info.uid !== owner) faults.push(`"${path}" is owned by user ${info.uid}, expected ${owner}`);
  if ((mode & 0o022) !== 0) faults.push(`"${path}" can be written by users other than its owner`);
  if (kind === "file" && (mode & 0o111) === 0) faults.push(`"${path}" is not executable`);
  return faults;
}
