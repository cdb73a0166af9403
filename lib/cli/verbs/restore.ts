import { resolve } from "node:path";
import { ExitCode, UsageError } from "../../errors.ts";
import { printableLine } from "../../text/printable.ts";
import { Stopped } from "../../borg/borg_queries.ts";
import { chooseArchive } from "../../restore/choose_archive.ts";
import { entryLine } from "../../restore/entry_list.ts";
import { localTime, parseMoment } from "../../text/local_time.ts";
import {
  planRestore,
  restore,
  type Restored,
  type RestoreListener,
  type RestorePlan,
  type RestoreRequest,
} from "../../restore/restore_archive.ts";
import { parsePathSelector } from "../../restore/path_selector.ts";
import { humanDuration, humanSize } from "../../text/units.ts";
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

/** So many entries that were skipped are named. */
const NAMED = 20;
/** So many warnings of Borg's are shown: on a full disk there is one for each file. */
const MOST_WARNINGS = 50;

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
    const index = await archiveIndexOf(session);
    const { archive } = flags;
    const chosen = chooseArchive(index, { series: session.config.name, archive, ...at });
    const request: RestoreRequest = {
      archive: chosen.name,
      repositories: chosen.repositories,
      selectors,
      target: resolve(workingDirectory, flags.to ?? newDirectory(chosen.name)),
      overwrite: flags.overwrite,
      allowShared: flags.allowShared,
      numericIds: flags.numericIds,
    };
    session.tell(`archive ${chosen.name}, from ${localTime(chosen.startedAt)}`);
    return flags.dryRun
      ? await rehearse(this, session, request)
      : await restoreNow(session, request);
  });
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
  session.tell(summaryOf(request, restored, performance.now() - started));
  if (restored.ownersLost) {
    session.tell("note: the owners were not restored: only root can do that");
  }
  tellSkipped(session, restored.skipped);
  tellLosses(session, restored);
  if (restored.skipped.length > 0 || restored.losses.count > 0) return ExitCode.failed;
  return restored.warnings > 0 || session.failed ? ExitCode.warning : ExitCode.ok;
}

function tellSkipped(session: ArchiveSession, skipped: RestorePlan["skipped"]): void {
  if (skipped.length === 0) return;
  for (const { path, why } of skipped.slice(0, NAMED)) {
    session.tell(`skipped: ${JSON.stringify(path)}: ${printableLine(why)}`);
  }
  if (skipped.length > NAMED) session.tell(`skipped: ${skipped.length - NAMED} more`);
  session.tell(
    `FAILED: ${
      count(skipped.length, "path")
    } of the archive could have been written outside of the ` +
      "directory. Borg never creates such an archive from files: find out who else can write to the repository",
  );
}

function tellLosses(session: ArchiveSession, { losses }: Restored): void {
  if (losses.count === 0) return;
  for (const text of losses.named) session.tell(`not restored: ${printableLine(text)}`);
  if (losses.count > losses.named.length) {
    session.tell(`not restored: ${losses.count - losses.named.length} more`);
  }
  session.tell(
    `FAILED: ${count(losses.count, "entry", "entries")} could not be restored completely`,
  );
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
  session.tell(rehearsed(request, plan));
  tellSkipped(session, plan.skipped);
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

function summaryOf(request: RestoreRequest, restored: Restored, duration: number): string {
  const { amount, repository, warnings } = restored;
  const told = warnings === 0 ? "" : `, with ${count(warnings, "warning")}`;
  return `restored ${count(amount.files, "file")} and ${
    count(amount.directories, "directory", "directories")
  }, ` +
    `${humanSize(amount.size)}, from ${repository.label} to "${request.target}" in ` +
    `${humanDuration(duration)}${told}`;
}

function rehearsed(
  request: RestoreRequest,
  { amount, conflicts, repositories }: RestorePlan,
): string {
  const blocked = conflicts.count === 0
    ? ""
    : `; it would be refused, as ${count(conflicts.count, "path")} in the way would be replaced`;
  return `would restore ${count(amount.files, "file")} and ${
    count(amount.directories, "directory", "directories")
  }, ` +
    `${humanSize(amount.size)}, from ${repositories[0]?.label} to "${request.target}"${blocked}`;
}

function newDirectory(archive: string): string {
  for (let number = 1;; number += 1) {
    const name = number === 1 ? `./${archive}` : `./${archive}.${number}`;
    try {
      Deno.lstatSync(name);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return name;
      throw error;
    }
  }
}

function count(number: number, one: string, several = `${one}s`): string {
  return `${number.toLocaleString("en-US")} ${number === 1 ? one : several}`;
}
