/** Explains that there is no repository where one should be. @module */
import { ownCommand } from "../text/own_command.ts";
import { localTime } from "../text/local_time.ts";
import { counted } from "../text/units.ts";
import type { BorgFailure } from "./failure_kinds.ts";
import { type BorgRepository, localPath } from "./repository.ts";
import { sshCommand } from "./ssh_command.ts";

/** The archives that this machine has seen in a repository, as its history tells. */
interface SeenArchives {
  readonly count: number;
  /** When the newest one was begun; `undefined`: not known. */
  readonly newest: Date | undefined;
}

/** Explains that there is no repository. */
export function missingRepository({ label, url }: BorgRepository): BorgFailure {
  const where = localPath(url) === undefined ? "" : "mount the disk that it is on, or ";
  return {
    kind: "missing-repository",
    message: `there is no repository at "${url}"`,
    hint: `If it is new, create it with "${ownCommand("init", "--repo", label)}"; ` +
      `otherwise ${where}correct its URL`,
  };
}

/**
 * Gives a failure another hint when there were archives in a repository that is missing now: an empty
 * one in its place would hide that they are gone.
 */
export function withSeenArchives(
  repository: BorgRepository,
  failure: BorgFailure,
  seen: SeenArchives,
): BorgFailure {
  if (failure.kind !== "missing-repository" || seen.count === 0) return failure;
  const hint =
    `${describeSeen(seen)}. ${findRepository(repository)}. Do not create a new one until ` +
    "you know";
  return { ...failure, hint };
}

/** How many archives were seen in a repository, as a sentence. */
export function describeSeen({ count, newest }: SeenArchives): string {
  const when = newest === undefined
    ? ""
    : `, ${count === 1 ? "made" : "the newest made"} on ${localTime(newest)}`;
  return `${counted(count, "archive is", "archives are")} known to be in it${when}`;
}

/** What to do to find a repository again. */
export function findRepository(repository: BorgRepository): string {
  const { label, url } = repository;
  const look = localPath(url) === undefined
    ? `Check the path on the server ("${sshCommand(repository)}"; is a disk mounted there?)`
    : 'Mount its disk ("findmnt" shows what is mounted)';
  return `${look}, or correct the url of [[repositories]] "${label}"; if it was moved or deleted, ` +
    "restore it from a copy";
}
