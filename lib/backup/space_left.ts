/** Finds out how much space a repository has, and warns before it is full. @module */
import { fewerArchives } from "../borg/system_failure.ts";
import { localPath } from "../borg/repository.ts";
import { readLimits } from "../borg/repository_config.ts";
import type { Repository } from "../config/config_schema.ts";
import { spaceAt } from "../files/free_space.ts";
import { type Problem, warning } from "../problem.ts";
import {
  forecast,
  fullSoonText,
  GROWTH_PERIOD,
  isFullSoon,
  type SpaceForecast,
} from "../state/repository_space.ts";
import type { StepOutcome } from "./outcome.ts";
import type { RepositoryMemory } from "./repository_memory.ts";

/** What is known of a repository at the end of a run. */
interface SpaceRequest {
  readonly target: Pick<Repository, "url">;
  readonly memory: Pick<RepositoryMemory, "sizes">;
  readonly startedAt: Date;
  readonly steps: readonly StepOutcome[];
}

/** Asks the file system and the configuration of a local repository, and what `compact` learned. */
export async function lookAtSpace(request: SpaceRequest): Promise<SpaceForecast> {
  const { target, memory, startedAt, steps } = request;
  const path = localPath(target.url);
  const limits = path === undefined ? {} : await readLimits(path);
  const disk = path === undefined ? {} : await spaceAt(path) ?? {};
  const learned = steps.flatMap(({ space }) => space ?? []).at(-1);
  const at = startedAt.getTime();
  const own = steps.flatMap((step) => step.state === "skipped" ? [] : step.stats ?? [])
    .map(({ repositorySize: size, newSize: added }) => ({ at, size, added }));
  const past = memory.sizes(new Date(at - GROWTH_PERIOD));
  return forecast({ ...disk, ...limits, ...learned }, [...past, ...own]);
}

/** Warns of a repository that will be full soon. */
export function spaceProblems(
  { label, url }: Pick<Repository, "label" | "url">,
  space: SpaceForecast | undefined,
): readonly Problem[] {
  const { room = 0, growth = 0, fullIn = Infinity } = space ?? {};
  if (!isFullSoon({ fullIn })) return [];
  return [warning(
    fullSoonText(label, { fullIn, growth, room }),
    `Free some space where "${url}" is, or give it more. ${fewerArchives(label)}`,
  )];
}
