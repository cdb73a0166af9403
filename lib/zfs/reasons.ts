/** Why a command failed, in words that help. @module */
import { installCommand } from "../text/install_command.ts";
import type { ZfsCommandResult } from "./command.ts";
import { commandLine } from "../text/printable.ts";
import { poolOf } from "./dataset_names.ts";

/** Why a command failed, and what can be done about it. */
export interface Reason {
  /** The end of the sentence "Cannot …: REASON". */
  readonly reason: string;
  readonly hint: string;
}

// The texts are those of OpenZFS 2.1 to 2.4 and util-linux 2.36 to 2.41.
const KNOWN: readonly {
  readonly pattern: RegExp;
  readonly reason: string;
  readonly hint: string;
}[] = [
  {
    pattern: /encryption key not loaded/,
    reason: "its encryption key is not loaded",
    hint: 'Load it before the backup: zfs load-key "DATASET"',
  },
  {
    pattern: /pool is read-only|read-only file system/i,
    reason: "its pool is imported read-only",
    hint: 'Import it for writing: zpool export "POOL" && zpool import "POOL"',
  },
  {
    pattern: /out of space/,
    reason: "there is no space left for a snapshot",
    hint: 'Free some space; check "zfs list -o space -r POOL" and reservations',
  },
  {
    pattern: /quota exceeded|snapshot limit|would exceed/i,
    reason: "its snapshot limit is reached",
    hint: 'Check "zfs get snapshot_limit,snapshot_count DATASET"',
  },
  {
    pattern: /I\/O is currently suspended|pool I\/O|suspended/i,
    reason: "its pool is suspended after I/O errors",
    hint: 'Check "zpool status POOL", repair the device, then "zpool clear POOL"',
  },
  {
    pattern: /no such pool|dataset does not exist|unable to open the dataset|does not exist/,
    reason: "it does not exist",
    hint: 'Check "zfs list" and "zpool import"; correct the name or import the pool',
  },
  {
    pattern: /permission denied|must be root|only root/i,
    reason: "permission denied",
    hint: "Snapshots are made and mounted by root: run autoborg as root",
  },
  {
    pattern: /name is too long/,
    reason: "the name of its snapshot would be too long",
    hint: "Give the configuration a shorter name, or rename the dataset",
  },
  {
    pattern: /\/dev\/zfs|modules? (?:are|is|cannot be) .*load|module is not loaded/i,
    reason: "the ZFS kernel module is not loaded",
    hint: "Load it: modprobe zfs",
  },
  {
    pattern: /\bbusy\b/,
    reason: "it is busy",
    hint: "Find out what uses it: fuser -vm DIRECTORY",
  },
];

/**
 * What a command said in its own words: without names, as a dataset may be called `tank/busybox` or
 * `tank/permission denied`.
 *
 * ZFS puts names into quotation marks, and no name can hold one. mount(8) and umount(8) write paths
 * and snapshots as they are.
 */
export function withoutNames(text: string, names: readonly string[] = []): string {
  let words = text;
  // A bare pool's name may be a word of the program's own.
  const telling = names.filter((name) => name.includes("/") && name !== "/");
  for (const name of telling.toSorted((a, b) => b.length - a.length)) {
    words = words.replaceAll(name, "…");
  }
  for (const name of names) words = words.replaceAll(`${name}@`, "…@");
  return words.replaceAll(/'[^'\n]*'|"[^"\n]*"/g, "…");
}

/** Says why a command failed; `dataset` stands for DATASET and POOL in the hint. */
export function reasonFor(
  result: ZfsCommandResult,
  dataset: string,
  paths: readonly string[] = [],
): Reason {
  const pool = poolOf(dataset);
  switch (result.end.kind) {
    case "not-started": {
      const { reason, hint } = result.end;
      return { reason, hint: hint ?? `Install it: "${installCommand("zfsutils-linux")}"` };
    }
    case "timed-out":
    case "unkillable":
      return {
        reason: "there was no answer within the time limit",
        hint: `The pool may be suspended: check "${commandLine(["zpool", "status", pool])}"`,
      };
    case "killed":
      return { reason: `killed by ${result.end.signal}`, hint: "Check the system log" };
    case "stopped":
      return { reason: "the run was stopped", hint: "Run it again" };
    case "exited":
      return reasonInText(result.stderr, dataset, paths) ?? {
        reason: firstLine(result.stderr) ?? `exit code ${result.end.code}`,
        hint: "The log of this run has the output of the command",
      };
  }
}

/** Finds a known reason in standard error; `dataset` stands for DATASET and POOL in the hint. */
export function reasonInText(
  text: string,
  dataset: string,
  paths: readonly string[] = [],
): Reason | undefined {
  const words = withoutNames(text, [...paths, ...(dataset === "" ? [] : [dataset])]);
  const known = KNOWN.find(({ pattern }) => pattern.test(words));
  if (known === undefined) return undefined;
  const pool = poolOf(dataset);
  // At once: a dataset may be called "POOL".
  const hint = known.hint.replaceAll(/("?)(DATASET|POOL)\1/g, (_, quote: string, word: string) => {
    const name = word === "POOL" ? pool : dataset;
    return quote === "" ? commandLine([name]) : `"${name}"`;
  });
  return { reason: known.reason, hint };
}

function firstLine(text: string): string | undefined {
  const line = text.split("\n").find((candidate) => candidate.trim() !== "")?.trim();
  return line === undefined ? undefined : line.replace(/\.$/, "");
}
