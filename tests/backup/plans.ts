/**
 * Plans of runs for the tests.
 *
 * @module
 */
import type { Plan } from "../../lib/backup/plan.ts";
import type { Repository } from "../../lib/config/config_schema.ts";
import { repositoryWith } from "../borg/repositories.ts";

/** What is done with one repository. */
export const TARGET: Repository = {
  ...repositoryWith(),
  encryption: "repokey-blake2",
  optional: false,
  compression: "lz4",
  retention: {},
  check: { enabled: true, verifyData: false, every: 0 },
  compact: { enabled: true },
};

/** The plan of a run into one repository. */
export function planWith(different: Partial<Plan> = {}): Plan {
  const startedAt = new Date("2026-11-22T04:00:00Z");
  return {
    name: "web",
    runId: "0123abcd",
    startedAt,
    hostname: "host",
    archive: "web-2026-11-22T04:00:00Z-0123abcd",
    sources: {
      directories: ["/etc"],
      optional: [],
      exclude: [],
      excludeIfPresent: [],
      excludeCaches: false,
      oneFileSystem: false,
    },
    zfs: { datasets: [], recursive: false, exclude: [], snapshotDirectories: true },
    repositories: [TARGET],
    skip: new Set(),
    parallel: 1,
    sizeGuard: { files: 50, size: 50 },
    acceptSize: false,
    verifyFiles: 0,
    timeout: undefined,
    tempDir: "/nowhere/temp",
    stateDir: "/nowhere/state",
    ...different,
  };
}
