/**
 * What the verbs share that read archives: the chosen repositories, how Borg is started, messages,
 * progress, and what becomes of it when a signal comes. No lock is taken and no state is needed.
 * @module
 */
import { chooseRepositories } from "../backup/plan.ts";
import type { BorgFailure } from "../borg/failure_kinds.ts";
import type { BorgRepository } from "../borg/repository.ts";
import type { Config } from "../config/config_schema.ts";
import { AppError, type ExitCode } from "../errors.ts";
import { printable } from "../text/printable.ts";
import { type Access, Stopped } from "../borg/borg_queries.ts";
import { type ArchiveIndex, loadArchiveIndex } from "../restore/archive_index.ts";
import type { ArchiveNote } from "../restore/archive_notes.ts";
import { createMasker, type Masker } from "../text/secret.ts";
import {
  type CliContext,
  type CommonFlags,
  inheritedEnvironment,
  loadChosenConfig,
} from "./context.ts";
import { ProgressDisplay, type ProgressFlag } from "./progress_display.ts";
import { watchForStop } from "./stop_signals.ts";

/** The flags of the verbs that read archives. */
export interface ReadingFlags extends CommonFlags {
  readonly repo?: readonly string[];
}

/** What such a verb works with. */
export interface ArchiveSession {
  readonly config: Config;
  /** Those that were chosen, in the order of the configuration. */
  readonly repositories: readonly BorgRepository[];
  readonly access: Access;
  readonly mask: Masker;
  readonly progress: ProgressDisplay;
  /** Writes a message. */
  readonly tell: (text: string) => void;
  /** Says something of an archive; a warning counts as a failure. */
  readonly note: (note: ArchiveNote) => void;
  /** Says that a repository can't be read; one that is optional and not there is no failure. */
  readonly fail: (repository: BorgRepository, failure: BorgFailure) => void;
  /** Whether there was a failure. */
  readonly failed: boolean;
}

/** Does the `work` of a verb that reads archives, which gives the exit code. */
export async function readArchives(
  context: CliContext,
  flags: ReadingFlags & { readonly progress?: ProgressFlag },
  work: (session: ArchiveSession) => Promise<ExitCode>,
): Promise<void> {
  const { config, secrets } = await loadChosenConfig(context, flags);
  const mask = createMasker(secrets);
  const repositories = chooseRepositories(config, flags.repo ?? []);
  using watch = watchForStop();
  const quietly = { ...context, tell: tellIfPossible(context) };
  using progress = new ProgressDisplay(quietly, flags.progress ?? "auto", mask);
  const tell = (text: string) => progress.aside(() => quietly.tell(`${mask(printable(text))}\n`));
  const { start } = context;
  const access = { outer: inheritedEnvironment(context.variable), start, signal: watch.signal };
  let failed = false;
  const note = ({ isWarning, text, hint }: ArchiveNote) => {
    if (isWarning) failed = true;
    tell(`${isWarning ? "warning" : "note"}: ${text}`);
    if (hint !== undefined) tell(`  hint: ${hint}`);
  };
  const fail = ({ label }: BorgRepository, failure: BorgFailure) => {
    const { optional = false } = config.repositories.find((one) => one.label === label) ?? {};
    const absent = failure.kind === "missing-repository" || failure.kind === "unreachable";
    if (optional && absent) {
      tell(`${label}: left out: it is optional, and ${failure.message}`);
      return;
    }
    note({ ...failure, isWarning: true, text: `${label}: ${failure.message}` });
  };
  const session: ArchiveSession = {
    config,
    repositories,
    access,
    mask,
    progress,
    tell,
    note,
    fail,
    get failed() {
      return failed;
    },
  };
  try {
    context.end(await work(session));
  } catch (error) {
    if (!(error instanceof Stopped)) {
      // Other repositories may be at work still: each Borg is told to end before we do.
      watch.stop();
      await new Promise((resolve) => setTimeout(resolve, 0));
      throw masked(error, mask);
    }
    tell(`interrupted by ${watch.received ?? "a signal"}`);
    context.end(watch.exitCode);
  }
}

/**
 * A terminal that is gone, or a full disk behind standard error, must not throw out of the middle of
 * the work while Borg goes on.
 */
function tellIfPossible(context: CliContext): (text: string) => void {
  return (text) => {
    try {
      context.tell(text);
    } catch {
      // The exit code still tells how it ended.
    }
  };
}

/**
 * Asks all chosen repositories for their archives and says which of them can't be read;
 * throws an AppError when none of them can be.
 */
export async function archiveIndexOf(session: ArchiveSession): Promise<ArchiveIndex> {
  const index = await loadArchiveIndex(session.access, session.repositories);
  for (const { repository, failure } of index.unreachable) session.fail(repository, failure);
  if (index.reachable.length > 0) return index;
  const labels = session.repositories.map(({ label }) => `"${label}"`).join(", ");
  throw new AppError(
    session.repositories.length === 1
      ? `Cannot read the repository ${labels}`
      : `Cannot read any of the repositories ${labels}`,
  );
}

/** No secret shall be in an error, whatever Borg said. */
function masked(error: unknown, mask: Masker): unknown {
  if (!(error instanceof AppError)) return error;
  const { exitCode, hint, cause } = error;
  return new AppError(mask(error.message), {
    exitCode,
    cause,
    ...(hint === undefined ? {} : { hint: mask(hint) }),
  });
}
