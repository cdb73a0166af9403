import { chooseRepositories } from "../../backup/plan.ts";
import { interactiveEnvironment } from "../../borg/environment.ts";
import { queryArchives } from "../../borg/borg_queries.ts";
import type { Config, Repository } from "../../config/config_schema.ts";
import { reasonOf, UsageError } from "../../errors.ts";
import { parseArchiveName } from "../../text/archive_name.ts";
import { isOwnSeries } from "../../text/database_series.ts";
import { borgCommand } from "../../text/own_command.ts";
import {
  type CliContext,
  type CommonFlags,
  inheritedEnvironment,
  loadChosenConfig,
} from "../context.ts";
import { openHistory } from "../past_runs.ts";

/** `autoborg borg LABEL -- ARGS...`: any command of Borg, on this terminal. */
export async function borgVerb(
  this: CliContext,
  flags: CommonFlags,
  ...words: readonly string[]
): Promise<void> {
  const [label = "", ...args] = words;
  const { config } = await loadChosenConfig(this, flags);
  if (KEEPS_ARCHIVES.has(label) && !config.repositories.some((one) => one.label === label)) {
    const [{ label: first } = { label: "LABEL" }] = config.repositories;
    throw new UsageError(
      `Cannot run "borg ${label}" without a repository: expected a label before the command`,
      { hint: borgCommand(first, ...words) },
    );
  }
  const [chosen] = chooseRepositories(config, [label]);
  if (chosen === undefined) throw new UsageError(`Cannot find the repository "${label}"`);
  if (args.length === 0) {
    throw new UsageError("Cannot run Borg without a command", {
      hint: `For example: ${borgCommand(label, "info")}`,
    });
  }
  const env = interactiveEnvironment(chosen, inheritedEnvironment(this.variable));
  for (const name of ["TERM", "COLUMNS"]) {
    const value = this.variable(name);
    if (value !== undefined) env[name] = value;
  }
  const start = () => this.startInteractive({ program: "borg", args, env });
  if (args.includes("key")) noteKeyChange(this, config, chosen);
  if (!mayChangeArchives(args)) return this.end(await start());
  this.end(await notingChanges(this, config, chosen, start));
}

/** What a person does with a key may change it: the next run looks at it, also on a server. */
function noteKeyChange(context: CliContext, config: Config, { label }: Repository): void {
  try {
    using history = openHistory(config);
    history?.keys(config.name, label).noteChange();
  } catch (error) {
    context.tell(`warning: ${reasonOf(error)}; a change of the key may be noticed late\n`);
  }
}

/** Commands of Borg that leave the list of archives as it is. */
const KEEPS_ARCHIVES: ReadonlySet<string> = new Set([
  ...["benchmark", "break-lock", "compact", "config", "diff", "export-tar", "extract", "help"],
  ...["info", "init", "key", "list", "mount", "serve", "umount", "upgrade"],
]);

function mayChangeArchives(args: readonly string[]): boolean {
  if (args.some((word) => /^(?:--help|-h|--version|-V|--dry-run|-n)$/.test(word))) return false;
  return !args.some((word) => KEEPS_ARCHIVES.has(word));
}

/**
 * Notes which archives a person removed or made: the next run must not raise an alarm for them. What
 * was missing before is not theirs.
 */
async function notingChanges(
  context: CliContext,
  config: Config,
  repository: Repository,
  start: () => Promise<number>,
): Promise<number> {
  const { name } = config;
  const archives = async () => {
    const { signal } = new AbortController();
    const access = {
      inherited: inheritedEnvironment(context.variable),
      start: context.start,
      signal,
    };
    const answer = await queryArchives(access, repository);
    if (answer.kind === "failed") return undefined;
    const { value: { archives, pins } } = answer;
    return {
      archives: new Map(archives.map((archive) => [archive.name, archive.id])),
      pinned: new Set(pins.map((pin) => pin.archive)),
    };
  };
  const before = await archives();
  const code = await start();
  const after = before === undefined ? undefined : await archives();
  if (before === undefined || after === undefined) return code;
  const isOurs = (archive: string) => isOwnSeries(name, parseArchiveName(archive)?.series ?? "");
  const removed = [...before.archives.keys()].filter((one) =>
    !after.archives.has(one) && isOurs(one)
  );
  // A rewritten one has another id under its old name.
  const made = [...after.archives].flatMap(([one, id]) =>
    before.archives.get(one) !== id && isOurs(one) ? [one] : []
  );
  const unpinned = [...before.pinned].filter((one) => !after.pinned.has(one));
  if (removed.length + made.length + unpinned.length === 0) return code;
  try {
    using history = openHistory(config);
    history?.ledger(name, repository.label).noteByHand(removed, made);
    const pins = history?.pins(name, repository.label);
    for (const archive of unpinned) pins?.noteUnpinned(archive, "", context.now().getTime());
  } catch (error) {
    context.tell(`warning: ${reasonOf(error)}; the next run will ask you about these archives\n`);
  }
  return code;
}
