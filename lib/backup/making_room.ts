/**
 * Decides what may be removed from a repository that has no space left for a new archive. Nothing is
 * pruned after a backup that failed, save here: else a repository that is full stays full, and every
 * backup after it fails. What is there must be worth keeping, and what is kept must not shrink night by
 * night while no backup succeeds.
 *
 * @module
 */
import type { Repository } from "../config/config_schema.ts";
import { parseArchiveName } from "../text/archive_name.ts";
import type { RepositoryMemory } from "./repository_memory.ts";

type Retention = Repository["retention"];

/**
 * The retention by which a full repository is pruned: all rules count from the newest archive, as they
 * did when that was made.
 *
 * @returns the retention, or why nothing may be removed
 */
export function retentionWhenFull(
  memory: RepositoryMemory,
  retention: Retention,
  { name, startedAt }: { readonly name: string; readonly startedAt: Date },
): Retention | string {
  const there = memory.recall().archives.flatMap(({ name: archive, state }) => {
    const parsed = state !== "missing" && state !== "removed"
      ? parseArchiveName(archive)
      : undefined;
    return parsed?.series === name ? [{ archive, at: parsed.startedAt.getTime() }] : [];
  });
  const newest = there.toSorted((a, b) => b.at - a.at).at(0);
  if (newest === undefined) return "create failed, and there is no archive to keep";
  if (newest.archive !== memory.lastGood()) {
    return `create failed, and the newest archive "${newest.archive}" is not known to be good`;
  }
  const age = Math.max(0, startedAt.getTime() - newest.at);
  const { keepWithin } = retention;
  return keepWithin ? { ...retention, keepWithin: keepWithin + age } : retention;
}
