/** Says where a run would archive what was discovered. Pure. @module */
import type { DiscoveredSources } from "./discover/discover_sources.ts";
import { archivedPlaces, planMounts } from "./mount/mount_plan.ts";
import type { ArchivedPlace } from "./own_repositories.ts";
import { selectSources } from "./select/select_sources.ts";

/** Where the archive would have the sources, if each snapshot can be taken. */
export function expectedPlaces(
  discovered: DiscoveredSources,
  oneFileSystem: boolean,
): readonly ArchivedPlace[] {
  const selection = selectSources(discovered);
  const taken = new Map(selection.pools.flat().map((target) => [target.name, target]));
  return archivedPlaces(planMounts(selection, { taken, failures: new Map() }, oneFileSystem));
}
