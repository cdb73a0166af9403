/**
 * Plans of runs for the tests.
 *
 * @module
 */
import { type DumpRow, verifiedKey } from "../../lib/state/dump_ledger.ts";
import type { Plan } from "../../lib/backup/plan.ts";
import type { Waiting } from "../../lib/backup/retry.ts";
import type { DumpMemory, RepositoryMemory } from "../../lib/backup/repository_memory.ts";
import type { Repository } from "../../lib/config/config_schema.ts";
import type { CheckState } from "../../lib/state/check_ledger.ts";
import { type KeyState, UNKNOWN_KEY } from "../../lib/state/key_ledger.ts";
import type { KnownPin } from "../../lib/state/pin_ledger.ts";
import type { Ledger } from "../../lib/state/ledger.ts";
import { repositoryWith } from "../borg/repositories.ts";

/** What is done with one repository. */
export const TARGET: Repository = {
  ...repositoryWith(),
  encryption: "repokey-blake2",
  optional: false,
  sameDisk: true,
  prunedElsewhere: false,
  exclude: [],
  compression: "lz4",
  retention: {},
  check: {
    enabled: true,
    repositoryEvery: 0,
    archivesEvery: "never",
    verifyDataEvery: "never",
    maxDuration: 3_600_000,
  },
  verify: { files: 0, cycle: 0, maxBytes: 0 },
  compact: { enabled: true },
  retry: { waits: [], hold: 7_200_000 },
};

/** Waits for nothing, as nothing is tried again. */
export const NO_WAITING: Waiting = {
  now: () => 0,
  wait: () => Promise.resolve(),
  random: () => 0.5,
  outside: (wait) => wait(),
  end: Infinity,
};

/** What is known of a repository when nothing is; it takes everything that it is told. */
export function emptyMemory(known: Partial<RepositoryMemory> = {}): RepositoryMemory {
  let ledger: Ledger = { repository: undefined, archives: [], alarms: [], sources: undefined };
  let key: KeyState = UNKNOWN_KEY;
  let pins: readonly KnownPin[] = [];
  let checks: CheckState = { repository: undefined, archives: [] };
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
    lastCreate: () => undefined,
    raise: () => {},
    died: () => [],
    left: () => {},
    isOwnRun: () => false,
    hasCreated: () => false,
    baseline: () => undefined,
    lastGood: () => undefined,
    absences: () => new Map(),
    creates: () => [],
    sizes: () => [],
    takeOvers: () => 0,
    checks: () => checks,
    noteChecks: (repository) => checks = { ...checks, repository },
    noteArchives: (archives) => {
      const isNoted = (name: string) => archives.some(({ archive }) => archive === name);
      const others = checks.archives.filter(({ archive }) => !isNoted(archive));
      checks = { ...checks, archives: [...others, ...archives] };
    },
    forgetArchives: (gone) => {
      const left = checks.archives.filter(({ archive }) => !gone.includes(archive));
      checks = { ...checks, archives: left };
    },
    key: () => key,
    noteKey: (seen, seenAt) => key = { ...key, seen, seenAt },
    pins: () => pins,
    notePins: ({ found, missing, at }) => {
      const known = pins.filter(({ archive }) => !found.some((one) => one.archive === archive));
      pins = [
        ...known.map((pin): KnownPin =>
          missing.includes(pin.archive) ? { ...pin, state: "missing" } : pin
        ),
        ...found.map((pin): KnownPin => ({ ...pin, since: at, state: "present" })),
      ];
    },
    verifications: () => [],
    dumps: emptyDumps(),
    ...known,
  };
}

/** What is known of dumps when nothing is. */
export function emptyDumps(): DumpMemory {
  let rows: readonly DumpRow[] = [];
  return {
    write: (row) => rows = [...rows.filter(({ archive }) => archive !== row.archive), row],
    noteVerified: (archive, verifiedAt, verified) => {
      rows = rows.map((row) => row.archive === archive ? { ...row, verifiedAt, verified } : row);
    },
    madeBefore: (entry, database, before) =>
      rows.filter((row) =>
        row.state === "made" && row.entry === entry && row.database === database && row.at < before
      ).toSorted((a, b) => b.at - a.at)[0],
    since: (at) => rows.filter((row) => row.at >= at),
    runsAfter: (after) => new Set(rows.filter(({ at }) => at > after).map(({ run }) => run)).size,
    ofArchive: (archive) => rows.find((row) => row.archive === archive),
    verifiedTimes: () =>
      new Map(
        rows.flatMap((row) => row.verifiedAt === null ? [] : [[verifiedKey(row), row.verifiedAt]]),
      ),
    leftovers: () => rows.filter(({ leftover }) => leftover),
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
    machine: "",
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
    databases: [],
    ownRepositories: [],
    skip: new Set(),
    parallel: 1,
    sizeGuard: { files: 50, size: 50 },
    changeGuard: { enabled: true },
    expectations: [],
    logsAdded: false,
    timeout: undefined,
    tempDir: "/nowhere/temp",
    stateDir: "/nowhere/state",
    ...different,
  };
}
