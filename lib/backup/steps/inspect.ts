/**
 * The step that compares what is in the repository with what should be there. It comes before check,
 * prune and compact, which make permanent what went wrong.
 *
 * @module
 */
import { outsideRetention, outsideText } from "../../inspect/other_series.ts";
import { type Alarm, OF_REPOSITORY, OTHER_MACHINE } from "../../alarm.ts";
import {
  type ArchiveListing,
  archiveMakerArguments,
  IN_UTC,
  listArchivesArguments,
  parseArchiveMaker,
  parseListing,
} from "../../borg/archives.ts";
import { encryptionProblem } from "../../inspect/encryption.ts";
import { type Inventory, takeInventory } from "../../inspect/inventory.ts";
import { lastCopyProblems } from "../../inspect/last_copies.ts";
import { parseSources } from "../../inspect/remembered_sources.ts";
import { standingAlarms } from "../../inspect/standing_alarms.ts";
import type { AbsentSource } from "../../problem.ts";
import type { Ledger, StandingAlarm } from "../../state/ledger.ts";
import { ownCommand } from "../../text/own_command.ts";
import { parseArchiveName } from "../../text/archive_name.ts";
import type { Problem, StepOutcome } from "../outcome.ts";
import { stateOf } from "../outcome.ts";
import type { RepositoryMemory } from "../repository_memory.ts";
import { inspectDumps } from "./inspect_dumps.ts";
import { inspectPins } from "./inspect_pins.ts";
import { retentionOf } from "../series_retention.ts";
import { watchKey } from "./key_watch.ts";
import { type InspectRequest, lookAtArchive, NO_ARCHIVE } from "./new_archive.ts";
import { callBorg, failedStep, type StepContext, type StepResult } from "./borg_step.ts";

/**
 * Inspects the repository and the new archive.
 *
 * @throws {AppError} when Borg can't be started
 */
export async function inspect(context: StepContext, request: InspectRequest): Promise<StepResult> {
  // Read before Borg is asked: what is pinned meanwhile is not missing.
  const pins = request.memory.pins();
  const result = await callBorg(context, "inspect", listArchivesArguments(context.target), {
    variables: IN_UTC,
  });
  const { end, duration } = result;
  if (end.kind === "failed" || end.kind === "stopped") {
    return failedStep(context, "inspect", result);
  }
  const listing = parseListing(result.stdout);
  if (listing === undefined) {
    const message = "Borg did not report its list of archives";
    const problems = [{ severity: "error", message }] as const;
    return { outcome: { step: "inspect", state: "failed", problems, duration } };
  }
  const began = performance.now();
  const findings = await compare(context, request, listing, pins);
  const took = duration + performance.now() - began;
  const state = stateOf(findings.problems);
  return { outcome: { step: "inspect", state, duration: took, ...findings } };
}

type Findings = Pick<
  Exclude<StepOutcome, { state: "skipped" }>,
  "problems" | "inspection" | "remarks"
>;

/** Compares what the repository says with what is known of it, and remembers what it says. */
async function compare(
  context: StepContext,
  request: InspectRequest,
  listing: ArchiveListing,
  pins: ReturnType<RepositoryMemory["pins"]>,
): Promise<Findings> {
  const { plan, target } = context;
  const { memory, archive } = request;
  const ledger = memory.recall();
  const inventory = inventoryOf(context, memory, listing, ledger);
  const found = archive === undefined
    ? NO_ARCHIVE
    : await lookAtArchive(context, { ...request, archive }, ledger, inventory);
  const dumps = inspectDumps(plan, memory.dumps, ledger);
  const alarms = standingAlarms(ledger.alarms, {
    runId: plan.runId,
    at: plan.startedAt.getTime(),
    raised: [...await namingMaker(context, inventory), ...found.alarms, ...dumps.alarms],
    looked: (alarm) => OF_REPOSITORY.has(alarm.kind) || found.looked(alarm) || dumps.looked(alarm),
  });
  const outside = outsideRetention(listing.archives.map(({ name }) => name), target);
  memory.remember({
    seen: { id: listing.id, modifiedAt: listing.modifiedAt, machine: plan.machine },
    trusted: !alarms.some(({ kind, accepted }) => OF_REPOSITORY.has(kind) && !accepted),
    archives: inventory.archives,
    alarms,
    sources: found.remembered(alarms),
    outside: outside.length,
  });
  const pinned = await inspectPins(context, memory, listing, pins);
  const explained = alarms.some(({ kind }) => kind.startsWith("repository-"));
  const remark = outsideText(outside, plan.name);
  const unprotected = encryptionProblem(target.label, target.encryption, listing.encryption);
  return {
    problems: [
      ...(unprotected === undefined ? [] : [unprotected]),
      ...alarms.flatMap((alarm) => problemsOf(alarm, target.label)),
      ...found.problems,
      // A repository that is another one explains that pins are gone.
      ...(explained ? [] : pinned.problems),
      ...(archive === undefined ? [] : lastCopies(context, request, listing, ledger)),
    ],
    inspection: {
      outside: outside.length,
      ...extentOf(plan.name, listing),
      isComplete: found.isComplete,
      alarms,
      sources: found.figures,
    },
    remarks: [
      ...await watchKey(context, memory, listing),
      ...pinned.remarks,
      ...dumps.remarks,
      ...(remark === undefined ? [] : [remark]),
    ],
  };
}

/**
 * Inspects the repository alone once more, when it may have changed since: what is in the new archive
 * is known.
 *
 * @throws {AppError} when Borg can't be started
 */
export async function inspectAgain(
  context: StepContext,
  request: InspectRequest,
  before: StepOutcome | undefined,
): Promise<StepResult> {
  const result = await inspect(context, { ...request, archive: undefined });
  const { outcome } = result;
  if (before === undefined || before.state === "skipped" || outcome.state === "skipped") {
    return result;
  }
  const known = new Set(outcome.problems.map(({ message }) => message));
  const problems = [
    ...outcome.problems,
    ...before.problems.filter(({ message }) => !known.has(message)),
  ];
  // What was found out about the archive holds, whatever has become of the repository.
  const inspection = before.inspection === undefined ? undefined : {
    ...before.inspection,
    ...outcome.inspection,
    isComplete: before.inspection.isComplete,
    sources: before.inspection.sources,
  };
  const whole = inspection === undefined ? outcome : { ...outcome, inspection };
  return { ...result, outcome: { ...before, ...whole, state: stateOf(problems), problems } };
}

function inventoryOf(
  { plan, target }: StepContext,
  memory: RepositoryMemory,
  listing: ArchiveListing,
  ledger: Ledger,
): Inventory {
  return takeInventory({
    series: plan.name,
    listing,
    ledger,
    machine: plan.machine,
    isOwnRun: (runId) => runId === plan.runId || memory.isOwnRun(runId),
    // Without its whole past this machine can't tell that it only prunes.
    prunedBy: target.prunedElsewhere ? (series) => retentionOf(plan, target, series) : undefined,
    // Without its pin an archive may go: that the pin is gone is said.
    pinned: new Set(listing.pins.map(({ archive }) => archive)),
    now: plan.startedAt,
    makesArchives: !plan.skip.has("create") || memory.hasCreated() || !memory.isWhole() ||
      plan.databases.some(({ repositories }) => repositories.includes(target.label)),
  });
}

/** Warns when retention removes the last copy of a source that is absent. */
function lastCopies(
  { plan, target }: StepContext,
  { memory, absent }: InspectRequest,
  { archives }: ArchiveListing,
  { sources }: Ledger,
): readonly Problem[] {
  const figures = parseSources(sources?.known ?? "")?.figures ?? [];
  const wasBackedUp = ({ path }: AbsentSource) =>
    figures.some((source) => source.path === path && source.files !== 0);
  return lastCopyProblems({
    absent: absent.filter(wasBackedUp),
    archives: archives.filter(({ name }) => parseArchiveName(name)?.series === plan.name),
    absences: memory.absences(),
    pinned: new Set(memory.pins().map(({ archive }) => archive)),
    rules: target.retention,
    now: plan.startedAt,
  });
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
    alarm.kind === "archives-foreign" && alarm.subject !== OTHER_MACHINE
      ? {
        ...alarm,
        message: `${alarm.message}, created by ` +
          `${by === "" ? "an unknown user" : by}${said}`,
      }
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
