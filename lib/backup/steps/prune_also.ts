import { IN_UTC, listArchivesArguments, parseListing } from "../../borg/archives.ts";
import { pruneGlobArguments } from "../../borg/commands.ts";
import { parseArchiveName } from "../../text/archive_name.ts";
import { callBorg, failedStep, type StepContext, type StepResult } from "./borg_step.ts";
import { worst } from "../outcome.ts";
import type { RepositoryMemory } from "../repository_memory.ts";
import { finishedStep } from "./finished_step.ts";
import { pruneAroundPins } from "./prune_around_pins.ts";

/**
 * Removes the archives of another name that the rules do not keep, counted by themselves. Archives of
 * autoborg are those of another configuration, and never among them; nor is a pin, which would count as
 * one of the archives that the rules keep.
 *
 * @throws {AppError} when Borg can't be started
 */
export async function pruneAlso(
  context: StepContext,
  memory: Pick<RepositoryMemory, "pins">,
  glob: string,
  retention: StepContext["target"]["retention"],
): Promise<StepResult | undefined> {
  const { target } = context;
  const args = pruneGlobArguments(target, glob, retention);
  if (args === undefined) return undefined;
  const list = listArchivesArguments(target, `--glob-archives=${glob}`);
  const listed = await callBorg(context, "prune", list, { variables: IN_UTC });
  const { end, duration } = listed;
  if (end.kind === "failed" || end.kind === "stopped") return failedStep(context, "prune", listed);
  const { archives, pins = [] } = parseListing(listed.stdout) ?? {};
  const own = archives?.find(({ name }) => parseArchiveName(name) !== undefined)?.name ??
    pins[0]?.name;
  if (archives === undefined || own !== undefined) {
    const found = own === undefined ? "Borg did not report its list" : `it matches "${own}"`;
    const problem = {
      severity: "error",
      message: `Cannot prune the archives that match [retention] also = "${glob}": expected no ` +
        `archive of autoborg among them, but ${found}`,
      hint: "Set a glob that matches the archives of the other program alone",
    } as const;
    return { outcome: { step: "prune", state: "failed", problems: [problem], duration } };
  }
  if (archives.length === 0) return undefined;
  const pinned = new Set(memory.pins().map(({ archive }) => archive));
  if (archives.some(({ name }) => pinned.has(name))) {
    const names = new Map(archives.map(({ id, name }) => [id, name]));
    return await pruneAroundPins(context, { glob, retention, isEmpty: false, pinned, names });
  }
  return finishedStep(context, "prune", await callBorg(context, "prune", args));
}

/** Both parts of prune as one step. */
export function afterPrune(own: StepResult, also: StepResult | undefined): StepResult {
  const { outcome } = own;
  if (also === undefined || also.outcome.state === "skipped") return own;
  if (outcome.state === "skipped") return also;
  const problems = [...outcome.problems, ...also.outcome.problems];
  const duration = outcome.duration + also.outcome.duration;
  const state = worst([outcome.state, also.outcome.state]);
  return { ...also, outcome: { ...outcome, state, problems, duration } };
}
