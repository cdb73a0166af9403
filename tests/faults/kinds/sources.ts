/**
 * What is to be backed up is gone, hangs, or is not what it should be.
 *
 * @module
 */
import { repository } from "../../e2e/place.ts";
import type { Fault } from "../fault.ts";
import { adjustableClock, hang, hurry } from "../seams.ts";

const TWO = {
  sources: { directories: ["source", "more"] },
  repositories: [repository("first")],
  retention: { keep_last: 3 },
} as const;

export const faults: readonly Fault[] = [
  {
    name: "run backs up the other directory when one hangs with its server",
    config: TWO,
    prepare: ({ place }) => place.write("more/file", "more").then(() => {}),
    inject: () => {
      hurry(50);
      hang("lstat", /\/more$/);
    },
    expected: {
      state: "failed",
      code: 2,
      says: [/Cannot back up ".*\/more": no answer within 30 seconds/],
      logs: [/create: ok after/],
      never: [/\$ borg prune/],
    },
    guard: {
      file: "lib/staging/discover/discover_sources.ts",
      find: "await look(files, path)",
      replace: "await files.lstat(path)",
    },
  },
  {
    name: "run backs up the other directory, and does not prune, when one is not mounted",
    config: TWO,
    repair: ({ place }) => place.write("more/file", "more").then(() => {}),
    expected: {
      state: "failed",
      code: 2,
      says: [/Cannot back up ".*\/more": it does not exist/],
      logs: [/create: ok after/, /prune.*skipped: suspended by an alarm: source-missing/],
      never: [/\$ borg prune/],
    },
    guard: {
      file: "lib/backup/step_conditions.ts",
      find: "if (open.length > 0) return closed(",
      replace: "if (open.length < 0) return closed(",
    },
  },
  {
    name: "run continues, and prunes, when an optional directory is absent",
    borg: "real",
    config: { ...TWO, sources: { directories: ["source"], optional: ["more"] } },
    expected: {
      state: "ok",
      code: 0,
      says: [/the source ".*\/more" is optional, and it does not exist/],
      logs: [/prune: ok after/],
    },
    guard: {
      file: "lib/staging/discover/discover_sources.ts",
      find: "if (error instanceof Deno.errors.NotFound) return { path, reason: reasonOf(error) };",
      replace: "",
    },
  },
  {
    name: "run fails, and does not prune, when the new archive lacks what it must contain",
    borg: "real",
    config: { ...TWO, expect: [{ path: "**/more", min_files: 1 }] },
    prepare: ({ place }) => Deno.mkdir(place.at("more")),
    repair: ({ place }) => place.write("more/file", "more").then(() => {}),
    expected: {
      state: "failed",
      code: 2,
      says: [/"\/\*\*\/more" contains 0 files, expected at least 1/],
      logs: [/prune.*skipped: suspended by .*expectation-unmet/],
      never: [/\$ borg prune/],
    },
    guard: {
      file: "lib/backup/steps/new_archive.ts",
      find: "...expected.alarms,",
      replace: "",
    },
  },
  {
    name: "run refuses a source that is a symbolic link, of which the link alone would be kept",
    config: TWO,
    prepare: ({ place }) => Deno.symlink(place.at("source"), place.at("more")),
    repair: async ({ place }) => {
      await Deno.remove(place.at("more"));
      await place.write("more/file", "more");
    },
    expected: { state: "failed", code: 2, says: [/it is a symbolic link/] },
    guard: {
      file: "lib/staging/discover/discover_sources.ts",
      find: "if (!info.isSymlink) return undefined;",
      replace: "if (info !== undefined) return undefined;",
    },
  },
  {
    name: "run makes its archive when files to be read back can't be looked for",
    config: { repositories: [repository("first")], verify: { files: 5 } },
    inject: () => {
      hurry(50);
      hang("readDir", /\/source$/);
    },
    repair: (scene) => scene.configure({ repositories: [repository("first")] }),
    expected: {
      state: "warning",
      code: 1,
      says: [/Cannot inspect the source ".*\/source": no answer within 10 s/],
      logs: [/verify: skipped/],
    },
    guard: {
      file: "lib/backup/verification.ts",
      find: "await within(work, SILENCE, signal) !== LATE",
      replace: "await work === undefined",
    },
  },
  {
    name:
      "run fails and does not prune when files are missing from the archive that Borg has just made",
    config: {
      repositories: [repository("first")],
      verify: { files: 5 },
      retention: { keep_last: 3 },
    },
    // As if the sources had been there for a while.
    inject: () => adjustableClock().step(3_600_000),
    repair: (scene) => scene.configure({ repositories: [repository("first")] }),
    expected: {
      state: "failed",
      code: 2,
      says: [/differs? from (its|their) source/],
      never: [/\$ borg prune/],
    },
    guard: {
      file: "lib/verify/comparison.ts",
      find: 'return { kind: "different", path, why: "it is not in the archive" };',
      replace: 'return { kind: "changed", path };',
    },
  },
];
