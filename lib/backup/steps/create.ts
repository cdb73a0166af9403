import { createArguments, type CreateRequest } from "../../borg/commands.ts";
import { isFilesCacheLost } from "../../borg/files_cache.ts";
import { exactPattern } from "../../borg/patterns.ts";
import { parseCreateResult } from "../../borg/create_result.ts";
import { archiveComment } from "./archive_comment.ts";
import { madeBefore } from "./made_before.ts";
import type { RunEvent } from "../events.ts";
import type { ArchiveStats, Changes, CheckpointStats, Problem } from "../outcome.ts";
import { stateOf } from "../outcome.ts";
import type { Repository } from "../../config/config_schema.ts";
import type { Plan } from "../plan.ts";
import type { RepositoryMemory } from "../repository_memory.ts";
import type { StagedSources } from "../../staging/staging.ts";
import { callBorg, failedStep, type StepContext, type StepResult } from "./borg_step.ts";
import { checkpointOf } from "./checkpoint.ts";
import type { CreateAttempts } from "./create_attempts.ts";
import { cacheProblems } from "./new_cache.ts";

/**
 * The command line of the `create` step.
 *
 * @param memory what is known of the repository; when left out, that it has an archive already
 */
export function planCreate(
  plan: Plan,
  target: Repository,
  sources: StagedSources,
  memory: CreateMemory = LATER_ARCHIVE,
): string[] {
  return createArguments(target, createRequest(plan, target, sources, memory));
}

/** What has to be known of a repository for a new archive. */
type CreateMemory = Pick<RepositoryMemory, "machineId" | "hasCreated">;

const LATER_ARCHIVE: CreateMemory = { machineId: () => "", hasCreated: () => true };

/**
 * Whether Borg lists the files that are new. In the first archive all are: nothing is compared with
 * an earlier one, and the inspection counts the archive as a whole.
 */
function listsAdded({ logsAdded }: Plan, memory: CreateMemory): boolean {
  return logsAdded || memory.hasCreated();
}

/** The command line that lists what the `create` step would read. */
export function planDryCreate(plan: Plan, target: Repository, sources: StagedSources): string[] {
  const request = createRequest(plan, target, sources, LATER_ARCHIVE);
  return createArguments(target, { ...request, dryRun: true });
}

function createRequest(
  plan: Plan,
  target: Repository,
  sources: StagedSources,
  memory: CreateMemory,
): CreateRequest {
  const { exclude, excludeIfPresent, excludeCaches, oneFileSystem } = plan.sources;
  return {
    archive: plan.archive,
    paths: sources.paths,
    exclude: [
      ...exclude,
      ...[...sources.repositories ?? [], ...sources.leftOut ?? []].map(exactPattern),
    ],
    excludeIfPresent,
    excludeCaches,
    oneFileSystem,
    compression: target.compression,
    comment: archiveComment(memory.machineId()),
    listAdded: listsAdded(plan, memory),
  };
}

/**
 * Makes the new archive.
 *
 * @param attempts what is known of earlier attempts; it hears of this one
 * @throws {AppError} when Borg can't be started
 */
export async function create(
  context: StepContext,
  sources: StagedSources,
  memory: CreateMemory,
  attempts: CreateAttempts,
): Promise<StepResult> {
  const { target, emit } = context;
  const args = planCreate(context.plan, target, sources, memory);
  attempts.begin();
  const result = await callBorg(context, "create", args, {
    cwd: sources.root,
    returnsFailures: true,
    onLine: (line) => {
      attempts.hear(line);
      if (line.kind === "message" && isFilesCacheLost(line.text)) emit(rereading(target.label));
    },
  });
  const { end, duration } = result;
  const made = await madeBefore(context, result, memory.machineId(), attempts);
  if (made === undefined && (end.kind === "failed" || end.kind === "stopped")) {
    const checkpoint = await checkpointOf(context, attempts.checkpoint);
    attempts.failed(checkpoint);
    return withCheckpoint(failedStep(context, "create", result), checkpoint, attempts.carried);
  }
  if (made === undefined) attempts.succeeded();
  const problems: Problem[] = [...cacheProblems(result), ...attempts.errors.problems];
  const figures = made ?? parseCreateResult(result.stdout);
  if (figures === undefined) {
    problems.push({
      severity: "error",
      message: "Borg did not report what it stored in the " +
        "archive",
    });
    return { outcome: { step: "create", state: stateOf(problems), problems, duration } };
  }
  if (end.kind === "warnings" && problems.length === 0) {
    problems.push({ severity: "warning", message: "Borg finished with a warning; see the log" });
  }
  if (figures.files === 0) problems.push(emptyArchive);
  const stats: ArchiveStats = {
    archive: context.plan.archive,
    files: figures.files,
    originalSize: figures.originalSize,
    compressedSize: figures.compressedSize,
    newSize: attempts.carried + figures.deduplicatedSize,
    repositorySize: figures.repositorySize,
    changes: listsAdded(context.plan, memory)
      ? attempts.changes
      : withAllAdded(attempts.changes, figures.files),
    contributors: attempts.contributors,
  };
  return { outcome: { step: "create", state: stateOf(problems), problems, duration, stats } };
}

/** What the attempts that made no archive left in the repository. */
function withCheckpoint(
  result: StepResult,
  last: CheckpointStats | undefined,
  carried: number,
): StepResult {
  const { outcome } = result;
  if (outcome.state === "skipped" || last === undefined && carried === 0) return result;
  const checkpoint = { ...last, newSize: carried + (last?.newSize ?? 0) };
  return { ...result, outcome: { ...outcome, checkpoint } };
}

/** In a first archive every file is new that Borg did not list for another reason. */
function withAllAdded(changes: Changes, files: number): Changes {
  return { ...changes, added: Math.max(0, files - changes.modified - changes.changedWhileRead) };
}

/** Says what a lost files cache means. */
function rereading(repository: string): RunEvent {
  const text = "Borg's files cache is lost: it reads all files once more, which takes longer; " +
    "nothing is missing from the archive";
  return { type: "note", scope: { repository, step: "create" }, level: "info", text };
}

const emptyArchive: Problem = {
  severity: "error",
  message: "the new archive contains no files",
  hint: "Check that the sources are mounted and that the excludes do not match everything",
};

/** What becomes of the step when there are no sources. */
export const NOTHING_TO_READ: StepResult = {
  outcome: {
    step: "create",
    state: "failed",
    problems: [{ severity: "error", message: "none of the sources can be read" }],
    duration: 0,
  },
};
