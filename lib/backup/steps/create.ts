import { createArguments } from "../../borg/commands.ts";
import { exactPattern } from "../../borg/patterns.ts";
import { parseCreateResult } from "../../borg/create_result.ts";
import type { ArchiveStats, Problem } from "../outcome.ts";
import { stateOf } from "../outcome.ts";
import type { Repository } from "../../config/config_schema.ts";
import type { Plan } from "../plan.ts";
import type { SourceTally } from "../../inspect/source_tally.ts";
import { Contributors } from "../../inspect/contributors.ts";
import type { StagedSources } from "../../staging/staging.ts";
import { callBorg, failedStep, type StepContext, type StepResult } from "./borg_step.ts";
import { CheckpointWatch, withCheckpoint } from "./checkpoint.ts";
import { ReadErrors } from "./read_errors.ts";

/**
 * The command line of the `create` step.
 *
 * @param plan the run
 * @param target the repository
 * @param sources what is read
 * @param machineId what tells this machine apart; "": not known
 * @returns the arguments for `borg`
 */
export function planCreate(
  plan: Plan,
  target: Repository,
  sources: StagedSources,
  machineId = "",
): string[] {
  const { exclude, excludeIfPresent, excludeCaches, oneFileSystem } = plan.sources;
  return createArguments(target, {
    archive: plan.archive,
    paths: sources.paths,
    exclude: [...exclude, ...sources.repositories?.map(exactPattern) ?? []],
    excludeIfPresent,
    excludeCaches,
    oneFileSystem,
    compression: target.compression,
    comment: machineId === "" ? "" : `autoborg machine ${machineId}`,
  });
}

/**
 * Makes the new archive.
 *
 * @param context the run and the repository
 * @param sources what is read
 * @param machineId what tells this machine apart, for the archive's comment
 * @param added counts the files that Borg lists as added
 * @returns what became of it
 * @throws {AppError} when Borg can't be started
 */
export async function create(
  context: StepContext,
  sources: StagedSources,
  machineId: string,
  added: SourceTally,
): Promise<StepResult> {
  const trouble = new ReadErrors(sources.paths);
  const checkpoint = new CheckpointWatch();
  const contributors = new Contributors();
  const args = planCreate(context.plan, context.target, sources, machineId);
  const result = await callBorg(context, "create", args, {
    cwd: sources.root,
    onLine: (line) => {
      trouble.hear(line);
      checkpoint.hear(line);
      if (line.kind === "file-status" && line.status === "A") {
        added.add({ path: line.path, isFile: true, size: 0 });
      }
      contributors.hear(line);
    },
  });
  const { end, duration } = result;
  if (end.kind === "failed" || end.kind === "stopped") {
    return await withCheckpoint(context, failedStep(context, "create", result), checkpoint);
  }
  const problems: Problem[] = [...trouble.problems];
  const figures = parseCreateResult(result.stdout);
  if (figures === undefined) {
    problems.push({ severity: "error", message: "Borg did not say what it put into the archive" });
    return { outcome: { step: "create", state: stateOf(problems), problems, duration } };
  }
  if (end.kind === "warnings" && problems.length === 0) {
    problems.push({ severity: "warning", message: "Borg ended with a warning; the log has it" });
  }
  if (figures.files === 0) problems.push(emptyArchive);
  const stats: ArchiveStats = {
    archive: context.plan.archive,
    files: figures.files,
    originalSize: figures.originalSize,
    compressedSize: figures.compressedSize,
    newSize: figures.deduplicatedSize,
    repositorySize: figures.repositorySize,
    changes: trouble.changes,
    contributors: contributors.largest,
  };
  return { outcome: { step: "create", state: stateOf(problems), problems, duration, stats } };
}

const emptyArchive: Problem = {
  severity: "error",
  message: "the new archive holds no file at all",
  hint: "See that the sources are mounted and that the excludes do not match everything",
};
