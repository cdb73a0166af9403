/**
 * What the verbs share that read archives: the chosen repositories, how Borg is started, messages,
 * progress, and what becomes of it when a signal comes. No lock is taken and no state is needed.
 * @module
 */
import { chooseRepositories } from "../backup/plan.ts";
import type { BorgFailure } from "../borg/failure_kinds.ts";
import { withSeenArchives } from "../borg/missing_repository.ts";
import type { BorgRepository } from "../borg/repository.ts";
import type { Config } from "../config/config_schema.ts";
import { AppError, type ExitCode } from "../errors.ts";
import { printable } from "../text/printable.ts";
import { type Access, Stopped } from "../borg/borg_queries.ts";
import { type ArchiveIndex, loadArchiveIndex } from "../restore/archive_index.ts";
import type { ArchiveNote } from "../restore/archive_notes.ts";
import { seenArchives } from "../state/seen_archives.ts";
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
  const access = { inherited: inheritedEnvironment(context.variable), start, signal: watch.signal };
  let failed = false;
  const note = ({ isWarning, text, hint }: ArchiveNote) => {
    if (isWarning) failed = true;
    tell(`${isWarning ? "warning" : "note"}: ${text}`);
    if (hint !== undefined) tell(`  hint: ${hint}`);
  };
  const fail = (repository: BorgRepository, failed: BorgFailure) => {
    const { label } = repository;
    const failure = withHistoryOf(config, repository, failed);
    const { optional = false } = config.repositories.find((one) => one.label === label) ?? {};
    const absent = failure.kind === "missing-repository" || failure.kind === "unreachable";
    if (optional && absent) {
      tell(`${label}: skipped: it is optional, and ${failure.message}`);
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
      // Other repositories may still be running: each Borg is asked to end before we do.
      watch.stop();
      await new Promise((resolve) => setTimeout(resolve, 0));
      throw masked(error, mask);
    }
    tell(`interrupted by ${watch.received ?? "a signal"}`);
    context.end(watch.exitCode);
  }
}

/** Says what else is known of a failure: which archives were in a repository that is missing. */
export function withHistoryOf(
  { name, paths: { stateDir } }: Config,
  repository: BorgRepository,
  failure: BorgFailure,
): BorgFailure {
  if (failure.kind !== "missing-repository") return failure;
  return withSeenArchives(repository, failure, seenArchives(stateDir, name, repository.label));
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
  const { access, config, repositories } = session;
  const index = await loadArchiveIndex(access, repositories);
  const [only] = index.unreachable;
  // Then the hint for a plain user is sudo.
  const isDenied = index.unreachable.some(({ failure }) => failure.kind === "denied");
  const cause = isDenied ? { cause: new Deno.errors.PermissionDenied() } : {};
  if (repositories.length === 1 && only !== undefined) {
    const { repository, failure } = only;
    const { message, hint } = withHistoryOf(config, repository, failure);
    throw new AppError(`Cannot read the repository "${repository.label}": ${message}`, {
      ...cause,
      ...(hint === undefined ? {} : { hint }),
    });
  }
  for (const { repository, failure } of index.unreachable) session.fail(repository, failure);
  if (index.reachable.length > 0) return index;
  const labels = repositories.map(({ label }) => `"${label}"`).join(", ");
  throw new AppError(`Cannot read any of the repositories ${labels}`, cause);
}

/**
 * The access of a session whose progress tells how far the listing of an archive is, which may take
 * minutes before anything else can be said.
 */
export function withListing(
  { access, progress }: ArchiveSession,
  step: string,
  expected: number | undefined,
): Access {
  const message = "reading the archive's index";
  const total = expected === undefined ? {} : { expected };
  return {
    ...access,
    onListed: ({ label: repository }, entries) =>
      progress.show({
        repository,
        step,
        progress: { kind: "entries", entries, ...total, message },
      }),
  };
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
