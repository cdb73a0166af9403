/**
 * A repository with thousands of archives and the history of as many nights, made in seconds: the
 * archives are only entries of Borg's manifest, which is all that a list of them reads.
 *
 * @module
 */
import { History } from "../../lib/state/history.ts";
import { formatArchiveName } from "../../lib/text/archive_name.ts";
import { type Command, run } from "./program_cost.ts";

/** The labels of the repositories; only the first one exists. */
export const LABELS = ["local", "offsite"] as const;

/** An archive of a night. */
interface Night {
  readonly runId: string;
  readonly archive: string;
  /** Borg's id of it. */
  readonly id: string;
  readonly startedAt: number;
}

/** The nights up to now, the oldest first. */
export function nights(count: number): readonly Night[] {
  const first = Math.floor(Date.now() / 1_000) * 1_000 - count * 86_400_000;
  return Array.from({ length: count }, (_, night) => {
    const runId = (0x10000000 + night).toString(16);
    const startedAt = first + (night + 1) * 86_400_000 - 3_600_000;
    const archive = formatArchiveName({ series: "bench", startedAt: new Date(startedAt), runId });
    return { runId, archive, id: (night + 1).toString(16).padStart(64, "0"), startedAt };
  });
}

/** Borg's own library writes the manifest, with the interpreter that Borg runs in. */
const WRITE_MANIFEST = `
import json, sys
from borg.helpers import Manifest
from borg.repository import Repository
with Repository(sys.argv[1], exclusive=True) as repository:
    manifest, key = Manifest.load(repository, Manifest.NO_OPERATION_CHECK)
    for name, id, time in json.load(sys.stdin):
        manifest.archives[name] = (bytes.fromhex(id), time)
    manifest.write()
    repository.commit(compact=False)
`;

/** Puts archives into the manifest of a repository. */
export async function fillManifest(
  url: string,
  past: readonly Night[],
  env: NonNullable<Command["env"]>,
): Promise<void> {
  const which = await new Deno.Command("sh", { args: ["-c", "command -v borg"] }).output();
  const borg = new TextDecoder().decode(which.stdout).trim();
  const interpreter = /^#!(\S+)\n/.exec(await Deno.readTextFile(borg))?.[1];
  if (interpreter === undefined) throw new Error(`Expected a script in Python: ${borg}`);
  const archives = past.map(({ archive, id, startedAt }) => [
    archive,
    id,
    new Date(startedAt).toISOString().replace("Z", "000"),
  ]);
  const args = ["-c", WRITE_MANIFEST, url];
  await run({ program: interpreter, args, env, stdin: JSON.stringify(archives) });
}

/** Writes the history of the nights, and what is known of the archives. */
export function recordPast(path: string, past: readonly Night[]): void {
  using history = History.open(path);
  for (const [night, { runId, archive, startedAt }] of past.entries()) {
    const size = 250_000_000_000 + night * 40_000_000;
    const figures = {
      archive,
      files: 300_000 + night,
      originalSize: size,
      compressedSize: size / 2,
      newSize: 30_000_000 + (night * 7_919) % 20_000_000,
      repositorySize: size * 2,
      added: 40,
      modified: 120,
      changedWhileRead: 1,
      unreadable: 0,
    };
    const run = {
      id: runId,
      name: "bench",
      hostname: "host",
      startedAt,
      finishedAt: startedAt + 600_000,
      state: "ok",
      interruptedBy: null,
      problems: "[]",
      version: "0.1.0",
    };
    const repositories = LABELS.map((label) => ({
      repository: { label, state: "ok", reason: null },
      steps: ["create", "verify", "inspect", "check", "prune", "compact"].map((step) => ({
        label,
        step,
        state: "ok",
        reason: null,
        duration: 20_000 + (night * 104_729) % 60_000,
        problems: "[]",
        ...(step === "create" ? figures : NO_FIGURES),
      })),
    }));
    history.record({ run, repositories });
  }
  for (const label of LABELS) {
    history.ledger("bench", label).write({
      seen: { id: "0".repeat(64), modifiedAt: Date.now(), machine: "" },
      trusted: true,
      archives: past.map(({ archive, id }) => ({ name: archive, id, state: "present" })),
      alarms: [],
    });
  }
}

const NO_FIGURES = {
  archive: null,
  files: null,
  originalSize: null,
  compressedSize: null,
  newSize: null,
  repositorySize: null,
};
