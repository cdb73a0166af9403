/**
 * The part of the inspection that is about each source in the new archive.
 *
 * @module
 */
import { listSizesArguments, parseSizedEntry } from "../../borg/archive_sizes.ts";
import { inspectSources, type SourceInspection } from "../../inspect/inspect_sources.ts";
import {
  formatSources,
  knownAfter,
  parseSources,
  type RememberedSources,
  rulesOf,
} from "../../inspect/remembered_sources.ts";
import type { SourceFacts } from "../../inspect/source_facts.ts";
import { type SourceCount, SourceTally } from "../../inspect/source_tally.ts";
import type { PassedOver, StagedRoot } from "../../staging/staging.ts";
import type { LedgerSources, StandingAlarm } from "../../state/ledger.ts";
import type { ArchiveStats, Problem } from "../outcome.ts";
import type { RepositoryMemory } from "../repository_memory.ts";
import { callBorg, type StepContext } from "./borg_step.ts";

/** What the sources look like, the same for all repositories. */
export interface SourcesLook {
  readonly roots: readonly StagedRoot[];
  /** Empty when nothing was looked at. */
  readonly facts: readonly SourceFacts[];
  readonly passedOver: readonly PassedOver[];
}

/** What is inspected. */
interface ArchiveRequest {
  readonly memory: Pick<RepositoryMemory, "recall" | "runIds">;
  readonly archive: ArchiveStats;
  readonly look: SourcesLook;
  /** How many files of each source Borg listed as added. */
  readonly added: ReadonlyMap<string, number>;
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
  { memory, archive, look, added }: ArchiveRequest,
): Promise<ArchiveInspection> {
  const { plan, target, emit } = context;
  const { sources, alarms: standing } = memory.recall();
  const open = standing.filter(({ kind, accepted }) => kind.startsWith("source-") && !accepted);
  const known = sources === undefined ? NOTHING : parseSources(sources.known);
  const seen = sources === undefined ? NOTHING : parseSources(sources.seen);
  const figures = known?.figures ?? [];
  const last = memory.runIds().find((id) => id !== plan.runId);
  const problems: Problem[] = known === undefined || seen === undefined ? [DAMAGED] : [];
  const inspection = await inspectSources({
    ...look,
    past: { figures, originalSize: seen?.originalSize, isLatest: seen?.runId === last },
    archive: { ...archive, added },
    limits: plan.sizeGuard,
    rules: rulesOf(plan.sources),
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
    emit({ type: "note", scope, level: "info", text: `The archive was counted: ${counted}` });
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

const NOTHING: RememberedSources = { runId: "", originalSize: 0, figures: [] };

const DAMAGED: Problem = {
  severity: "warning",
  message: "what is known of the sources in this repository is damaged, and begins anew",
};

/**
 * A run that made no archive changes nothing about the sources, and the next one need not count for it.
 *
 * @returns `undefined` when that is so already, or nothing is known
 */
export function withoutArchive(
  { recall, runIds }: Pick<RepositoryMemory, "recall" | "runIds">,
  runId: string,
): LedgerSources | undefined {
  const { sources } = recall();
  const seen = sources === undefined ? undefined : parseSources(sources.seen);
  if (sources === undefined || seen === undefined) return undefined;
  if (seen.runId !== runIds().find((id) => id !== runId)) return undefined;
  return { known: sources.known, seen: formatSources({ ...seen, runId }) };
}

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
