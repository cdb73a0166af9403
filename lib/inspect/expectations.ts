/**
 * What the administrator expects of every new archive: paths that are in it, how new, how large and
 * how many. No figure of the past is needed for it, so it holds from the first run on.
 *
 * @module
 */
import type { Alarm } from "../alarm.ts";
import { type Access, type Answer, type ArchiveAt, queryEntries } from "../borg/borg_queries.ts";
import type { Entry, Include } from "../borg/entries.ts";
import { globRegExp, looksLikeGlob, pythonPattern } from "../text/glob.ts";
import { ownCommand } from "../text/own_command.ts";
import { counted, humanCount, humanDuration, humanLimit, humanSize } from "../text/units.ts";

/** One `[[expect]]` of the configuration; what is not set is not expected. */
export interface Expectation {
  /** A path or glob as archives have them, without a leading slash; what is below it counts too. */
  readonly path: string;
  /** Milliseconds: the newest file is younger. */
  readonly newerThan?: number | undefined;
  /** Bytes of all files together. */
  readonly minSize?: number | undefined;
  readonly minFiles?: number | undefined;
}

/** What an archive holds of an expected path. */
export interface FoundFiles {
  /** Whether there is anything at all: a file, a directory, a link. */
  readonly exists: boolean;
  /** Regular files, each of their names. */
  readonly files: number;
  /** Bytes of them, those of a file with several names once. */
  readonly size: number;
  /** When the newest of them was modified, in milliseconds since 1970. */
  readonly newest: number | undefined;
}

const NOTHING: FoundFiles = { exists: false, files: 0, size: 0, newest: undefined };

/** Counts one more entry. */
export function withEntry(found: FoundFiles, { type, size, modified }: Entry): FoundFiles {
  if (type !== "file" && type !== "hardlink") return { ...found, exists: true };
  return {
    exists: true,
    files: found.files + 1,
    size: found.size + size,
    newest: Math.max(found.newest ?? -Infinity, modified.getTime()),
  };
}

/** A demand that is not met. */
interface Unmet {
  /** The demand: accepting that one is not met says nothing of another one. */
  readonly demand: string;
  /** What is there instead, as the end of a sentence that begins with the path. */
  readonly text: string;
}

/** What is not as expected. */
export function unmetParts(
  { newerThan, minSize, minFiles }: Expectation,
  { exists, files, size, newest }: FoundFiles,
  at: Date,
): readonly Unmet[] {
  if (!exists) return [{ demand: "exists", text: "is not in the new archive" }];
  const age = newest === undefined ? Infinity : at.getTime() - newest;
  const unmet: Unmet[] = [];
  if (newerThan !== undefined && age >= newerThan) {
    const text = newest === undefined
      ? "contains no file that could be new"
      : `was last modified ${humanDuration(age)} before the backup, ` +
        `expected less than ${humanLimit(newerThan)}`;
    unmet.push({ demand: `newer than ${humanLimit(newerThan)}`, text });
  }
  if (minSize !== undefined && size < minSize) {
    const text = `contains ${sizeText(size, minSize)}, expected at least ${humanSize(minSize)}`;
    unmet.push({ demand: `at least ${minSize} bytes`, text });
  }
  if (minFiles !== undefined && files < minFiles) {
    const text = `contains ${counted(files, "file", "files")}, expected at least ` +
      humanCount(minFiles);
    unmet.push({ demand: `at least ${counted(minFiles, "file", "files")}`, text });
  }
  return unmet;
}

/** A size that is too small, with all its digits where rounding would hide that it is. */
function sizeText(size: number, wanted: number): string {
  const text = humanSize(size);
  return text === humanSize(wanted) ? counted(size, "byte", "bytes") : text;
}

/** A new archive, and what is expected of it. */
interface ExpectationRequest extends ArchiveAt {
  readonly expectations: readonly Expectation[];
  /** When the backup began: ages are counted from then. */
  readonly startedAt: Date;
}

/**
 * Looks into a new archive for what is expected of it. Borg is started once for all expectations, and
 * not at all when there are none; it reads the archive's metadata, but no content.
 *
 * @returns an alarm for each demand that is not met
 * @throws {Stopped} when it was stopped
 */
export async function checkExpectations(
  access: Access,
  { repository, archive, expectations, startedAt }: ExpectationRequest,
): Promise<Answer<readonly Alarm[]>> {
  const byPath = [...Map.groupBy(expectations, ({ path }) => path)];
  if (byPath.length === 0) return { kind: "answer", value: [] };
  const tallies = byPath.map(([path, same]) => ({
    path,
    same,
    matches: matcherOf(path),
    found: NOTHING,
  }));
  const answer = await queryEntries(access, {
    repository,
    archive,
    includes: tallies.map(({ path }) => includeOf(path)),
    onEntry: (entry) => {
      for (const tally of tallies) {
        if (tally.matches(entry.path)) tally.found = withEntry(tally.found, entry);
      }
    },
  });
  if (answer.kind === "failed") return answer;
  const alarms = tallies.flatMap(({ path, same, found }) => {
    const unmet = same.flatMap((expectation) => unmetParts(expectation, found, startedAt));
    // Two expectations of one path may demand the same.
    const different = new Map(unmet.map((one) => [one.demand, one]));
    return [...different.values()].map((one) => {
      return alarmOf(path, one, { label: repository.label, archive });
    });
  });
  return { kind: "answer", value: alarms };
}

function includeOf(path: string): Include {
  return looksLikeGlob(path)
    ? { kind: "pattern", pattern: pythonPattern(path, true) }
    : { kind: "path", path };
}

/** The same for us: several expectations share one list. */
function matcherOf(path: string): (entry: string) => boolean {
  if (!looksLikeGlob(path)) return (entry) => entry === path || entry.startsWith(`${path}/`);
  const expression = globRegExp(path, true);
  return (entry) => expression.test(entry);
}

function alarmOf(
  path: string,
  { demand, text }: Unmet,
  { label, archive }: { readonly label: string; readonly archive: string },
): Alarm {
  const full = `/${path}`;
  const message = `${JSON.stringify(full)} ${text}`;
  const list = ownCommand("list", "--repo", label, archive, full);
  return {
    kind: "expectation-unmet",
    subject: `${path}: ${demand}`,
    message,
    hint: `Compare what should be there with what is in the archive: "${list}"`,
    severity: "error",
  };
}
