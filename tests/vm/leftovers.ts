/**
 * What is left behind on the machine.
 *
 * @module
 */
import assert from "node:assert/strict";
import { PLACES, sh } from "./machine.ts";

/** Full names of all snapshots that look like ours. */
export async function ourSnapshots(): Promise<readonly string[]> {
  const all = await sh("zfs", "list", "-H", "-t", "snapshot", "-o", "name");
  return all.split("\n").filter((name) => name.includes("@autoborg-"));
}

/** Lines of mountinfo below the temporary directory. */
export async function ourMounts(): Promise<readonly string[]> {
  const all = await Deno.readTextFile("/proc/self/mountinfo");
  return all.split("\n").filter((line) => line.includes(` ${PLACES.temp}`));
}

/** Nothing of ours may be left: no snapshot, no mount, no directory, no journal. */
export async function assertNothingLeft(): Promise<void> {
  assert.deepEqual(await ourSnapshots(), [], "snapshots are left");
  assert.deepEqual(await ourMounts(), [], "mounts are left");
  assert.deepEqual(await namesIn(PLACES.temp), [], "directories are left");
  const journals = (await namesIn(PLACES.state)).filter((name) => name.startsWith("journal-"));
  assert.deepEqual(journals, [], "a journal is left");
}

/**
 * The names in a directory, sorted; none when there is no such directory.
 *
 * @param path the directory
 */
export async function namesIn(path: string): Promise<readonly string[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(path), ({ name }) => name)).toSorted();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
