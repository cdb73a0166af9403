/** Where archives are pinned, for the verbs that show archives. @module */
import { queryPins } from "../borg/borg_queries.ts";
import { AppError } from "../errors.ts";
import type { ArchiveIndex, RepositoryPins } from "../restore/archive_index.ts";
import type { ArchivePin, PinnedArchives } from "../restore/pin_text.ts";
import type { KnownPin } from "../state/pin_ledger.ts";
import { ownCommand } from "../text/own_command.ts";
import type { ArchiveSession } from "./archive_session.ts";
import { withHistory } from "./past_runs.ts";

/**
 * Asks the repositories where something is pinned for the reasons. Pins that are gone, but were not
 * removed by us, are in the history.
 */
export async function pinnedArchivesOf(
  session: ArchiveSession,
  { pins, reachable }: Pick<ArchiveIndex, "pins" | "reachable">,
): Promise<PinnedArchives> {
  const pinned = new Map<string, ArchivePin[]>();
  const add = (archive: string, pin: ArchivePin) => {
    const before = pinned.get(archive) ?? [];
    if (before.some(({ repository }) => repository === pin.repository)) return;
    pinned.set(archive, [...before, pin]);
  };
  for (const { repository } of pins) {
    const answer = await queryPins(session.access, repository);
    if (answer.kind === "failed") session.fail(repository, answer.failure);
    else {
      for (const { archive, reason } of answer.value) {
        add(archive, { repository: repository.label, reason, missing: false });
      }
    }
  }
  for (const { label } of reachable) {
    const there = pins.find(({ repository }) => repository.label === label)?.pins ?? [];
    for (const { archive, reason } of knownPinsOf(session, label)) {
      const missing = !there.some((pin) => pin.archive === archive);
      if (missing) add(archive, { repository: label, reason, missing });
    }
  }
  return pinned;
}

/** The pins that the history knows; none when it can't be read, which is said elsewhere. */
export function knownPinsOf(
  { config }: Pick<ArchiveSession, "config">,
  label: string,
): readonly KnownPin[] {
  try {
    return withHistory(config, (history) => history?.pins(config.name, label).read() ?? []);
  } catch (error) {
    if (error instanceof AppError) return [];
    throw error;
  }
}

/** Says which pins have no archive any more. */
export function noteOrphans(session: ArchiveSession, index: ArchiveIndex): void {
  for (const { repository: { label }, pins } of index.pins) {
    for (const archive of new Set(pins.map((pin) => pin.archive))) {
      if (isHeld(index, label, archive)) continue;
      session.note({
        isWarning: false,
        text: `${label}: ${JSON.stringify(archive)} is pinned, but no longer in the repository`,
        hint: `To unpin it: ${ownCommand("pin", "--repo", label, "--remove", archive)}`,
      });
    }
  }
}

/** Whether a repository holds an archive. */
export function isHeld(
  { archives }: Pick<ArchiveIndex, "archives">,
  label: string,
  archive: string,
): boolean {
  return archives.some(({ name, repositories }) =>
    name === archive && repositories.some((one) => one.label === label)
  );
}

/** The names of the pins of an archive in a repository. */
export function pinsOf(
  pins: readonly RepositoryPins[],
  label: string,
  archive: string,
): readonly string[] {
  const there = pins.find(({ repository }) => repository.label === label)?.pins ?? [];
  return there.filter((pin) => pin.archive === archive).map(({ name }) => name);
}
