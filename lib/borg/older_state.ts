/**
 * Lets Borg work with a repository that was set back. Borg remembers how new each repository was, in its
 * security directory and in its cache, and refuses one that is older than that.
 *
 * @module
 */
import { join } from "node:path";
import { makeScratchDirectory } from "../files/scratch_directory.ts";
import { type ArchiveListing, IN_UTC, listArchivesArguments, parseListing } from "./archives.ts";
import { type Access, type Answer, callBorg, failedAnswer } from "./borg_queries.ts";
import { forgetCacheArguments } from "./commands.ts";
import { ownDirectories } from "./own_directories.ts";
import type { BorgRepository } from "./repository.ts";

/** The file of the security directory that says how new a repository was. */
const NEWEST = "manifest-timestamp";

/**
 * Has Borg take the repository as it is now for the newest state, if it refuses it for being older. Of
 * what Borg remembers only that is put aside, as `manifest-timestamp.before-accept`: the encryption and
 * the nonces stay known, so that no nonce is used twice, and nothing is put in the repository's place.
 *
 * @returns what is in the repository, when Borg works with it
 * @throws {Stopped} when it was stopped
 */
export async function acceptOlderState(
  access: Access,
  repository: BorgRepository,
): Promise<Answer<ArchiveListing & { readonly wasRefused: boolean }>> {
  const first = await listAll(access, repository);
  if (first.kind === "answer") return { ...first, value: { ...first.value, wasRefused: false } };
  if (first.failure.kind !== "set-back") return first;
  const seen = await listWithoutMemory(access, repository);
  if (seen.kind === "failed") return seen;
  const { security } = ownDirectories(access.inherited);
  if (security === undefined) return failedAnswer("HOME is not set, and Borg's memory is below it");
  const { end } = await callBorg(access, { repository, args: forgetCacheArguments(repository) });
  if (end.kind === "failed") return end;
  putAside(join(security, seen.value.id, NEWEST));
  const last = await listAll(access, repository);
  return last.kind === "failed" ? last : { ...last, value: { ...last.value, wasRefused: true } };
}

async function listAll(
  access: Access,
  repository: BorgRepository,
): Promise<Answer<ArchiveListing>> {
  const args = listArchivesArguments(repository);
  const { end, stdout } = await callBorg(access, { repository, args, variables: IN_UTC });
  if (end.kind === "failed") return end;
  const value = parseListing(stdout);
  if (value === undefined) return failedAnswer("Borg did not report its list of archives");
  return { kind: "answer", value };
}

/** With an empty memory Borg refuses nothing, and what it learns is gone afterwards. */
async function listWithoutMemory(
  access: Access,
  repository: BorgRepository,
): Promise<Answer<ArchiveListing>> {
  const scratch = makeScratchDirectory(undefined, "autoborg-look-");
  try {
    const inherited = { ...access.inherited, BORG_SECURITY_DIR: scratch, BORG_CACHE_DIR: scratch };
    return await listAll({ ...access, inherited }, repository);
  } finally {
    Deno.removeSync(scratch, { recursive: true });
  }
}

function putAside(path: string): void {
  try {
    Deno.renameSync(path, `${path}.before-accept`);
  } catch (error) {
    // Then only the cache has known of a newer state.
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
