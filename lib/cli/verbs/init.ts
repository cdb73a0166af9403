import { initArguments } from "../../borg/commands.ts";
import { parseRepositoryInfo, repositoryInfoArguments } from "../../borg/repository_info.ts";
import { keyAdvice } from "../../borg/key_advice.ts";
import type { BorgRepository } from "../../borg/repository.ts";
import { runBorg } from "../../borg/run_borg.ts";
import { chooseRepositories, ownRepositories } from "../../backup/plan.ts";
import type { Config, Repository } from "../../config/config_schema.ts";
import { ExitCode } from "../../errors.ts";
import { encryptionProblem } from "../../inspect/encryption.ts";
import type { Problem } from "../../problem.ts";
import { discoverSources } from "../../staging/discover/discover_sources.ts";
import { expectedPlaces } from "../../staging/expected_places.ts";
import { locateRepositories } from "../../staging/own_repositories.ts";
import { SNAPSHOT_SOURCES } from "../../staging/system.ts";
import { printable } from "../../text/printable.ts";
import { createMasker } from "../../text/secret.ts";
import {
  type CliContext,
  type CommonFlags,
  inheritedEnvironment,
  loadChosenConfig,
} from "../context.ts";
import { refreshMetrics } from "../run_metrics.ts";
import { watchForStop } from "../stop_signals.ts";
import { zfsQueries } from "../zfs_queries.ts";

/** The flags of `autoborg init`. */
interface InitFlags extends CommonFlags {
  readonly repo?: readonly string[];
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
    const made = await make(this, repository, config.name, watch.signal);
    this.print(mask(`${repository.label}: ${made.text}\n`));
    if (made.hint !== undefined) this.print(mask(`  hint: ${made.hint}\n`));
    if (made.usable) usable.push(repository);
  }
  // Seen by monitoring from now on, even if no run ever begins.
  if (usable.length > 0) await refreshMetrics(this, config);
  for (const { message, hint } of await disksOf(this, config, chosen, watch.signal)) {
    this.print(mask(`warning: ${message}\n${hint === undefined ? "" : `  hint: ${hint}\n`}`));
  }
  this.print(mask(usable.map(keyAdvice).join("")));
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

async function make(
  context: CliContext,
  repository: BorgRepository,
  series: string,
  signal: AbortSignal,
): Promise<Made> {
  const borg = (args: readonly string[]) =>
    runBorg({
      repository,
      args,
      outer: inheritedEnvironment(context.variable),
      start: context.start,
      signal,
      onLine: () => {},
    });
  const { end } = await borg(initArguments(repository));
  switch (end.kind) {
    case "success":
    case "warnings":
      return { usable: true, text: `created ${repository.url} (${repository.encryption})` };
    case "stopped":
      return { usable: false, text: "interrupted" };
    case "failed": {
      const { kind, message, hint } = end.failure;
      if (kind === "repository-exists") {
        // A run may be at work in it: this is no reason to wait.
        const query = repositoryInfoArguments({ ...repository, lockWait: 0 }, series);
        const { stdout } = await borg(query);
        const mode = parseRepositoryInfo(stdout)?.encryption ?? repository.encryption;
        const problem = encryptionProblem(repository.label, repository.encryption, mode);
        const text = `${repository.url} exists already, left alone`;
        if (problem === undefined) return { usable: true, text };
        return { usable: false, text: `${text}; ${problem.message}`, hint: problem.hint };
      }
      return { usable: false, text: `failed: ${printable(message)}`, hint };
    }
  }
}
