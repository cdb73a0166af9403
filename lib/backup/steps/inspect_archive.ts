/** The part of the inspection that is about each source in the new archive. @module */
import { listSizesArguments, parseSizedEntry } from "../../borg/archive_sizes.ts";
import { inspectSources, type SourceInspection } from "../../inspect/inspect_sources.ts";
import {
  formatSources,
  knownAfter,
  parseSources,
  type RememberedSources,
  rulesOf,
} from "../../inspect/remembered_sources.ts";
import { exclusionBelow } from "../../inspect/source_mounts.ts";
import type { SourceFacts } from "../../inspect/source_facts.ts";
import { type SourceCount, SourceTally } from "../../inspect/source_tally.ts";
import { isSelectedDataset } from "../../staging/selected_dataset.ts";
import type { StagedRoot, Staging } from "../../staging/staging.ts";
import type { Ledger, LedgerSources, StandingAlarm } from "../../state/ledger.ts";
import type { ArchiveStats, Problem } from "../outcome.ts";
import type { RepositoryMemory } from "../repository_memory.ts";
import { callBorg, type StepContext } from "./borg_step.ts";

/** What the sources look like, the same for all repositories. */
export interface SourcesLook extends Pick<Staging, "mounts" | "passedOver" | "roots"> {
  /** Empty when nothing was looked at. */
  readonly facts: readonly SourceFacts[];
}

/** How many files of each source Borg listed, by its path. */
export interface ListedFiles {
  readonly added: SourceTally;
  readonly modified: SourceTally;
}

/** What is inspected. */
interface ArchiveRequest {
  readonly memory: Pick<RepositoryMemory, "lastCreate">;
  readonly ledger: Ledger;
  readonly archive: ArchiveStats;
  readonly look: SourcesLook;
  readonly listed: ListedFiles;
  /** Whether it took more than one attempt. */
  readonly inParts: boolean;
  /** Whether a source is known to be missing or absent. */
  readonly isAway: (path: string) => boolean;
}

/** What was found. */
interface ArchiveInspection extends Pick<SourceInspection, "alarms" | "figures" | "judged"> {
  readonly problems: readonly Problem[];
  /** What is to be remembered, when these alarms stand; `undefined`: what was known before. */
  remembered(alarms: readonly StandingAlarm[]): LedgerSources | undefined;
}

/** Inspects the sources in the new archive, and counts it when it has to be. */
export async function inspectArchive(
  context: StepContext,
  { memory, ledger, archive, look, listed, inParts, isAway }: ArchiveRequest,
): Promise<ArchiveInspection> {
  const { plan, target, emit } = context;
  const open = ledger.alarms.filter(({ kind, accepted }) =>
    kind.startsWith("source-") && !accepted
  );
  const known = parsed(ledger.sources?.known);
  const seen = parsed(ledger.sources?.seen);
  const figures = known?.figures ?? [];
  const problems: Problem[] = known === undefined || seen === undefined ? [DAMAGED] : [];
  const isLatest = seen?.runId === memory.lastCreate(plan.runId);
  const inspection = await inspectSources({
    ...look,
    past: { figures, originalSize: seen?.originalSize, isLatest },
    archive: {
      ...archive,
      added: filesOf(listed.added),
      modified: filesOf(listed.modified),
      inParts,
    },
    limits: plan.sizeGuard,
    rules: rulesOf(plan.sources),
    isExcluded: exclusionBelow(plan.sources.exclude),
    whereabouts: (path) => {
      if (isAway(path)) return "away";
      return isSelectedDataset(plan.zfs, path) ? "gone" : "not a source";
    },
    alarmed: new Set(open.map(({ subject }) => subject)),
    countBySource: async () => {
      const counts = await countBySource(context, archive.archive, look.roots);
      if (typeof counts !== "string") return counts;
      problems.push({ severity: "error", message: counts });
      return undefined;
    },
  });
  const { notes, counted, alarms, judged } = inspection;
  if (counted !== undefined) {
    const scope = { repository: target.label, step: "inspect" } as const;
    emit({
      type: "note",
      scope,
      level: "info",
      text: `Counting the files of the archive by ` +
        `source: ${counted}`,
    });
  }
  problems.push(...notes.map((message): Problem => ({ severity: "warning", message })));
  const remember = (figures: RememberedSources["figures"]) => {
    return formatSources({ runId: plan.runId, originalSize: archive.originalSize, figures });
  };
  return {
    alarms,
    figures: inspection.figures,
    judged,
    problems,
    // Figures that should have been counted, and were not, are not what the next run compares with.
    remembered: (standing) =>
      judged.size === 0 ? undefined : {
        known: remember(knownAfter(figures, inspection, standing)),
        seen: remember(inspection.figures),
      },
  };
}

/** What was remembered; nothing yet is no damage. */
function parsed(text: string | undefined): RememberedSources | undefined {
  return text === undefined ? NOTHING : parseSources(text);
}

function filesOf({ counts }: SourceTally): ReadonlyMap<string, number> {
  return new Map([...counts].map(([path, { files }]) => [path, files]));
}

const NOTHING: RememberedSources = { runId: "", originalSize: 0, figures: [] };

const DAMAGED: Problem = {
  severity: "warning",
  message: "the record of the sources in this repository is damaged; a new one is started",
};

/** Lists the archive, and counts it by source. Returns a sentence when Borg failed. */
async function countBySource(
  context: StepContext,
  archive: string,
  roots: readonly StagedRoot[],
): Promise<ReadonlyMap<string, SourceCount> | string> {
  const mark = crypto.randomUUID().replaceAll("-", "");
  const tally = new SourceTally(roots);
  let whole = "";
  const count = () => {
    const entry = parseSizedEntry(whole, mark);
    if (entry !== undefined) tally.add(entry);
  };
  const { end } = await callBorg(
    context,
    "inspect",
    listSizesArguments(context.target, archive, mark),
    {
      onStdoutLine: (line) => {
        // What follows a line break in a name is part of the path before it.
        if (!line.startsWith(`${mark} `)) return void (whole += `\n${line}`);
        count();
        whole = line;
      },
    },
  );
  count();
  if (end.kind === "success" || end.kind === "warnings") return tally.counts;
  const reason = end.kind === "failed" ? end.failure.message : "Borg was stopped";
  return `Cannot count the new archive by source: ${reason}`;
}
