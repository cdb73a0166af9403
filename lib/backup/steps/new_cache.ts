/**
 * Has Borg build its cache of a repository again when that is damaged, as after a power failure: it holds
 * nothing that is not in the repository, and every backup would fail until a person deletes it.
 *
 * @module
 */
import { forgetCacheArguments } from "../../borg/commands.ts";
import type { BorgRepository } from "../../borg/repository.ts";
import type { BorgResult } from "../../borg/run_borg.ts";
import type { Problem } from "../../problem.ts";
import type { Emit, Scope } from "../events.ts";

/** How Borg ended in a step. */
export interface StepBorgResult extends BorgResult {
  /** What was wrong with Borg's cache before it was built again. */
  readonly damagedCache?: string;
}

/** What is needed to tell of it. */
interface CacheContext {
  readonly target: BorgRepository;
  readonly signal: AbortSignal;
  readonly emit: Emit;
}

/**
 * Calls Borg, and once more without its cache when that is damaged. Borg itself deletes the cache, that
 * of this repository on this machine and nothing else.
 */
export async function withNewCache(
  { target, signal, emit }: CacheContext,
  step: Scope["step"] & string,
  call: () => Promise<BorgResult>,
  forget: (args: readonly string[]) => Promise<BorgResult>,
): Promise<StepBorgResult> {
  const first = await call();
  const { end } = first;
  if (end.kind !== "failed" || end.failure.kind !== "cache-damaged" || signal.aborted) return first;
  const { message } = end.failure;
  const text = `${message}; Borg deletes and rebuilds it, which can take hours`;
  emit({ type: "note", scope: { repository: target.label, step }, level: "warning", text });
  const deleted = await forget(forgetCacheArguments(target));
  if (deleted.end.kind !== "success") return first;
  const second = await call();
  return { ...second, duration: first.duration + second.duration, damagedCache: message };
}

/** What a person should know of a cache that was built again. */
export function cacheProblems({ damagedCache }: StepBorgResult): readonly Problem[] {
  if (damagedCache === undefined) return [];
  return [{
    severity: "warning",
    message: `${damagedCache}; it was rebuilt, and nothing is lost`,
  }];
}
