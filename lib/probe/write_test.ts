/**
 * Tries whether files can be written to a directory, with a file of our own that goes at once.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { reasonOf } from "../errors.ts";
import { inTime } from "../async/time_limit.ts";

/** What came of it. */
type Trial =
  | {
    readonly kind: "written";
    /** Where: the directory, or the nearest one above it when it is not there yet. */
    readonly directory: string;
  }
  | { readonly kind: "failed"; readonly message: string; readonly hint: string };

/** Bytes of the file: a disk or a quota that does not even take this much is full. */
const SIZE = 1_048_576;

/** How long a disk may take for it, in milliseconds. */
const PATIENCE = 20_000;

/**
 * Writes a file and removes it.
 *
 * @param directory where to; absolute
 * @param need `existing`: the directory must be there; `made`: whoever uses it would make it
 */
export async function tryToWrite(directory: string, need: "existing" | "made"): Promise<Trial> {
  let at = directory;
  try {
    at = await inTime(need === "made" ? nearestExisting(directory) : real(directory), PATIENCE);
    await inTime(writeAndRemove(at), PATIENCE);
    return { kind: "written", directory: at };
  } catch (error) {
    const where = at === directory ? `"${at}"` : `"${at}", in which "${directory}" is to be made`;
    return { kind: "failed", ...explain(where, at, error) };
  }
}

async function real(directory: string): Promise<string> {
  await demandDirectory(directory);
  return directory;
}

async function demandDirectory(path: string): Promise<void> {
  if (!(await Deno.stat(path)).isDirectory) throw new Error("it is not a directory");
}

async function nearestExisting(directory: string): Promise<string> {
  try {
    await demandDirectory(directory);
    return directory;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound) || directory === "/") throw error;
    return await nearestExisting(dirname(directory));
  }
}

async function writeAndRemove(directory: string): Promise<void> {
  const path = join(directory, `.autoborg-probe-${crypto.randomUUID()}`);
  const file = await Deno.open(path, { write: true, createNew: true, mode: 0o600 });
  try {
    using open = file;
    // Random, as a file system that compresses would have room for anything else.
    const bytes = new Uint8Array(SIZE);
    for (let at = 0; at < SIZE; at += 65_536) {
      crypto.getRandomValues(bytes.subarray(at, at + 65_536));
    }
    for (let done = 0; done < SIZE;) done += await open.write(bytes.subarray(done));
    await open.sync();
  } finally {
    await Deno.remove(path);
  }
}

function explain(
  where: string,
  directory: string,
  error: unknown,
): { readonly message: string; readonly hint: string } {
  const reason = reasonOf(error);
  if (/os error (?:28|122)\b/.test(reason)) {
    return {
      message: `no space is left in ${where}`,
      hint: `Make room; see "df -h ${directory}" and "df -i ${directory}", and quotas`,
    };
  }
  if (/os error 30\b/.test(reason)) {
    return {
      message: `${where} is on a read-only file system`,
      hint: "See why it is read-only: after a disk error the kernel may have made it so",
    };
  }
  const says = `nothing can be written to ${where}: ${reason.replace(/:? *\w+ '.*$/, "")}`;
  if (error instanceof Deno.errors.NotFound) {
    return { message: says, hint: `Make it: mkdir -p "${directory}"` };
  }
  return { message: says, hint: "autoborg usually runs as root; see owner and mode" };
}
