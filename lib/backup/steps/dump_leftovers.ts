/**
 * Removes what dumps that failed have left in a repository: a checkpoint, or half a dump of a run that was
 * killed. Both are known by their whole names, which have the id of a run of this machine in them, and by
 * what the history says of that dump.
 *
 * @module
 */
import { IN_UTC, listArchivesArguments, parseArchives } from "../../borg/archives.ts";
import { deleteArchivesArguments } from "../../borg/commands.ts";
import { STOP_POLITELY } from "../../process/program.ts";
import type { RepositoryMemory } from "../repository_memory.ts";
import { DATABASE_MARK } from "../../text/database_series.ts";
import { callBorg, type StepContext } from "./borg_step.ts";
import type { StepBorgResult } from "./new_cache.ts";

/** What became of the removal: `undefined` when all is done, else how Borg failed. */
type Failed = StepBorgResult | undefined;

/** What is in a repository under the name of a dump. */
interface DumpArchives {
  /** Whether the archive itself is there. */
  readonly isMade: boolean;
  /** The names of its checkpoints. */
  readonly checkpoints: readonly string[];
}

/**
 * Looks whether a dump has become an archive, and which checkpoints it left. A dump that was not given to
 * its end has no archive that is worth anything.
 *
 * @returns how Borg failed, if it did
 */
export async function dumpArchives(
  context: StepContext,
  archive: string,
): Promise<DumpArchives | StepBorgResult> {
  const glob = `--glob-archives=${archive}*`;
  const args = listArchivesArguments(context.target, "--consider-checkpoints", glob);
  const options = { variables: IN_UTC, stop: STOP_POLITELY, returnsFailures: true } as const;
  const result = await callBorg(context, "dump", args, options);
  const names = parseArchives(result.stdout)?.archives.map(({ name }) => name);
  if (result.end.kind !== "success" || names === undefined) return result;
  return { isMade: names.includes(archive), checkpoints: names.filter(isCheckpointOf(archive)) };
}

/** Removes archives of a dump by their names. Returns whether they are gone. */
export async function removeDumpArchives(
  context: StepContext,
  archives: readonly string[],
): Promise<boolean> {
  const [first, ...more] = archives;
  if (first === undefined) return true;
  const args = deleteArchivesArguments(context.target, first, ...more);
  const { end } = await callBorg(context, "dump", args, { returnsFailures: true });
  return end.kind === "success" || end.kind === "warnings";
}

/**
 * Opens the repository, and removes what dumps of earlier runs have left in it.
 *
 * @returns how Borg failed, if the repository could not be opened
 * @throws {PassingFailure} when that may pass, and the step is tried again
 */
export async function clearLeftovers(
  context: StepContext,
  { dumps }: Pick<RepositoryMemory, "dumps">,
): Promise<Failed> {
  const { plan, target, emit } = context;
  const glob = `--glob-archives=${plan.name}${DATABASE_MARK}*`;
  const args = listArchivesArguments(target, "--consider-checkpoints", glob);
  const result = await callBorg(context, "dump", args, { variables: IN_UTC });
  const names = parseArchives(result.stdout)?.archives.map(({ name }) => name);
  if (result.end.kind === "failed" || result.end.kind === "stopped") return result;
  for (const row of dumps.leftovers()) {
    const isWhole = row.state === "sealed" || row.state === "made";
    const left = (names ?? []).filter((name) =>
      isCheckpointOf(row.archive)(name) || name === row.archive && !isWhole
    );
    for (const name of left) {
      const what = name === row.archive ? "half a dump" : "the checkpoint of a dump";
      const text = `${name} is ${what} that an earlier run left; it is removed`;
      emit({
        type: "note",
        scope: { repository: target.label, step: "dump" },
        level: "info",
        text,
      });
    }
    if (names === undefined || !await removeDumpArchives(context, left)) continue;
    const isMade = isWhole && names.includes(row.archive);
    dumps.write({ ...row, leftover: false, state: isMade ? "made" : "failed" });
  }
  return undefined;
}

/** Borg numbers checkpoints when there is one already. */
function isCheckpointOf(archive: string): (name: string) => boolean {
  return (name) =>
    name.startsWith(archive) && /^\.checkpoint(?:\.\d+)?$/.test(name.slice(archive.length));
}
