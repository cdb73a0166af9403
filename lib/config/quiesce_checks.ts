/** What one key of `[quiesce]` alone can't tell. Like `checks.ts` it works on the parsed document. @module */
import { asArray, type KeyPath, type Problem, valueAt } from "./config_problem.ts";
import { duplicates } from "./duplicates.ts";

/** Units that autoborg itself is, or that start it: a run that stops them would end itself. */
const OWN_UNIT = /^autoborg(?:-status)?(?:@.*)?\.\w+$/;

const UNITS: KeyPath = ["quiesce", "units"];
const CONTAINERS: KeyPath = ["quiesce", "containers"];

/** Finds what is wrong with the services of a document. */
export function wrongQuiesce(document: unknown): Problem[] {
  return [
    ...duplicates(document, "unit", UNITS, [], (name) => name),
    ...duplicates(document, "container", CONTAINERS, [], (name) => name),
    ...ownUnits(document),
    ...withoutEngine(document),
    ...longPause(document),
  ];
}

function ownUnits(document: unknown): Problem[] {
  return asArray(valueAt(document, UNITS)).flatMap((unit, index) =>
    typeof unit !== "string" || !OWN_UNIT.test(unit) ? [] : [{
      path: [...UNITS, index],
      message:
        `expected a unit other than autoborg's own, which would stop the run, found "${unit}"`,
    }]
  );
}

function withoutEngine(document: unknown): Problem[] {
  const engine: KeyPath = ["quiesce", "engine"];
  const containers = asArray(valueAt(document, CONTAINERS));
  if (containers.length === 0 || valueAt(document, engine) !== undefined) return [];
  return [{
    path: CONTAINERS,
    message: 'expected engine = "docker" or engine = "podman" beside it, found none',
    absent: [engine],
  }];
}

/** Finds services that would be away during the whole backup, as far as the file alone tells. */
function longPause(document: unknown): Problem[] {
  const allowed: KeyPath = ["quiesce", "allow_long_pause"];
  const datasets: KeyPath = ["zfs", "datasets"];
  const isSnapshot = valueAt(document, ["zfs", "snapshot_directories"]) !== false ||
    valueAt(document, datasets) !== undefined && asArray(valueAt(document, datasets)).length !== 0;
  const path = [UNITS, CONTAINERS].find((key) => asArray(valueAt(document, key)).length > 0);
  if (path === undefined || isSnapshot || valueAt(document, allowed) !== undefined) return [];
  return [{
    path,
    message: "expected something that is read from a snapshot (zfs.datasets, " +
      "zfs.snapshot_directories), found nothing: they would be stopped during the whole backup; " +
      "if that is acceptable, set allow_long_pause = true",
    absent: [allowed, datasets],
  }];
}
