/** What of a run's sources one repository gets. Pure. @module */
import { matcherOf } from "../borg/pattern_match.ts";
import type { Repository } from "../config/config_schema.ts";
import { mayMeet } from "../text/glob.ts";
import type { Problem } from "../problem.ts";
import type { RepositoryShare } from "../staging/repository_share.ts";
import { ancestors, inTree } from "../staging/tree_paths.ts";
import type { Plan } from "./plan.ts";
import { isConfigured, isNarrowed, sourcesOfAny } from "./repository_selection.ts";

/** The plan as it is for one repository: as if the configuration had no other sources. */
export function planFor(plan: Plan, repository: Repository): Plan {
  if (!isNarrowed(repository)) return plan;
  const { sources, zfs } = sourcesOfAny(plan, [repository]);
  const exclude = [...sources.exclude, ...repository.exclude];
  return { ...plan, sources: { ...sources, exclude }, zfs };
}

/** Whether a problem of the staging is about the sources of a plan; one about none is about all. */
export function isAbout(plan: Pick<Plan, "sources" | "zfs">, { sources }: Problem): boolean {
  if (sources === undefined || sources.length === 0) return true;
  return sources.some((path) => isConfigured(plan, path));
}

/** What is expected of the archives of one repository: nothing of what it does not get. */
export function expectationsFor(
  all: Plan,
  repository: Repository,
  { roots, leftOut }: Pick<RepositoryShare, "roots" | "leftOut">,
): Plan["expectations"] {
  if (!isNarrowed(repository)) return all.expectations;
  const { sources } = planFor(all, repository);
  const places = [
    ...roots.map(({ at }) => at),
    // One that is missing tonight is expected all the same.
    ...[...sources.directories, ...sources.optional].map(inTree),
  ];
  const excluded = repository.exclude.flatMap((pattern) => matcherOf(pattern) ?? []);
  return all.expectations.filter(({ path }) => {
    const above = [...ancestors(path), path].filter((place) => place !== "");
    if (above.some((place) => leftOut.includes(place))) return false;
    if (above.some((place) => excluded.some((matches) => matches(place)))) return false;
    return places.some((place) => mayMeet(place, path));
  });
}
