/** The part of the inspection that is about the archive that the run has made. @module */
import type { Alarm } from "../../alarm.ts";
import { type ArchiveExtent, sizeAlarms } from "../../inspect/archive_size.ts";
import { changeAlarms, CREATES_READ } from "../../inspect/changed_data.ts";
import type { Inventory } from "../../inspect/inventory.ts";
import { parseSources } from "../../inspect/remembered_sources.ts";
import type { SourceFigures } from "../../inspect/source_alarms.ts";
import type { AbsentSource } from "../../problem.ts";
import type { Ledger, LedgerSources, StandingAlarm } from "../../state/ledger.ts";
import type { ArchiveStats, Problem } from "../outcome.ts";
import type { Plan } from "../plan.ts";
import type { RepositoryMemory } from "../repository_memory.ts";
import { isConfigured } from "../repository_selection.ts";
import type { StepContext } from "./borg_step.ts";
import { lookForExpected } from "./expected.ts";
import { inspectArchive, type ListedFiles, type SourcesLook } from "./inspect_archive.ts";

/** What is inspected. */
export interface InspectRequest {
  readonly memory: RepositoryMemory;
  /** The archive that this run has made, if it has. */
  readonly archive: ArchiveStats | undefined;
  /** Sources that are missing from it: one sentence each. */
  readonly missing: readonly string[];
  /** Optional sources that are not there. */
  readonly absent: readonly AbsentSource[];
  readonly look: SourcesLook;
  /** What Borg listed while it made the archive. */
  readonly listed: ListedFiles;
  /** Whether it took more than one attempt. */
  readonly inParts: boolean;
}

/** What a look at the new archive shows. */
interface NewArchiveFindings {
  readonly alarms: readonly Alarm[];
  readonly problems: readonly Problem[];
  /** What it holds of each source. */
  readonly figures: readonly SourceFigures[];
  /** Whether nothing is left that should have been looked at. */
  readonly isComplete: boolean;
  looked(alarm: Pick<Alarm, "kind" | "subject">): boolean;
  /** What is to be remembered of the sources; `undefined`: what was known before. */
  remembered(alarms: readonly StandingAlarm[]): LedgerSources | undefined;
}

/** Of a run that made no archive. */
export const NO_ARCHIVE: NewArchiveFindings = {
  alarms: [],
  problems: [],
  figures: [],
  isComplete: true,
  looked: () => false,
  remembered: () => undefined,
};

/** Looks at the new archive: at what is expected of it, its sources, its size and what changed. */
export async function lookAtArchive(
  context: StepContext,
  request: InspectRequest & { readonly archive: ArchiveStats },
  ledger: Ledger,
  { archives }: Inventory,
): Promise<NewArchiveFindings> {
  const { archive, look } = request;
  const isFirst = archives.every(({ name, state }) =>
    name === archive.archive || state === "missing"
  );
  const expected = await lookForExpected(context, archive.archive);
  const isAway = (path: string) => isMissing(request, path);
  const sources = look.facts.length === 0
    ? undefined
    : await inspectArchive(context, { ...request, ledger, isAway });
  const isJudged = (path: string) =>
    // One that is not configured any more has nothing to compare.
    sources?.judged.has(path) === true ||
    !(look.facts.some((fact) => fact.path === path) || isAway(path));
  return {
    alarms: [
      ...(sources?.alarms ?? []),
      ...archiveAlarms(context, { ...request, ledger }, archive, isFirst),
      ...expected.alarms,
    ],
    problems: [...expected.problems, ...(sources?.problems ?? [])],
    figures: sources?.figures ?? [],
    isComplete: expected.problems.length === 0 && sources?.judged.size !== 0,
    looked: ({ kind, subject }) => {
      if (kind === "expectation-unmet") return expected.problems.length === 0;
      if (kind === "archive-small") return isWhole(request);
      return !kind.startsWith("source-") || kind === "source-missing" || isJudged(subject);
    },
    remembered: (alarms) => sources?.remembered(alarms),
  };
}

/** Alarms about the archive that this run has made. */
function archiveAlarms(
  { plan }: StepContext,
  request: InspectRequest & { readonly ledger: Ledger },
  archive: ArchiveStats,
  isFirst: boolean,
): readonly Alarm[] {
  const { memory, missing, ledger } = request;
  return [
    ...missing.map((message): Alarm => ({
      kind: "source-missing",
      subject: message,
      severity: "error",
      message,
      hint: "Restore the source, or drop it from the configuration",
    })),
    ...(isFirst || !plan.changeGuard.enabled
      ? []
      : changeAlarms(archive, memory.creates(CREATES_READ))),
    ...(isWhole(request)
      ? sizeAlarms(archive, baselineFor(plan, memory, ledger), plan.sizeGuard)
      : []),
  ];
}

/** The archive to compare with, without the sources that were taken out of the configuration since. */
function baselineFor(
  plan: Plan,
  memory: RepositoryMemory,
  { sources }: Ledger,
): ArchiveExtent | undefined {
  const figures = parseSources(sources?.known ?? "")?.figures ?? [];
  const left = figures.filter(({ path }) => !isConfigured(plan, path));
  let baseline = memory.baseline();
  for (const { files, bytes } of left) {
    if (baseline === undefined || files === null || bytes === null) return undefined;
    const { files: allFiles, originalSize } = baseline;
    baseline = { files: allFiles - files, originalSize: originalSize - bytes };
  }
  return baseline;
}

/** What is missing or absent makes the archive smaller, and that is said already. */
function isWhole({ missing, absent }: InspectRequest): boolean {
  return missing.length === 0 && absent.length === 0;
}

/** Whether a source is known to be missing or absent. */
function isMissing({ missing, absent }: InspectRequest, path: string): boolean {
  return absent.some((source) => source.path === path) ||
    missing.some((message) => message.includes(`"${path}"`));
}
