/**
 * Notices in a run that the key of a repository has changed since it was exported, without a Borg of
 * its own where that is possible: a key file is read where Borg says that it is, the key in a
 * repository on this machine from the repository's own file. A server is asked at most once a week, as
 * that takes a connection, and a key changes only when a person changes the passphrase; and not at all
 * before the first export, as there is nothing to compare with.
 *
 * @module
 */
import { join } from "node:path";
import type { ArchiveListing } from "../../borg/archives.ts";
import { keyFingerprint } from "../../borg/key_copy.ts";
import { type FreshKey, keyExportArguments, parseKeyExport } from "../../borg/key_export.ts";
import { localPath } from "../../borg/repository.ts";
import { keyInConfig } from "../../borg/repository_config.ts";
import { readSmallText } from "../../files/small_file.ts";
import { keyRemark } from "../../state/key_standing.ts";
import type { RepositoryMemory } from "../repository_memory.ts";
import { callBorg, type StepContext } from "./borg_step.ts";

/** How often a server is asked for its key, in milliseconds. */
const ASKED_EVERY = 7 * 86_400_000;

/**
 * Looks at the key of a repository that Borg has just opened.
 *
 * @returns what a person should know of it
 * @throws {AppError} when Borg can't be started
 */
export async function watchKey(
  context: StepContext,
  memory: RepositoryMemory,
  listing: Pick<ArchiveListing, "encryption" | "keyFile">,
): Promise<readonly string[]> {
  if (listing.encryption === "none") return [];
  const key = await lookAtKey(context, memory, listing);
  const at = context.plan.startedAt.getTime();
  if (key !== undefined) memory.noteKey(keyFingerprint(key.blob), at);
  const remark = keyRemark(memory.key(), listing.encryption);
  return remark === undefined ? [] : [remark];
}

/** The key as it is now; `undefined`: it was not looked at, or can't be. */
async function lookAtKey(
  context: StepContext,
  memory: RepositoryMemory,
  { keyFile }: Pick<ArchiveListing, "keyFile">,
): Promise<FreshKey | undefined> {
  const { plan, target } = context;
  if (keyFile !== undefined) return parseKeyExport(await textOf(keyFile));
  const path = localPath(target.url);
  if (path !== undefined) return keyInConfig(await textOf(join(path, "config")));
  const { kept, seenAt } = memory.key();
  const age = plan.startedAt.getTime() - seenAt;
  if (kept === null || age >= 0 && age < ASKED_EVERY) return undefined;
  const { end, stdout } = await callBorg(context, "inspect", keyExportArguments(target), {
    returnsFailures: true,
  });
  return end.kind === "success" ? parseKeyExport(stdout) : undefined;
}

/** A file that can't be read tells nothing: whether Borg can work with it is not asked here. */
async function textOf(path: string): Promise<string> {
  try {
    return await readSmallText(path);
  } catch {
    return "";
  }
}
