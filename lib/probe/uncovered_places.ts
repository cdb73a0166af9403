/** Says what of this machine no run would back up. @module */
import { lookForUncovered } from "../backup/coverage_check.ts";
import { startWith, zfsRunner } from "../staging/zfs_runner.ts";
import type { Uncovered } from "../state/uncovered.ts";
import { ownCommand } from "../text/own_command.ts";
import { humanSize } from "../text/units.ts";
import { type Finding, ok, subject, warning } from "./finding.ts";
import type { ProbeContext } from "./probe_context.ts";

/** Compares the file systems and the data of this machine with the sources. */
export async function probeCoverage(
  { config, inherited, signal, limits, start }: ProbeContext,
  root = "/",
): Promise<readonly Finding[]> {
  const run = zfsRunner({
    scope: { step: "snapshot" },
    emit: () => {},
    environment: inherited.PATH === undefined ? {} : { PATH: inherited.PATH },
    signal,
    start: startWith(start),
    timeLimit: limits.command,
  });
  const found = await lookForUncovered({ run, files: Deno }, config, root);
  if (found.length > 0) return found.map(findingOf);
  return [ok(
    subject("coverage"),
    "every file system, home, database directory and container volume of this machine is in a " +
      "source, or in [coverage] ignore",
  )];
}

const WHAT = {
  "file-system": "this file system is in no source",
  dataset: "this dataset is in no source",
  home: "this home directory is in no source",
  database: "this database directory is in no source",
  volumes: "these container volumes are in no source",
} as const;

const dumpIt = () => `Dump it in each run: ${ownCommand("help", "--guide", "databases")}`;

function findingOf({ kind, name, size, live }: Uncovered): Finding {
  const about = subject("coverage", name);
  if (live === true) {
    const program = kind === "database" ? "the database writes" : "containers write";
    return warning(
      about,
      `it is copied live: what ${program} meanwhile makes the copy inconsistent`,
      `${dumpIt()}; or put it on ZFS. Then add it to [coverage] ignore`,
    );
  }
  const held = size === undefined ? "" : `: ${humanSize(size)}`;
  // Its files alone would be copied while the database writes to them.
  if (kind === "database") {
    return warning(about, `${WHAT[kind]}${held}`, `${dumpIt()}. Then add it to [coverage] ignore`);
  }
  const key = kind === "dataset" ? "zfs.datasets" : "sources.directories";
  return warning(about, `${WHAT[kind]}${held}`, `Add it to ${key}, or to [coverage] ignore`);
}
