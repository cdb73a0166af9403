/** The commands that a run would start, as lines ready for a shell. @module */
import { listArchivesArguments } from "../borg/archives.ts";
import { readAllArguments } from "../borg/extract.ts";
import { checkArguments, compactArguments, pruneGlobArguments } from "../borg/commands.ts";
import type { Repository } from "../config/config_schema.ts";
import { absenceText } from "../problem.ts";
import type { PlannedStep } from "../staging/rehearsal.ts";
import type { StagedSources } from "../staging/staging.ts";
import { seriesGlob } from "../text/archive_name.ts";
import { globRegExp } from "../text/glob.ts";
import { commandLine, printableLine } from "../text/printable.ts";
import { counted, humanLimit, humanSize } from "../text/units.ts";
import type { Plan } from "./plan.ts";
import { dumpLines, dumpRemovalLines } from "./planned_dumps.ts";
import { plannedShare, type PlannedSources } from "./planned_sources.ts";
import { planCreate, planDryCreate } from "./steps/create.ts";

/**
 * All commands of a run in their order, and comments between them.
 *
 * @param pinned the archives that are pinned in a repository, as far as this machine knows
 */
export function plannedLines(
  plan: Plan,
  planned: PlannedSources,
  pinned: (label: string) => readonly string[],
): readonly string[] {
  return [
    ...planned.absent.map((source) => `# skipped: ${printableLine(absenceText(source))}`),
    ...planned.steps.map(stepLine),
    ...plan.repositories.flatMap((repository) => {
      const own = plannedShare(plan, repository, planned);
      const lines = repositoryLines(own.plan, repository, own.sources);
      return [...lines, ...removalLines(plan, repository, pinned(repository.label))];
    }),
    ...(planned.releaseSteps.length === 0 ? [] : ["# once every repository has its archive:"]),
    ...planned.releaseSteps.map(stepLine),
    ...(planned.lastSteps.length === 0 ? [] : ["# at the end of the run:"]),
    ...planned.lastSteps.map(stepLine),
  ];
}

/** The arguments for a Borg that lists what the `create` step would read; it makes no archive. */
export function listFilesArguments(
  plan: Plan,
  repository: Repository,
  sources: StagedSources,
): readonly string[] {
  return planDryCreate(plan, repository, sources);
}

function stepLine(step: PlannedStep): string {
  return step.kind === "command" ? commandLine(step.command) : `# ${printableLine(step.text)}`;
}

function repositoryLines(
  plan: Plan,
  repository: Repository,
  sources: StagedSources | undefined,
): string[] {
  const { check, verify } = repository;
  const lines = [`# ${repository.label}`];
  const add = (args: readonly string[]) => lines.push(commandLine(["borg", ...args]));
  lines.push(...dumpLines(plan, repository));
  const wanted = (step: "create" | "check") => !plan.skip.has(step);
  if (wanted("create") && sources !== undefined) {
    lines.push(`# in ${sources.root}:`);
    add(planCreate(plan, repository, sources));
  }
  if (wanted("create") && !plan.skip.has("verify") && verify.files > 0) {
    lines.push(`# then files are read back and compared: ${verifyText(verify)}`);
  }
  add(listArchivesArguments(repository));
  const { expectations } = plan;
  if (wanted("create") && expectations.length > 0) {
    const paths = expectations.map(({ path }) => printableLine(path)).join(", ");
    lines.push(`# the new archive is searched for what [[expect]] names: ${paths}`);
  }
  if (wanted("check") && check.enabled) lines.push(...checkLines(repository));
  return lines;
}

/** What removes archives and frees their space. */
function removalLines(plan: Plan, repository: Repository, pinned: readonly string[]): string[] {
  const { also, prunedElsewhere, compact } = repository;
  if (prunedElsewhere) return ["# no prune, no compact: another machine prunes this repository"];
  const lines: string[] = [];
  if (!plan.skip.has("prune")) {
    const own = pruneLines(repository, seriesGlob(plan.name), pinned);
    lines.push(...own ?? ["# no retention is set, so nothing is pruned"]);
    lines.push(...dumpRemovalLines(plan, repository));
    if (also !== undefined && also !== "keep") {
      lines.push(...pruneLines(repository, also, pinned) ?? []);
    }
  }
  if (!plan.skip.has("compact") && compact.enabled) {
    lines.push(commandLine(["borg", ...compactArguments(repository)]));
  }
  return lines;
}

/** Borg's own prune knows no pins: where there are any it is only asked what it would remove. */
function pruneLines(
  repository: Repository,
  glob: string,
  pinned: readonly string[],
): string[] | undefined {
  const matches = globRegExp(glob, false);
  const kept = pinned.filter((archive) => matches.test(archive));
  const args = pruneGlobArguments(repository, glob, repository.retention, kept.length > 0);
  if (args === undefined) return undefined;
  const prune = commandLine(["borg", ...args]);
  if (kept.length === 0) return [prune];
  const names = kept.map(printableLine).join(", ");
  return [
    prune,
    `# then what it would remove is deleted by name, but for what is pinned: ${names}`,
  ];
}

/** What a check does depends on what is due, and on what fits into its time. */
function checkLines(repository: Repository): string[] {
  const { repositoryEvery, archivesEvery, verifyDataEvery, maxDuration } = repository.check;
  const lines: string[] = [];
  const add = (args: readonly string[]) => lines.push(commandLine(["borg", ...args]));
  if (verifyDataEvery !== "never") {
    lines.push(`# all data, every ${humanLimit(verifyDataEvery)}:`);
    add(checkArguments(repository, true));
  }
  if (repositoryEvery !== "never") {
    const every = repositoryEvery === 0 ? "" : ` every ${humanLimit(repositoryEvery)}`;
    lines.push(
      `# the repository${every}, in parts if it takes longer than ${humanLimit(maxDuration)}:`,
    );
    add(checkArguments(repository, false));
  }
  if (archivesEvery !== "never") {
    const since = archivesEvery === 0 ? "" : ` for ${humanLimit(archivesEvery)}`;
    lines.push(
      `# in what is left of ${humanLimit(maxDuration)}, each archive that was not read${since}:`,
    );
    add(readAllArguments(repository, "ARCHIVE"));
  }
  return lines;
}

/** What is read back, in a few words. */
function verifyText({ files, cycle, maxBytes }: Repository["verify"]): string {
  const least = `at least ${counted(files, "file", "files")}, new and changed ones first`;
  const turn = cycle === 0 ? "" : `, and each file once in ${humanLimit(cycle)}`;
  const limit = maxBytes === 0 ? "" : `, on average no more than ${humanSize(maxBytes)} a run`;
  return `${least}${turn}${limit}`;
}
