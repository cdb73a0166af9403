/**
 * Archives and entries for the tests.
 *
 * @module
 */
import type { Entry } from "../../lib/borg/entries.ts";
import type { BorgRepository } from "../../lib/borg/repository.ts";
import type { ArchiveIndex, RepositoryArchives } from "../../lib/restore/archive_index.ts";
import { mergeArchives } from "../../lib/restore/archive_index.ts";
import { repositoryWith } from "../borg/repositories.ts";

/** A repository of this name. */
export function repository(label: string): BorgRepository {
  return repositoryWith({ label, url: `/mnt/${label}` });
}

/** The name of an archive of the series "web". */
export function named(time: string, runId = "0123abcd"): string {
  return `web-${time}-${runId}`;
}

/** What repositories hold; those without archives could not be asked. */
export function archiveIndexOf(
  perRepository: readonly RepositoryArchives[],
  unreachable: readonly string[] = [],
): ArchiveIndex {
  const lost = unreachable.map((label) => ({
    repository: repository(label),
    failure: { kind: "unreachable", message: "it is off" } as const,
  }));
  return {
    repositories: [...perRepository, ...lost].map((one) => one.repository),
    archives: mergeArchives(perRepository),
    reachable: perRepository.map((one) => one.repository),
    unreachable: lost,
    pins: [],
    listed: [],
  };
}

/** A repository with archives that Borg began at these times. */
export function archivesIn(
  label: string,
  ...archives: readonly (readonly [string, string])[]
): RepositoryArchives {
  return {
    repository: repository(label),
    archives: archives.map(([name, time]) => ({
      name,
      startedAt: new Date(time),
      id: `id of ${name}`,
    })),
  };
}

/** A file as simple as can be, and what is different about it. */
export function entryWith(different: Partial<Entry> = {}): Entry {
  return {
    path: "srv/a",
    type: "file",
    mode: "-rw-r--r--",
    user: "root",
    group: "root",
    size: 3,
    modified: new Date("2026-11-20T08:00:00Z"),
    target: "",
    healthy: true,
    sha256: undefined,
    ...different,
  };
}
