/** `autoborg run --dry-run --list`: what a run would back up, and why it excludes the rest. @module */
import type { Plan } from "../backup/plan.ts";
import { plannedShare, type PlannedSources } from "../backup/planned_sources.ts";
import { listFilesArguments } from "../backup/planned_commands.ts";
import { type Access, callBorg, Stopped } from "../borg/borg_queries.ts";
import { type ExcludeReason, excludeReasons } from "../borg/exclude_reason.ts";
import type { BorgLine } from "../borg/log_line.ts";
import type { Repository } from "../config/config_schema.ts";
import { AppError, ExitCode } from "../errors.ts";
import type { StagedSources } from "../staging/staging.ts";
import { printableLine } from "../text/printable.ts";
import type { Masker } from "../text/secret.ts";
import { type CliContext, inheritedEnvironment } from "./context.ts";
import { watchForStop } from "./stop_signals.ts";

/** Files are read where they are now: a dry run makes no snapshot. */
const ROOT = "/";

/**
 * Lets Borg list the files of the sources as they are now, and names what keeps the others out. What
 * several repositories get alike is listed once.
 *
 * @returns the exit code when it was stopped or Borg warned
 * @throws {AppError} when no repository can be opened, without which Borg lists nothing
 */
export async function listPlanned(
  context: CliContext,
  plan: Plan,
  planned: PlannedSources,
  mask: Masker,
): Promise<ExitCode> {
  const say = (text: string) => context.tell(`${mask(printableLine(text))}\n`);
  const print = (text: string) => context.print(mask(`${text}\n`));
  using watch = watchForStop();
  const access = {
    inherited: inheritedEnvironment(context.variable),
    start: context.start,
    signal: watch.signal,
  };
  if (planned.sources?.root !== ROOT) {
    say("note: these are the live files, not those of a snapshot");
  }
  const groups = [
    ...Map.groupBy(
      plan.repositories,
      ({ directories, datasets, exclude }) => JSON.stringify([directories, datasets, exclude]),
    ).values(),
  ];
  const ends: ExitCode[] = [];
  try {
    for (const group of groups) {
      if (groups.length > 1) print(`# ${group.map(({ label }) => label).join(", ")}`);
      ends.push(await listForOneOf(group, { access, plan, planned }, { print, say }));
    }
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    return watch.exitCode;
  }
  return ends.includes(ExitCode.warning) ? ExitCode.warning : ExitCode.ok;
}

interface ListRequest {
  readonly access: Access;
  readonly plan: Plan;
  readonly planned: PlannedSources;
}

/** Asks the first of several repositories that get the same. */
async function listForOneOf(
  repositories: readonly Repository[],
  { access, plan, planned }: ListRequest,
  { print, say }: Readonly<Record<"print" | "say", (text: string) => void>>,
): Promise<ExitCode> {
  for (const repository of repositories) {
    const { plan: own, sources } = plannedShare(plan, repository, planned);
    if (sources === undefined) {
      say(`warning: ${repository.label}: none of the sources can be read`);
      return ExitCode.warning;
    }
    const listing = new Listing(reasonsFor(plan, repository, sources), print, say);
    const failure = await list(access, own, repository, sources, listing);
    if (failure === undefined) {
      say(listing.summary());
      return listing.warned ? ExitCode.warning : ExitCode.ok;
    }
    say(`warning: ${repository.label}: ${failure}`);
    // What is printed can't be taken back.
    if (listing.isBegun) break;
  }
  throw new AppError("Cannot list the files: Borg needs a repository that it can open");
}

function reasonsFor(plan: Plan, { exclude }: Repository, sources: StagedSources): ExcludeReason {
  const { repositories = [], leftOut = [] } = sources;
  return excludeReasons(ROOT, { ...plan.sources, ownExclude: exclude, repositories, leftOut });
}

async function list(
  access: Access,
  plan: Plan,
  repository: Repository,
  sources: StagedSources,
  listing: Listing,
): Promise<string | undefined> {
  const args = listFilesArguments(plan, repository, sources);
  const { end } = await callBorg(access, {
    repository,
    args,
    cwd: ROOT,
    onLine: (line) => listing.hear(line),
  });
  return end.kind === "failed" ? end.failure.message : undefined;
}

/** Prints what Borg lists. */
class Listing {
  #taken = 0;
  #excluded = 0;
  warned = false;

  constructor(
    readonly reason: ExcludeReason,
    readonly print: (text: string) => void,
    readonly say: (text: string) => void,
  ) {}

  get isBegun(): boolean {
    return this.#taken + this.#excluded > 0;
  }

  hear(line: BorgLine): void {
    if (line.kind === "message" && line.level === "warning") {
      this.warned = true;
      this.say(`warning: ${line.text}`);
    }
    if (line.kind !== "file-status") return;
    const { status, path } = line;
    if (status === "x") {
      this.#excluded += 1;
      this.print(`- ${printableLine(`/${path}  (${this.reason(path)})`)}`);
    } else {
      this.#taken += 1;
      this.print(`+ ${printableLine(`/${path}`)}`);
    }
  }

  summary(): string {
    return `${this.#taken} files and directories to back up, ${this.#excluded} excluded ` +
      "(an excluded directory counts once)";
  }
}
