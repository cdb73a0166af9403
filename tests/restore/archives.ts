/**
 * Archives and entries for the tests.
 *
 * @module
 */
import type { Entry } from "../../lib/borg/entries.ts";
import type { BorgRepository } from "../../lib/borg/repository.ts";
import type { Catalogue, Shelf } from "../../lib/restore/archive_index.ts";
import { sideBySide } from "../../lib/restore/archive_index.ts";
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
export function catalogueOf(shelves: readonly Shelf[], silent: readonly string[] = []): Catalogue {
  const lost = silent.map((label) => ({
    repository: repository(label),
    failure: { kind: "unreachable", message: "it is off" } as const,
  }));
  return {
    repositories: [...shelves, ...lost].map((one) => one.repository),
    archives: sideBySide(shelves),
    asked: shelves.map((shelf) => shelf.repository),
    silent: lost,
  };
}

/** A repository with archives that Borg began at these times. */
export function shelf(label: string, ...archives: readonly (readonly [string, string])[]): Shelf {
  return {
    repository: repository(label),
    archives: archives.map(([name, time]) => ({ name, startedAt: new Date(time) })),
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
