import type { BorgRepository } from "../../borg/repository.ts";
import { AppError, ExitCode } from "../../errors.ts";
import { judgeVerified } from "../../verify/verified_text.ts";
import { verifyArchive } from "../../verify/verify_archive.ts";
import { ownCommand } from "../../text/own_command.ts";
import { printableLine } from "../../text/printable.ts";
import type { ArchiveIndex } from "../../restore/archive_index.ts";
import { chooseArchive } from "../../restore/choose_archive.ts";
import type { KnownArchives } from "../../restore/known_archives.ts";
import { localTime } from "../../text/local_time.ts";
import { knownArchivesOf, noteAlarms, noteChosen } from "../archive_knowledge.ts";
import { type CliContext, searchPath } from "../context.ts";
import type { ProgressFlag } from "../progress_display.ts";
import {
  archiveIndexOf,
  type ArchiveSession,
  readArchives,
  type ReadingFlags,
  withListing,
} from "../archive_session.ts";

interface VerifyFlags extends ReadingFlags {
  readonly archive: string;
  readonly files?: number | "all";
  readonly progress: ProgressFlag;
}

/** How many files are read back when the configuration says that a run shall read none. */
const FILES = 20;

/** `autoborg verify`: reads files back from each repository and compares them with their source. */
export async function verifyVerb(this: CliContext, flags: VerifyFlags): Promise<void> {
  await readArchives(this, flags, async (session) => {
    using _awake = this.inhibitSleep("An archive is being verified", searchPath(this.variable));
    const index = await archiveIndexOf(session);
    const known = knownArchivesOf(session);
    noteAlarms(session, index.reachable, known);
    const note = onceEach(session.note);
    const sound = await Promise.all(index.reachable.map(async (repository) => {
      const { label } = repository;
      try {
        return await verifyOne(this, { session, note }, flags, index, known, repository);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        // One repository's failure does not touch the others.
        this.print(session.mask(`${label}: FAILED: ${printableLine(error.message)}\n`));
        if (error.hint !== undefined) session.tell(`hint: ${error.hint}`);
        return false;
      }
    }));
    if (sound.includes(false)) return ExitCode.failed;
    return session.failed ? ExitCode.failed : ExitCode.ok;
  });
}

async function verifyOne(
  context: CliContext,
  { session, note }: { readonly session: ArchiveSession } & Pick<ArchiveSession, "note">,
  flags: VerifyFlags,
  index: ArchiveIndex,
  known: KnownArchives,
  repository: BorgRepository,
): Promise<boolean> {
  const { label } = repository;
  // Whether an archive is complete may differ from repository to repository.
  const own = index.archives.filter(({ repositories }) => repositories.includes(repository))
    .map((listed) => ({ ...listed, repositories: [repository] }));
  if (own.length === 0) {
    const hint = `To create the first archive: ${ownCommand("run")}`;
    throw new AppError("there is no archive to verify yet", { hint });
  }
  const commandWith = (other: string) => ownCommand("verify", "--archive", other);
  const chosen = chooseArchive(
    { archives: own, reachable: [repository] },
    known,
    flags,
    commandWith,
  );
  noteChosen({ note }, known, chosen, commandWith);
  const { name, startedAt } = chosen;
  const configured = session.config.repositories.find((one) => one.label === label)?.verify.files;
  const files = typeof flags.files === "number" ? flags.files : configured || FILES;
  const all = flags.files === "all";
  const verified = await verifyArchive(withListing(session, "verify", known.filesOf(chosen)), {
    repository,
    archive: name,
    began: startedAt,
    files,
    all,
    random: Math.random,
    onProgress: (percent, message) => {
      const progress = { kind: "percent", percent, message } as const;
      session.progress.show({ repository: label, step: "verify", progress });
    },
    onWarning: (text) => session.tell(`warning: ${label}: ${printableLine(text)}`),
  });
  session.progress.clear();
  const { sound, lines } = judgeVerified(verified, all, label);
  const heading = `${label}: ${name}, from ${localTime(startedAt)}`;
  context.print(session.mask([heading, ...lines.map((line) => `  ${line}`), ""].join("\n")));
  return sound;
}

/** Several repositories hold the same archive: what is said of it is said once. */
function onceEach(note: ArchiveSession["note"]): ArchiveSession["note"] {
  const said = new Set<string>();
  return (one) => {
    if (said.has(one.text)) return;
    said.add(one.text);
    note(one);
  };
}
