/**
 * Makes a configuration of the variables of the Python script that autoborg replaces.
 *
 * The script is never run. What can't be known without running it is named with its line, and the
 * configuration is valid all the same: the closest valid thing stands in its place. Two things
 * can't be made up, a repository and something to back up. Without them the rest is written, and the
 * file is refused by `check-config` until a person has put them in.
 *
 * @module
 */
import { Draft, type Point } from "./draft.ts";
import { housekeepingTables } from "./housekeeping.ts";
import { leftovers } from "./leftovers.ts";
import { mailTable } from "./mail.ts";
import { readScript, type Script } from "./python/script.ts";
import { repositoryTables } from "./repositories.ts";
import { retentionTable } from "./retention.ts";
import { seriesTable } from "./series.ts";
import { Settings } from "./settings.ts";
import { sourceTables } from "./sources.ts";
import { LOOK, writeComment, writeTable } from "./toml.ts";
import { type Lacking, verify } from "./verify.ts";

/** A script to read. */
export interface Request {
  readonly source: string;
  /** The file's name, for the first comment. */
  readonly file: string;
  /** This machine's name. */
  readonly hostname: string;
}

/** What was made of a script. */
export interface Migration {
  /** The configuration. It holds the secrets of the script. */
  readonly toml: string;
  /** What a person must look at, in the order of the script. */
  readonly points: readonly Point[];
  /** The script's constants that nobody knows, by name and line. */
  readonly unknown: readonly { readonly name: string; readonly line: number }[];
  /** What the configuration lacks to be valid; empty: it is valid. */
  readonly lacking: ReadonlySet<Lacking>;
}

/**
 * Reads the settings of a script.
 *
 * @param request the script
 * @returns the configuration; `undefined` when the script has no setting that is known
 */
export async function migrate(request: Request): Promise<Migration | undefined> {
  const script = readScript(request.source);
  const settings = new Settings(script);
  if (settings.isEmpty) return undefined;
  const points: Point[] = [];
  const general = flawTable(script, points);
  const series = seriesTable(settings, points, request.hostname);
  const repositories = repositoryTables(settings, points);
  const retention = retentionTable(settings, points);
  const sources = sourceTables(settings, points);
  const lacking = whatIsLacking(repositories, sources);
  if (lacking.has("sources")) offerSources(sources);
  const tables = [
    general,
    series,
    ...repositories,
    lacking.has("repositories") ? missingRepository(points) : undefined,
    retention,
    ...sources,
    ...housekeepingTables(settings, points),
    mailTable(settings, points),
  ].filter((table) => table !== undefined && table.entries.length > 0);
  const rest = leftovers(script);
  const blocks = [
    head(request.file, lacking),
    ...tables.flatMap((table) => table === undefined ? [] : [writeTable(table)]),
    rest.comment,
  ].filter((lines) => lines.length > 0);
  const toml = `${blocks.map((lines) => lines.join("\n")).join("\n\n")}\n`;
  await verify(toml, lacking);
  const inOrder = points.toSorted((one, other) =>
    (one.line ?? Infinity) - (other.line ?? Infinity)
  );
  return { toml, points: inOrder, unknown: rest.unknown, lacking };
}

function whatIsLacking(
  repositories: readonly Draft[],
  sources: readonly Draft[],
): ReadonlySet<Lacking> {
  const lacking = new Set<Lacking>();
  if (!repositories.some((table) => table.hasKeys)) lacking.add("repositories");
  if (!sources.some((table) => table.hasKeys)) lacking.add("sources");
  return lacking;
}

function missingRepository(points: Point[]): Draft {
  const draft = new Draft("[[repositories]]", points);
  draft.isOff = true;
  draft.unread(undefined, "there must be at least one repository; this is what one looks like");
  draft.set("label", "disk");
  draft.set("url", "/mnt/backup/borg");
  draft.set("passphrase_file", "/etc/autoborg/disk.passphrase");
  return draft;
}

/** Shows in the table of the directories what one looks like. */
function offerSources([draft]: readonly Draft[]): void {
  if (draft === undefined) return;
  draft.isOff = true;
  draft.unread(undefined, "there must be something to back up, here or in [zfs]");
  draft.set("directories", ["/etc", "/home"]);
}

/** What concerns the script as a whole. */
function flawTable({ flaws, overrides }: Script, points: Point[]): Draft {
  const draft = new Draft("", points);
  for (const { line, message } of flaws) draft.unread(line, `this is no valid Python: ${message}`);
  for (const { line, what } of overrides) {
    draft.unread(line, `any setting may be changed here, which was not read: ${what}`);
  }
  return draft;
}

function head(file: string, lacking: ReadonlySet<Lacking>): string[] {
  return [
    ...writeComment(`The settings of ${file}, as "autoborg migrate" has read them.`),
    "#",
    `# Whatever needs a person begins with "${LOOK.trim()}"; its lines are those of the script. When all`,
    "# of that is settled: autoborg check-config, then autoborg run --dry-run.",
    "#",
    "# The passphrases stand here as they stood in the script: let nobody but root read this file",
    "# (chmod 600). Better still, move each of them into a file of its own (passphrase_file,",
    "# password_file) or make it a credential of systemd.",
    ...(lacking.size === 0 ? [] : [
      "#",
      ...writeComment(
        "NOT COMPLETE: autoborg refuses this file until something stands in the place of: " +
          `${[...lacking].join(", ")}.`,
      ),
    ]),
  ];
}
