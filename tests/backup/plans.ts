/**
 * Plans of runs for the tests.
 *
 * @module
 */
import type { Plan } from "../../lib/backup/plan.ts";
import type { RepositoryMemory } from "../../lib/backup/repository_memory.ts";
import type { Repository } from "../../lib/config/config_schema.ts";
import type { Ledger } from "../../lib/state/ledger.ts";
import { repositoryWith } from "../borg/repositories.ts";

/** What is done with one repository. */
export const TARGET: Repository = {
  ...repositoryWith(),
  encryption: "repokey-blake2",
  optional: false,
  sameDisk: true,
  compression: "lz4",
  retention: {},
  check: { enabled: true, verifyData: false, every: 0 },
  compact: { enabled: true },
};

/** What is known of a repository when nothing is; it takes everything that it is told. */
export function emptyMemory(known: Partial<RepositoryMemory> = {}): RepositoryMemory {
  let ledger: Ledger = { repository: undefined, archives: [], alarms: [], sources: undefined };
  return {
    isWhole: () => true,
    isDurable: () => true,
    machineId: () => "0123456789abcdef",
    recall: () => ledger,
    remember: (change) => {
      const repository = change.trusted ? change.seen : ledger.repository;
      ledger = { ...change, sources: change.sources ?? ledger.sources, repository };
    },
    removed: () => {},
    runIds: () => [],
    isOwnRun: () => false,
    hasCreated: () => false,
    baseline: () => undefined,
    creates: () => [],
    lastCheck: () => undefined,
    ...known,
  };
}

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
    ownRepositories: [],
    skip: new Set(),
    parallel: 1,
    sizeGuard: { files: 50, size: 50 },
    changeGuard: { enabled: true },
    expectations: [],
    verifyFiles: 0,
    timeout: undefined,
    tempDir: "/nowhere/temp",
    stateDir: "/nowhere/state",
    ...different,
  };
}
