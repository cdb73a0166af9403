/** Tests whether a directory can be written to, with a file that is removed at once. @module */
import { dirname, join } from "node:path";
import { reasonOf } from "../errors.ts";
import { inTime } from "../async/deadline.ts";

/** The result: `directory` is the nearest one above it when it does not exist yet. */
type WriteTest =
  | { readonly kind: "written"; readonly directory: string }
  | { readonly kind: "failed" } & Failure;

interface Failure {
  readonly message: string;
  readonly hint: string;
}

/** The size of the file, in bytes: a disk or a quota that has no room for this much is full. */
const SIZE = 1_048_576;

/** How long each step may take, in milliseconds. */
const TIME_LIMIT = 20_000;

/**
 * Writes a file to a directory and removes it.
 *
 * @param need `existing`: the directory must exist; `made`: the program that uses it would make it
 */
export async function testWrite(directory: string, need: "existing" | "made"): Promise<WriteTest> {
  let at = directory;
  try {
    at = await inTime(existing(directory, need), TIME_LIMIT);
    await inTime(writeAndRemove(at), TIME_LIMIT);
    return { kind: "written", directory: at };
  } catch (error) {
    const where = at === directory ? `"${at}"` : `"${at}", where "${directory}" is to be created`;
    return { kind: "failed", ...explain(where, at, error) };
  }
}

/** The directory, or the nearest one above it that exists if it may be missing. */
async function existing(directory: string, need: "existing" | "made"): Promise<string> {
  try {
    if (!(await Deno.stat(directory)).isDirectory) throw new Error("it is not a directory");
    return directory;
  } catch (error) {
    const mayBeMissing = need === "made" && directory !== "/";
    if (!mayBeMissing || !(error instanceof Deno.errors.NotFound)) throw error;
    return await existing(dirname(directory), need);
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

function explain(where: string, directory: string, error: unknown): Failure {
  const reason = reasonOf(error);
  if (/os error (?:28|122)\b/.test(reason)) {
    return {
      message: `no space is left in ${where}`,
      hint: `Free some space; check "df -h ${directory}" and "df -i ${directory}", and quotas`,
    };
  }
  if (/os error 30\b/.test(reason)) {
    return {
      message: `${where} is on a read-only file system`,
      hint: "Find out why it is read-only: after a disk error the kernel may have remounted it",
    };
  }
  const says = `cannot write to ${where}: ${reason.replace(/:? *\w+ '.*$/, "")}`;
  if (error instanceof Deno.errors.NotFound) {
    return { message: says, hint: `Create it: mkdir -p "${directory}"` };
  }
  return { message: says, hint: "autoborg usually runs as root; check owner and mode" };
}
