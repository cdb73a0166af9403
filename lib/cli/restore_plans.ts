/** How the verb `restore` finds out what it would do. @module */
import { AppError } from "../errors.ts";
import { printableLine } from "../text/printable.ts";
import {
  planRestore,
  type RestoreListener,
  type RestorePlan,
  type RestoreRequest,
} from "../restore/restore_archive.ts";
import { type ArchiveSession, withListing } from "./archive_session.ts";
import type { Changes } from "./in_place_changes.ts";

/** At most this many warnings of Borg's are shown: on a full disk there is one for each file. */
const MOST_WARNINGS = 50;

/** A restore as it was asked for. */
export interface Prepared {
  readonly request: RestoreRequest;
  readonly changes: Changes;
  /** How many files there are in the archive, if all of it is asked for and that is known. */
  readonly files: number | undefined;
}

/** A restore that can be done. */
export interface Planned extends Prepared {
  readonly plan: RestorePlan;
}

/**
 * Plans with what is on record of an archive. Whatever is wrong with that, the archive gone or another
 * one in its place, is told by those who ask the repositories first.
 */
export async function planRecorded(
  session: ArchiveSession,
  prepared: Prepared,
): Promise<Planned | undefined> {
  const { request, changes, files } = prepared;
  const [first, ...others] = request.repositories;
  if (first === undefined) return undefined;
  const one = { ...request, repositories: [first] };
  const listener = { ...listenerOf(session, one), ...changes, onFailure: () => {} };
  try {
    const access = withListing(session, "restore", files);
    const plan = await planRestore(access, one, listener);
    const whole = others.filter((repository) => request.isPartial?.(repository) !== true);
    return { ...prepared, plan: { ...plan, repositories: [first, ...whole] } };
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  } finally {
    session.progress.clear();
  }
}

/** Plans with what the repositories say that they hold. */
export async function planListed(session: ArchiveSession, prepared: Prepared): Promise<Planned> {
  const { request, changes, files } = prepared;
  const access = withListing(session, "restore", files);
  const plan = await planRestore(access, request, { ...listenerOf(session, request), ...changes });
  session.progress.clear();
  return { ...prepared, plan };
}

/** Tells the terminal what a restore has to say. */
export function listenerOf(session: ArchiveSession, request: RestoreRequest): RestoreListener {
  let warnings = 0;
  return {
    onFailure: (repository, failure) => {
      session.progress.clear();
      session.fail(repository, failure);
      const next = request.repositories[request.repositories.indexOf(repository) + 1];
      if (next === undefined) return;
      const has = request.isPartial?.(next) ? "a part of this archive" : "the same archive";
      session.tell(`${next.label} has ${has}, trying that one`);
    },
    onWarning: ({ label }, text) => {
      warnings += 1;
      if (warnings <= MOST_WARNINGS) session.tell(`warning: ${label}: ${printableLine(text)}`);
      if (warnings === MOST_WARNINGS) session.tell("warning: further warnings are not shown");
    },
    onProgress: ({ label }, percent, message) => {
      const progress = { kind: "percent", percent, message } as const;
      session.progress.show({ repository: label, step: "restore", progress });
    },
  };
}
