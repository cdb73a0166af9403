/** What the arguments of `autoborg restore` mean, and what was meant by wrong ones. @module */
import { resolve } from "node:path";
import { UsageError } from "../errors.ts";
import type { ArchiveIndex } from "../restore/archive_index.ts";
import type { PathSelector } from "../restore/path_selector.ts";
import { ownCommand } from "../text/own_command.ts";
import type { ReadingFlags } from "./archive_session.ts";
import type { CliContext } from "./context.ts";
import type { ProgressFlag } from "./progress_display.ts";
import type { Prompts } from "./prompts.ts";

/** The flags that say what is restored from, and to. */
interface TargetFlags {
  readonly to?: string;
  readonly archive: string;
  readonly at?: string;
  readonly overwrite: boolean;
  readonly yes: boolean;
}

/** The flags of `autoborg restore`. */
export interface RestoreFlags extends ReadingFlags, TargetFlags {
  readonly database?: string;
  readonly into?: string;
  readonly allowShared: boolean;
  readonly numericIds: boolean;
  readonly dryRun: boolean;
  readonly progress: ProgressFlag;
}

/** A command to paste has at most this many paths. */
const MOST_PATHS = 10;

/**
 * Refuses an archive among the paths: it is named by an option, not as in other programs by the first
 * argument.
 */
export function requirePaths(
  { archives }: { readonly archives: readonly Pick<ArchiveIndex["archives"][number], "name">[] },
  flags: TargetFlags,
  selectors: readonly PathSelector[],
): void {
  const isArchive = (text: string) =>
    text === "latest" || archives.some(({ name }) => name === text);
  requireNoColon(flags, selectors, isArchive);
  const named = selectors.find(({ text }) => isArchive(text));
  if (named === undefined) return;
  const others = selectors.filter((selector) => selector !== named);
  throw new UsageError(`Cannot restore "${named.text}": it is an archive, expected a path`, {
    hint: restoreCommand(flags, others, named.text),
  });
}

/** Guesses that the last path is the target, as for `cp` and rsync; here an option names it. */
export function targetAdvice(
  { to, overwrite, archive }: Pick<TargetFlags, "to" | "overwrite" | "archive">,
  paths: readonly string[],
  missing: readonly PathSelector[],
): string | undefined {
  const last = paths.at(-1);
  if (to !== undefined || overwrite || last === undefined || paths.length === 1) return undefined;
  if (!missing.some(({ text }) => text === last) || paths.length > MOST_PATHS) return undefined;
  const from = archive === "latest" ? [] : ["--archive", archive];
  return `To restore to ${JSON.stringify(last)}: ${
    ownCommand("restore", ...from, ...paths.slice(0, -1), "--to", last)
  }`;
}

/** Says whether files go back to where they were: what is below the root directory is there. */
export function isInPlace({ overwrite, to }: Pick<TargetFlags, "overwrite" | "to">): boolean {
  return overwrite && (to === undefined || resolve(to) === "/");
}

/** Makes sure before anything is read that a person can be asked. */
export async function requirePrompts(
  context: CliContext,
  flags: TargetFlags,
  selectors: readonly PathSelector[],
): Promise<Prompts> {
  const prompts = await context.prompts();
  if (prompts !== undefined) return prompts;
  const { at, archive } = flags;
  const from = at === undefined ? ["--archive", archive] : ["--at", at];
  const words = ["--overwrite", "--dry-run", ...from, ...pathsOf(selectors)];
  throw new UsageError(
    "Cannot restore in place without confirmation: expected a terminal to ask on, or --yes",
    { hint: `See first what would change: ${ownCommand("restore", ...words)}` },
  );
}

/** The command that restores the same from another archive. */
export function restoreCommand(
  { to, overwrite }: Pick<TargetFlags, "to" | "overwrite">,
  selectors: readonly PathSelector[],
  archive: string,
): string {
  const target = to === undefined ? [] : ["--to", to];
  const how = overwrite ? ["--overwrite"] : [];
  const paths = pathsOf(selectors);
  return ownCommand("restore", "--archive", archive, ...target, ...how, ...paths);
}

/** As in restic and Borg: `latest:/etc`, `disk::latest`. */
function requireNoColon(
  { to, overwrite }: Pick<TargetFlags, "to" | "overwrite">,
  selectors: readonly PathSelector[],
  isArchive: (text: string) => boolean,
): void {
  for (const { text } of selectors) {
    const [, archive = "", path = ""] = /^(?:[\w.-]*::)?([^:]+(?::\d\d:\d\dZ-\w+)?)(?::(.*))?$/
      .exec(text) ?? [];
    if (archive === text || !isArchive(archive)) continue;
    const target = to === undefined ? [] : ["--to", to];
    const how = overwrite ? ["--overwrite"] : [];
    throw new UsageError(`Cannot restore "${text}": it names an archive, expected a path`, {
      hint: ownCommand("restore", "--archive", archive, ...target, ...how, path || "/"),
    });
  }
}

function pathsOf(selectors: readonly PathSelector[]): readonly string[] {
  if (selectors.length === 0) return ["/"];
  return selectors.length > MOST_PATHS ? ["PATH"] : selectors.map(({ path }) => `/${path}`);
}
