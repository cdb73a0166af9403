import { resolve } from "node:path";
import { ExitCode, UsageError } from "../../errors.ts";
import { printableLine } from "../../text/printable.ts";
import { Stopped } from "../../borg/borg_queries.ts";
import { archiveNotes } from "../../restore/archive_notes.ts";
import { betterOf, chooseArchive } from "../../restore/choose_archive.ts";
import { ownCommand } from "../../text/own_command.ts";
import { entryLine } from "../../restore/entry_list.ts";
import { localTime, parseMoment } from "../../text/local_time.ts";
import {
  planRestore,
  restore,
  type RestoreListener,
  type RestoreRequest,
} from "../../restore/restore_archive.ts";
import { parsePathSelector, type PathSelector } from "../../restore/path_selector.ts";
import { lossLines, plannedText, restoredText, skippedLines } from "../../restore/restore_text.ts";
import { newDirectory } from "../../restore/target.ts";
import { knownArchivesOf, trustedIndex } from "../archive_knowledge.ts";
import type { CliContext } from "../context.ts";
import type { ProgressFlag } from "../progress_display.ts";
import {
  archiveIndexOf,
  type ArchiveSession,
  readArchives,
  type ReadingFlags,
} from "../archive_session.ts";

/** The flags of `autoborg restore`. */
interface RestoreFlags extends ReadingFlags {
  readonly to?: string;
  readonly archive: string;
  readonly at?: string;
  readonly overwrite: boolean;
  readonly allowShared: boolean;
  readonly numericIds: boolean;
  readonly dryRun: boolean;
  readonly progress: ProgressFlag;
}

/** So many warnings of Borg's are shown: on a full disk there is one for each file. */
const MOST_WARNINGS = 50;
/** A command to paste has at most this many paths. */
const MOST_PATHS = 10;

/** `autoborg restore PATH...`: brings files back from an archive. */
export async function restoreVerb(
  this: CliContext,
  flags: RestoreFlags,
  ...paths: readonly string[]
): Promise<void> {
  if (flags.at !== undefined && flags.archive !== "latest") {
    throw new UsageError("Cannot restore with both --at and --archive: expected one of them");
  }
  // An empty path would be the working directory: a variable of a script that has no value.
  if (flags.to === "") {
    throw new UsageError("Cannot restore to an empty path: expected a directory");
  }
  const at = flags.at === undefined ? {} : { at: parseMoment(flags.at) };
  const workingDirectory = Deno.cwd();
  const selectors = paths.map((path) => parsePathSelector(path, workingDirectory));
  await readArchives(this, flags, async (session) => {
    const { archive } = flags;
    const known = knownArchivesOf(session, true);
    const index = trustedIndex(session, await archiveIndexOf(session), known, archive);
    const chosen = chooseArchive(index, known, { archive, ...at });
    const commandWith = (other: string) => restoreCommand(flags, selectors, other);
    const request: RestoreRequest = {
      archive: chosen.name,
      repositories: chosen.repositories,
      selectors,
      target: resolve(workingDirectory, flags.to ?? newDirectory(chosen.name)),
      overwrite: flags.overwrite,
      allowShared: flags.allowShared,
      numericIds: flags.numericIds,
      ...betterOf(chosen, commandWith),
    };
    session.tell(`archive ${chosen.name}, from ${localTime(chosen.startedAt)}`);
    for (const note of archiveNotes(chosen, known, commandWith)) session.note(note);
    return flags.dryRun
      ? await rehearse(this, session, request)
      : await restoreNow(session, request);
  });
}

/** The command that restores the same from another archive. */
function restoreCommand(
  { to }: Pick<RestoreFlags, "to">,
  selectors: readonly PathSelector[],
  archive: string,
): string {
  const target = to === undefined ? [] : ["--to", to];
  const paths = selectors.length > MOST_PATHS ? ["PATH"] : selectors.map(({ path }) => `/${path}`);
  return ownCommand("restore", "--archive", archive, ...target, ...paths);
}

async function restoreNow(session: ArchiveSession, request: RestoreRequest): Promise<ExitCode> {
  const started = performance.now();
  const listener = listenerOf(session, request);
  session.tell("looking through the archive");
  const plan = await planRestore(session.access, request, listener);
  const restored = await restore(session.access, request, plan, listener).catch(
    (error: unknown) => {
      if (error instanceof Stopped) {
        session.tell(`what was restored until then is in "${request.target}"`);
      }
      throw error;
    },
  );
  session.progress.clear();
  session.tell(restoredText(request, restored, performance.now() - started));
  if (restored.ownersLost) {
    session.tell("note: the owners were not restored: only root can do that");
  }
  for (const line of [...skippedLines(restored.skipped), ...lossLines(restored)]) {
    session.tell(line);
  }
  if (restored.skipped.length > 0 || restored.losses.count > 0) return ExitCode.failed;
  return restored.warnings > 0 || session.failed ? ExitCode.warning : ExitCode.ok;
}

async function rehearse(
  context: CliContext,
  session: ArchiveSession,
  request: RestoreRequest,
): Promise<ExitCode> {
  const listener = listenerOf(session, request);
  const plan = await planRestore(session.access, request, {
    ...listener,
    onEntry: (entry) => context.print(session.mask(`${entryLine(entry)}\n`)),
  });
  session.tell(plannedText(request, plan));
  for (const line of skippedLines(plan.skipped)) session.tell(line);
  if (plan.conflicts.count > 0) {
    session.tell(`in the way: ${plan.conflicts.named.join(", ")}`);
    return ExitCode.failed;
  }
  if (plan.skipped.length > 0) return ExitCode.failed;
  return session.failed ? ExitCode.warning : ExitCode.ok;
}

function listenerOf(session: ArchiveSession, request: RestoreRequest): RestoreListener {
  let warnings = 0;
  return {
    onFailure: (repository, failure) => {
      session.progress.clear();
      session.fail(repository, failure);
      const next = request.repositories[request.repositories.indexOf(repository) + 1];
      if (next !== undefined) session.tell(`${next.label} holds the same archive, trying that`);
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
