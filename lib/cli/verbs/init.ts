import { initArguments } from "../../borg/commands.ts";
import { keyAdvice } from "../../borg/key_advice.ts";
import type { BorgRepository } from "../../borg/repository.ts";
import { runBorg } from "../../borg/run_borg.ts";
import { chooseRepositories } from "../../backup/plan.ts";
import { ExitCode } from "../../errors.ts";
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
    const made = await make(this, repository, watch.signal);
    this.print(mask(`${repository.label}: ${made.text}\n`));
    if (made.hint !== undefined) this.print(mask(`  hint: ${made.hint}\n`));
    if (made.usable) usable.push(repository);
  }
  // Seen by monitoring from now on, even if no run ever begins.
  if (usable.length > 0) await refreshMetrics(this, config);
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

async function make(
  context: CliContext,
  repository: BorgRepository,
  signal: AbortSignal,
): Promise<Made> {
  const result = await runBorg({
    repository,
    args: initArguments(repository),
    outer: inheritedEnvironment(context.variable),
    start: context.start,
    signal,
    onLine: () => {},
  });
  const { end } = result;
  switch (end.kind) {
    case "success":
    case "warnings":
      return { usable: true, text: `created ${repository.url} (${repository.encryption})` };
    case "stopped":
      return { usable: false, text: "interrupted" };
    case "failed": {
      const { kind, message, hint } = end.failure;
      if (kind === "repository-exists") {
        return { usable: true, text: `${repository.url} exists already, left alone` };
      }
      return { usable: false, text: `failed: ${printable(message)}`, hint };
    }
  }
}
