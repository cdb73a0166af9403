/** What was found, for people and for programs. Pure. @module */
import { ownWords } from "../text/own_command.ts";
import { commandLine, printableLine } from "../text/printable.ts";
import { humanSize } from "../text/units.ts";
import { type EntryReport, entryReport } from "./entry_list.ts";
import { localTime } from "../text/local_time.ts";
import type { ListedArchive } from "./archive_index.ts";
import type { FoundPath, Version } from "./find_paths.ts";
import type { KnownArchives } from "./known_archives.ts";

/** The answer of `find --json`. */
interface FindReport {
  readonly version: 1;
  readonly pattern: string;
  readonly searched: number;
  /** Archives that no repository could search. */
  readonly notSearched: readonly string[];
  readonly paths: readonly {
    readonly path: string;
    /** Newest first. */
    readonly versions: readonly VersionReport[];
  }[];
}

/** A version of a path as programs read it. */
interface VersionReport extends EntryReport {
  /** `null` unless it was asked for, and for what has no content of its own. */
  readonly sha256: string | null;
  /** The archives that hold it, newest first. */
  readonly archives: readonly string[];
  /** The repositories that hold the newest of them. */
  readonly repositories: readonly string[];
  /** The command that restores it. */
  readonly restore: readonly string[];
}

/** Reports what was found to programs. */
export function findReport(
  pattern: string,
  paths: readonly FoundPath[],
  { searched, notSearched, known }: Pick<FindReport, "searched" | "notSearched"> & {
    readonly known: KnownArchives;
  },
): FindReport {
  return {
    version: 1,
    pattern,
    searched,
    notSearched,
    paths: paths.map(({ path, versions }) => ({
      path: `/${path}`,
      versions: versions.map((version) => ({
        ...entryReport(version.entry),
        sha256: version.entry.sha256 ?? null,
        archives: version.archives.map(({ name }) => name),
        repositories: version.archives[0]?.repositories.map(({ label }) => label) ?? [],
        restore: restoreCommand(version, known),
      })),
    })),
  };
}

/** Writes what was found, with the command that restores each version. */
export function findText(paths: readonly FoundPath[], known: KnownArchives): string {
  const lines = paths.flatMap(({ path, versions }) => [
    printableLine(`/${path}`),
    ...versions.flatMap((version) => [
      `  ${versionLine(version)}${foreignText(version, known)}`,
      `    ${commandLine(restoreCommand(version, known))}`,
    ]),
  ]);
  return lines.map((line) => `${line}\n`).join("");
}

function versionLine({ entry, archives }: Version): string {
  const { type, size, modified, target, healthy } = entry;
  const newest = archives[0];
  const oldest = archives.at(-1);
  const link = type === "symlink" ? `symlink to ${printableLine(target)}` : type;
  const what = type === "file" ? humanSize(size) : link;
  const [from, to] = [oldest, newest].map((one) =>
    one === undefined ? "" : localTime(one.startedAt)
  );
  const many = archives.length === 1
    ? `in 1 archive, ${to}`
    : `in ${archives.length} archives, ${from} to ${to}`;
  const labels = newest?.repositories.map(({ label }) => label).join(", ") ?? "";
  const damaged = healthy ? "" : "; damaged: parts are lost and were replaced by zeros";
  return `${localTime(modified)}  ${what}  ${many} (${labels})${damaged}`;
}

/** The archive that a version is restored from: the newest one, if possible of this machine. */
function sourceOf({ archives }: Version, known: KnownArchives): ListedArchive | undefined {
  return archives.find((archive) => !known.isForeignEverywhere(archive)) ?? archives[0];
}

function foreignText(version: Version, known: KnownArchives): string {
  const source = sourceOf(version, known);
  const isForeign = source !== undefined && known.isForeignEverywhere(source);
  return isForeign ? "; not created by this machine" : "";
}

function restoreCommand(version: Version, known: KnownArchives): readonly string[] {
  const archive = sourceOf(version, known)?.name ?? "latest";
  return ownWords("restore", "--archive", archive, `/${version.entry.path}`);
}
