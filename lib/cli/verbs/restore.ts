import { resolve } from "node:path";
import { ExitCode, UsageError } from "../../errors.ts";
import { Stopped } from "../../borg/borg_queries.ts";
import { archiveNotes } from "../../restore/archive_notes.ts";
import { betterOf, chooseArchive } from "../../restore/choose_archive.ts";
import { entryLine } from "../../restore/entry_list.ts";
import { localTime, parseMoment } from "../../text/local_time.ts";
import { planRestore, restore, type RestoreRequest } from "../../restore/restore_archive.ts";
import type { KnownArchives } from "../../restore/known_archives.ts";
import { parsePathSelector, type PathSelector } from "../../restore/path_selector.ts";
import type { ArchiveIndex } from "../../restore/archive_index.ts";
import { recordedIndex } from "../../restore/recorded_index.ts";
import { lossLines, plannedText, restoredText, skippedLines } from "../../restore/restore_text.ts";
import { newDirectory } from "../../restore/target.ts";
import { knownArchivesOf, trustedIndex } from "../archive_knowledge.ts";
import { type CliContext, searchPath } from "../context.ts";
import { changesOf } from "../in_place_changes.ts";
import type { Prompts } from "../prompts.ts";
import {
  listenerOf,
  planListed,
  type Planned,
  planRecorded,
  type Prepared,
} from "../restore_plans.ts";
import {
  isInPlace,
  requirePaths,
  requirePrompts,
  restoreCommand,
  type RestoreFlags,
  targetAdvice,
} from "../restore_arguments.ts";
import { archiveIndexOf, type ArchiveSession, readArchives } from "../archive_session.ts";

/** `autoborg restore PATH...`: restores files from an archive, or a database. */
export async function restoreVerb(
  this: CliContext,
  flags: RestoreFlags,
  ...paths: readonly string[]
): Promise<void> {
  if (flags.at !== undefined && flags.archive !== "latest") {
    throw new UsageError("Cannot restore with both --at and --archive: expected one of them");
  }
  const { database } = flags;
  if (database !== undefined) {
    const { restoreDatabase } = await import("../database_restore.ts");
    return await restoreDatabase(this, { ...flags, database }, paths);
  }
  if (flags.into !== undefined) {
    throw new UsageError("Cannot use --into without --database: files are restored with --to DIR");
  }
  const moment = momentOf(flags);
  const workingDirectory = Deno.cwd();
  const selectors = paths.map((path) => parsePathSelector(path, workingDirectory));
  const wanted = { flags, paths, selectors, workingDirectory, moment };
  await readArchives(this, flags, async (session) => {
    const asks = isInPlace(flags) && !flags.dryRun && !flags.yes;
    // "latest" is refused before --yes is demanded; other archives are, once they are listed.
    requirePaths({ archives: [] }, flags, selectors);
    const prompts = asks ? await requirePrompts(this, flags, selectors) : undefined;
    const known = knownArchivesOf(session, true);
    const prepare = preparationOf(session, known, wanted);
    const listed = async () =>
      prepare(trustedIndex(session, await archiveIndexOf(session), known, flags.archive));
    if (flags.dryRun) return await rehearse(this, session, await listed());
    using _awake = this.inhibitSleep("Files are being restored", searchPath(this.variable));
    const recorded = recordedIndex(session.repositories, known, flags.archive);
    const planned = recorded === undefined
      ? undefined
      : await planRecorded(session, prepare(recorded));
    return await restoreNow(session, planned ?? await planListed(session, await listed()), prompts);
  });
}

/** What was asked for. */
interface Wanted {
  readonly flags: RestoreFlags;
  readonly paths: readonly string[];
  readonly selectors: readonly PathSelector[];
  readonly workingDirectory: string;
  readonly moment: { readonly at?: Date };
}

function momentOf({ at }: RestoreFlags): Wanted["moment"] {
  return at === undefined ? {} : { at: parseMoment(at) };
}

/** Chooses an archive of those that are known, and says which; what was said is not said twice. */
function preparationOf(
  session: ArchiveSession,
  known: KnownArchives,
  { flags, paths, selectors, workingDirectory, moment }: Wanted,
): (index: ArchiveIndex) => Prepared {
  const commandWith = (other: string) => restoreCommand(flags, selectors, other);
  const told = new Set<string>();
  const isNews = (text: string) => !told.has(text) && told.add(text);
  const tell = (text: string) => isNews(text) && session.tell(text);
  return (index) => {
    requirePaths(index, flags, selectors);
    const { archive } = flags;
    const chosen = chooseArchive(index, known, { archive, ...moment }, commandWith);
    const request: RestoreRequest = {
      archive: chosen.name,
      ids: chosen.ids,
      repositories: chosen.repositories,
      selectors,
      isPartial: (repository) => known.isPartial(repository),
      target: isInPlace(flags)
        ? "/"
        : resolve(workingDirectory, flags.to ?? newDirectory(chosen.name)),
      overwrite: flags.overwrite,
      allowShared: flags.allowShared,
      numericIds: flags.numericIds,
      ...betterOf(chosen, commandWith),
      meant: (missing) => targetAdvice(flags, paths, missing),
    };
    tell(`archive ${chosen.name}, from ${localTime(chosen.startedAt)}`);
    for (const note of archiveNotes(chosen, known, commandWith)) {
      if (isNews(note.text)) session.note(note);
    }
    if (!flags.dryRun) tell("reading the archive's index");
    return {
      request,
      changes: changesOf(request, isInPlace(flags)),
      files: isAll(selectors) ? known.filesOf(chosen) : undefined,
    };
  };
}

function isAll(selectors: readonly PathSelector[]): boolean {
  return selectors.some(({ path }) => path === "");
}

async function restoreNow(
  session: ArchiveSession,
  { request, changes, plan }: Planned,
  /** Asks for a confirmation; `undefined`: none is needed. */
  prompts: Prompts | undefined,
): Promise<ExitCode> {
  const listener = listenerOf(session, request);
  for (const line of changes.lines()) session.tell(line);
  if (prompts !== undefined && plan.conflicts.count === 0 && !await consents(session, prompts)) {
    session.tell("nothing was written");
    return ExitCode.failed;
  }
  const started = performance.now();
  const restored = await restore(session.access, request, plan, listener).catch(
    (error: unknown) => {
      if (error instanceof Stopped) {
        session.tell(`what was restored so far is in "${request.target}"`);
      }
      throw error;
    },
  );
  session.progress.clear();
  session.tell(restoredText(request, restored, performance.now() - started));
  if (restored.ownersLost) session.tell("note: owners were not restored: only root can do that");
  for (const line of [...skippedLines(restored.skipped), ...lossLines(restored)]) {
    session.tell(line);
  }
  if (restored.skipped.length > 0 || restored.losses.count > 0) return ExitCode.failed;
  return restored.warnings > 0 || session.failed ? ExitCode.warning : ExitCode.ok;
}

async function consents(session: ArchiveSession, prompts: Prompts): Promise<boolean> {
  const { signal } = session.access;
  try {
    return await prompts.confirm("Overwrite these files?", false, signal);
  } catch (error) {
    throw signal.aborted ? new Stopped() : error;
  }
}

async function rehearse(
  context: CliContext,
  session: ArchiveSession,
  { request, changes }: Prepared,
): Promise<ExitCode> {
  const listener = listenerOf(session, request);
  const plan = await planRestore(session.access, request, {
    ...listener,
    onEntry: (entry) => {
      changes.onEntry(entry);
      context.print(session.mask(`${entryLine(entry)}\n`));
    },
  });
  for (const line of changes.lines()) session.tell(line);
  session.tell(plannedText(request, plan));
  for (const line of skippedLines(plan.skipped)) session.tell(line);
  if (plan.conflicts.count > 0) {
    session.tell(`already there: ${plan.conflicts.named.join(", ")}`);
    return ExitCode.failed;
  }
  if (plan.skipped.length > 0) return ExitCode.failed;
  return session.failed ? ExitCode.warning : ExitCode.ok;
}
