import { listArchivesArguments, parseListing } from "../../borg/archives.ts";
import { outsideRetention, outsideText } from "../../inspect/other_series.ts";
import { initArguments } from "../../borg/commands.ts";
import { parseRepositoryInfo, repositoryInfoArguments } from "../../borg/repository_info.ts";
import { keyAdvice } from "../../borg/key_advice.ts";
import type { BorgFailure } from "../../borg/failure_kinds.ts";
import { describeSeen, findRepository } from "../../borg/missing_repository.ts";
import type { BorgRepository } from "../../borg/repository.ts";
import type { BorgResult } from "../../borg/run_borg.ts";
import { runPatiently } from "../../borg/short_waits.ts";
import { chooseRepositories, ownRepositories } from "../../backup/plan.ts";
import type { Config, Repository } from "../../config/config_schema.ts";
import { ExitCode } from "../../errors.ts";
import { encryptionProblem } from "../../inspect/encryption.ts";
import type { Problem } from "../../problem.ts";
import { discoverSources } from "../../staging/discover/discover_sources.ts";
import { expectedPlaces } from "../../staging/expected_places.ts";
import { locateRepositories } from "../../staging/own_repositories.ts";
import { SNAPSHOT_SOURCES } from "../../staging/system.ts";
import { seenArchives } from "../../state/seen_archives.ts";
import { ownCommand } from "../../text/own_command.ts";
import { printable } from "../../text/printable.ts";
import { createMasker } from "../../text/secret.ts";
import {
  type CliContext,
  type CommonFlags,
  inheritedEnvironment,
  loadChosenConfig,
} from "../context.ts";
import { rootHint } from "../root_hint.ts";
import { refreshMetrics } from "../run_metrics.ts";
import { watchForStop } from "../stop_signals.ts";
import { zfsQueries } from "../zfs_queries.ts";

interface InitFlags extends CommonFlags {
  readonly repo?: readonly string[];
  /** Create an empty repository although the history knows archives in it. */
  readonly anew: boolean;
}

/** `autoborg init`: creates the repositories that do not exist and says where the keys are. */
export async function initVerb(this: CliContext, flags: InitFlags): Promise<void> {
  const { config, secrets } = await loadChosenConfig(this, flags);
  const mask = createMasker(secrets);
  const chosen = chooseRepositories(config, flags.repo ?? []);
  using watch = watchForStop();
  const usable: BorgRepository[] = [];
  for (const repository of chosen) {
    if (watch.signal.aborted) break;
    const made = await make(
      { context: this, config, signal: watch.signal },
      repository,
      flags.anew,
    );
    this.print(mask(`${repository.label}: ${made.text}\n`));
    if (made.hint !== undefined) this.print(mask(`  hint: ${made.hint}\n`));
    if (made.usable) usable.push(repository);
  }
  // Seen by monitoring from now on, even if no run ever begins.
  if (usable.length > 0) await refreshMetrics(this, config);
  for (const { message, hint } of await disksOf(this, config, chosen, watch.signal)) {
    this.print(mask(`warning: ${message}\n${hint === undefined ? "" : `  hint: ${hint}\n`}`));
  }
  const inherited = inheritedEnvironment(this.variable);
  this.print(mask(usable.map((one) => keyAdvice(one, inherited)).join("")));
  if (watch.received !== undefined) this.end(watch.exitCode);
  else if (usable.length < chosen.length) this.end(ExitCode.failed);
}

interface Made {
  /** Whether there is a repository now. */
  readonly usable: boolean;
  readonly text: string;
  readonly hint?: string | undefined;
}

/** What is wrong with the disks of the repositories that are there by now. */
async function disksOf(
  context: CliContext,
  config: Config,
  chosen: readonly Repository[],
  signal: AbortSignal,
): Promise<readonly Problem[]> {
  const repositories = ownRepositories(config, chosen).filter(({ sameDisk }) => !sameDisk);
  if (repositories.length === 0 || signal.aborted) return [];
  const tools = { run: zfsQueries(context), files: Deno, sources: SNAPSHOT_SOURCES };
  const { sources, zfs, paths: { tempDir } } = config;
  const discovered = await discoverSources(tools, { ...sources, zfs, tempDir, label: "init" });
  const places = expectedPlaces(discovered, sources.oneFileSystem);
  return [...(await locateRepositories(tools, repositories, places)).disks.values()];
}

/** What all repositories are made with. */
interface Making {
  readonly context: CliContext;
  readonly config: Config;
  readonly signal: AbortSignal;
}

async function make(making: Making, repository: Repository, anew: boolean): Promise<Made> {
  const { name, paths: { stateDir } } = making.config;
  const seen = seenArchives(stateDir, name, repository.label);
  if (seen.count > 0 && !anew) return await find(making, repository, seen);
  const { end } = await callBorg(making, repository, initArguments(repository));
  switch (end.kind) {
    case "success":
    case "warnings":
      return { usable: true, text: `created ${repository.url} (${repository.encryption})` };
    case "stopped":
      return INTERRUPTED;
    case "failed":
      return end.failure.kind === "repository-exists"
        ? (await open(making, repository)).made
        : failed(repository, "failed", end.failure);
  }
}

/** Where archives were, nothing new is made by itself: it would hide that they are gone. */
async function find(
  making: Making,
  repository: Repository,
  seen: ReturnType<typeof seenArchives>,
): Promise<Made> {
  const { made, isMissing } = await open(making, repository);
  if (!isMissing) return made;
  const { label, url } = repository;
  return {
    usable: false,
    text: `not created: there is no repository at "${url}", but ${describeSeen(seen)}, and a new ` +
      "one would have none of them",
    hint: `${findRepository(repository)}. To create an empty one anyway: ${
      ownCommand("init", "--repo", label, "--anew")
    }`,
  };
}

interface Opened {
  readonly made: Made;
  readonly isMissing: boolean;
}

/** Opens a repository that exists: one that can't be opened is no place for backups. */
async function open(making: Making, repository: Repository): Promise<Opened> {
  const { label, url, encryption } = repository;
  // A run may be using it: this is no reason to wait.
  const query = repositoryInfoArguments({ ...repository, lockWait: 0 }, making.config.name);
  const { end, stdout } = await callBorg(making, repository, query);
  const there = `${url} already exists, left unchanged`;
  if (end.kind === "stopped") return { made: INTERRUPTED, isMissing: false };
  if (end.kind === "failed") {
    const { failure } = end;
    const isMissing = failure.kind === "missing-repository";
    if (failure.kind === "locked") return { made: { usable: true, text: there }, isMissing };
    const what = `${url} already exists, but cannot be opened`;
    return { made: failed(repository, what, failure), isMissing };
  }
  const mode = parseRepositoryInfo(stdout)?.encryption ?? encryption;
  const problem = encryptionProblem(label, encryption, mode);
  const made = problem === undefined
    ? { usable: true, text: there, hint: await othersThere(making, repository) }
    : { usable: false, text: `${there}; ${problem.message}`, hint: problem.hint };
  return { made, isMissing: false };
}

/** Archives of an older script: nothing would ever prune them. */
async function othersThere(making: Making, repository: Repository): Promise<string | undefined> {
  const list = listArchivesArguments({ ...repository, lockWait: 0 });
  const archives = parseListing((await callBorg(making, repository, list)).stdout)?.archives ?? [];
  const outside = outsideRetention(archives.map(({ name }) => name), repository);
  return outsideText(outside, making.config.name);
}

const INTERRUPTED: Made = { usable: false, text: "interrupted" };

function failed({ label }: BorgRepository, what: string, failure: BorgFailure): Made {
  const isRoots = failure.kind === "denied" && Deno.uid() !== 0;
  const hint = isRoots ? rootHint(["init", "--repo", label]) : failure.hint;
  return { usable: false, text: `${what}: ${printable(failure.message)}`, hint };
}

function callBorg(
  { context, signal }: Making,
  repository: BorgRepository,
  args: readonly string[],
): Promise<BorgResult> {
  const inherited = inheritedEnvironment(context.variable);
  const { start } = context;
  return runPatiently({ repository, args, inherited, start, signal, onLine: () => {} });
}
