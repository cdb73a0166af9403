/**
 * The step that compares what is in the repository with what should be there. It comes before check,
 * prune and compact, which make permanent what went wrong.
 *
 * @module
 */
import { type Alarm, OF_REPOSITORY } from "../../alarm.ts";
import {
  type ArchiveListing,
  archiveMakerArguments,
  IN_UTC,
  listArchivesArguments,
  parseArchiveMaker,
  parseListing,
} from "../../borg/archives.ts";
import { sizeAlarms } from "../../inspect/archive_size.ts";
import { encryptionProblem } from "../../inspect/encryption.ts";
import { changeAlarms, CREATES_READ } from "../../inspect/changed_data.ts";
import { type Inventory, takeInventory } from "../../inspect/inventory.ts";
import { standingAlarms } from "../../inspect/standing_alarms.ts";
import type { StandingAlarm } from "../../state/ledger.ts";
import { ownCommand } from "../../text/own_command.ts";
import { parseArchiveName } from "../../text/archive_name.ts";
import type { AbsentSource } from "../../problem.ts";
import type { ArchiveStats, Problem } from "../outcome.ts";
import { stateOf } from "../outcome.ts";
import type { RepositoryMemory } from "../repository_memory.ts";
import { lookForExpected } from "./expected.ts";
import { inspectArchive, type SourcesLook, withoutArchive } from "./inspect_archive.ts";
import { callBorg, failedStep, type StepContext, type StepResult } from "./borg_step.ts";

/** What is inspected. */
interface InspectRequest {
  readonly memory: RepositoryMemory;
  /** The archive that this run has made, if it has. */
  readonly archive: ArchiveStats | undefined;
  /** Sources that are missing from it: one sentence each. */
  readonly missing: readonly string[];
  /** Optional sources that are not there. */
  readonly absent: readonly AbsentSource[];
  readonly look: SourcesLook;
  /** How many files of each source Borg listed as added. */
  readonly added: ReadonlyMap<string, number>;
}

/**
 * Inspects the repository and the new archive.
 *
 * @param context the run and the repository
 * @returns what became of it
 * @throws {AppError} when Borg can't be started
 */
export async function inspect(context: StepContext, request: InspectRequest): Promise<StepResult> {
  const { plan, target } = context;
  const { memory, archive } = request;
  const result = await callBorg(context, "inspect", listArchivesArguments(target), {
    variables: IN_UTC,
  });
  const { end, duration } = result;
  if (end.kind === "failed" || end.kind === "stopped") {
    return failedStep(context, "inspect", result);
  }
  const listing = parseListing(result.stdout);
  if (listing === undefined) {
    const message = "Borg did not say which archives there are";
    const problems = [{ severity: "error", message }] as const;
    return { outcome: { step: "inspect", state: "failed", problems, duration } };
  }
  const ledger = memory.recall();
  const inventory = takeInventory({
    series: plan.name,
    listing,
    ledger,
    isOwnRun: (runId) => runId === plan.runId || memory.isOwnRun(runId),
    // Without its whole past this machine can't tell that it only prunes.
    makesArchives: !plan.skip.has("create") || memory.hasCreated() || !memory.isWhole(),
  });
  const isFirst = inventory.archives.every(({ name, state }) =>
    name === archive?.archive || state === "missing"
  );
  const began = performance.now();
  const expected = archive === undefined
    ? undefined
    : await lookForExpected(context, archive.archive);
  const sources = archive === undefined || request.look.facts.length === 0
    ? undefined
    : await inspectArchive(context, { ...request, archive });
  const raised = [
    ...await namingMaker(context, inventory),
    ...(sources?.alarms ?? []),
    ...(archive === undefined ? [] : archiveAlarms(context, request, archive, isFirst)),
    ...(expected?.alarms ?? []),
  ];
  const alarms = standingAlarms(ledger.alarms, {
    runId: plan.runId,
    at: plan.startedAt.getTime(),
    raised,
    looked: ({ kind, subject }) => {
      if (OF_REPOSITORY.has(kind)) return true;
      if (archive === undefined) return false;
      if (kind === "expectation-unmet") return expected?.problems.length === 0;
      if (kind === "archive-small") return isWhole(request);
      if (!kind.startsWith("source-") || kind === "source-missing") return true;
      // One that is not configured any more has nothing to compare.
      return sources?.judged.has(subject) === true || !isConfigured(request, subject);
    },
  });
  memory.remember({
    seen: { id: listing.id, modifiedAt: listing.modifiedAt },
    trusted: !alarms.some(({ kind, accepted }) => OF_REPOSITORY.has(kind) && !accepted),
    archives: inventory.archives,
    alarms,
    sources: sources === undefined
      ? withoutArchive(memory, plan.runId)
      : sources.remembered(alarms),
  });
  const unprotected = encryptionProblem(target.label, target.encryption, listing.encryption);
  const problems = [
    ...(unprotected === undefined ? [] : [unprotected]),
    ...(expected?.problems ?? []),
    ...alarms.flatMap((alarm) => problemsOf(alarm, target.label)),
    ...(sources?.problems ?? []),
  ];
  const inspection = {
    ...extentOf(plan.name, listing),
    alarms,
    sources: sources?.figures ?? [],
  };
  const took = duration + performance.now() - began;
  const state = stateOf(problems);
  return { outcome: { step: "inspect", state, problems, duration: took, inspection } };
}

/** Alarms about the archive that this run has made. */
function archiveAlarms(
  { plan }: StepContext,
  request: InspectRequest,
  archive: ArchiveStats,
  isFirst: boolean,
): readonly Alarm[] {
  const { memory, missing } = request;
  return [
    ...missing.map((message): Alarm => ({
      kind: "source-missing",
      subject: message,
      severity: "error",
      message,
      hint: "Bring the source back, or take it out of the configuration",
    })),
    ...(isFirst || !plan.changeGuard.enabled
      ? []
      : changeAlarms(archive, memory.creates(CREATES_READ))),
    ...(isWhole(request) ? sizeAlarms(archive, memory.baseline(), plan.sizeGuard) : []),
  ];
}

/** What is missing or absent makes the archive smaller, and that is said already. */
function isWhole({ missing, absent }: InspectRequest): boolean {
  return missing.length === 0 && absent.length === 0;
}

/** Whether a source is in the configuration, be it there tonight or not. */
function isConfigured({ look, missing, absent }: InspectRequest, path: string): boolean {
  return look.facts.some((fact) => fact.path === path) ||
    absent.some((source) => source.path === path) ||
    missing.some((message) => message.includes(`"${path}"`));
}

/** Adds who made the newest of the foreign archives: often that says which machine it was. */
async function namingMaker(
  context: StepContext,
  { alarms, newestForeign }: Inventory,
): Promise<readonly Alarm[]> {
  if (newestForeign === undefined || !alarms.some(({ kind }) => kind === "archives-foreign")) {
    return alarms;
  }
  const args = archiveMakerArguments(context.target, newestForeign);
  const { stdout } = await callBorg(context, "inspect", args, { variables: IN_UTC });
  const { hostname, username, comment } = parseArchiveMaker(stdout);
  const by = [username, hostname].filter((part) => part !== "").join("@");
  if (by === "" && comment === "") return alarms;
  const said = comment === "" ? "" : ` (${comment})`;
  return alarms.map((alarm) =>
    alarm.kind === "archives-foreign"
      ? { ...alarm, message: `${alarm.message}, made by ${by === "" ? "nobody known" : by}${said}` }
      : alarm
  );
}

/** A missing source is a problem of the run already. */
function problemsOf(alarm: StandingAlarm, label: string): readonly Problem[] {
  const { kind, severity, message, hint, accepted } = alarm;
  if (kind === "source-missing") return [];
  // An error would hold prune back all the same.
  if (accepted) return [{ severity: "warning", message: `${message} (accepted)`, hint }];
  const accept = `Pruning is suspended until you accept it: ${ownCommand("accept", label)}`;
  return [{ severity, message, hint: `${hint}. ${accept}` }];
}

function extentOf(series: string, { archives }: ArchiveListing) {
  const own = archives.filter(({ name }) => parseArchiveName(name)?.series === series);
  return { archives: own.length, oldest: own[0]?.startedAt };
}
