/** Which versions of Borg are supported, and what is known to be wrong with them. @module */
interface BorgVersion {
  readonly major: number;
  readonly minor: number;
  /** The third number; of a version that is developed the one that it will have. */
  readonly patch: number;
  /** As Borg says it. */
  readonly text: string;
}

/** Something that is wrong with releases of Borg. Plain data, each with its source. */
interface BorgDefect {
  /** By which name it can be looked up. */
  readonly name: string;
  /** What can happen, as the object of a sentence. */
  readonly what: string;
  /** The first release of each series that has the fix, by its third number. */
  readonly fixedIn: Readonly<Record<"1.2" | "1.4", number>>;
  readonly source: string;
}

/**
 * Defects of releases of Borg 1.2 and 1.4 that put data or restores at risk. A package of a distribution
 * may have the fix under an old number.
 *
 * Two are fixed on the branch of Borg 1.2, after 1.2.9; no release had that when this was written.
 */
const DEFECTS: readonly BorgDefect[] = [
  {
    name: "CVE-2023-36811",
    what: "someone who can write to the repository can forge archives",
    fixedIn: { "1.2": 5, "1.4": 0 },
    source: "https://github.com/borgbackup/borg/blob/1.4.5/docs/changes.rst",
  },
  {
    name: "CVE-2026-62268",
    what: "a forged archive can write outside of the directory that it is restored to",
    fixedIn: { "1.2": 10, "1.4": 5 },
    source: "https://github.com/borgbackup/borg/pull/9916",
  },
  {
    name: "borg#9854",
    what: "a repository that runs full is reported as files that can't be read",
    fixedIn: { "1.2": 10, "1.4": 5 },
    source: "https://github.com/borgbackup/borg/pull/9854",
  },
];

/** Reads what `borg --version` printed; `undefined` when that is no Borg. */
export function parseBorgVersion(said: string): BorgVersion | undefined {
  const version = /^\S*borg\S* +((\d+)\.(\d+)(?:\.(\d+))?\S*)$/m.exec(said.trim());
  if (version === null) return undefined;
  const [, text = "", major = "", minor = "", patch = "0"] = version;
  return { major: Number(major), minor: Number(minor), patch: Number(patch), text };
}

/** Why a version is not supported, and what to do; `undefined` when it is. */
export function unsupportedBorg(
  { major, minor, text }: BorgVersion,
): { readonly message: string; readonly hint: string } | undefined {
  if (major === 1 && (minor === 2 || minor === 4)) return undefined;
  return {
    message: `Borg ${text} is not supported: expected 1.2 or 1.4`,
    hint: major < 2
      ? "Install Borg 1.2 or 1.4: it reads the same repositories"
      : "Install Borg 1.4 beside it and put it first in PATH: Borg 2 has a different " +
        "repository format",
  };
}

/** Rules of retention that older versions do not have. */
export interface NewRules {
  readonly keep13weekly?: number | undefined;
  readonly keep3monthly?: number | undefined;
}

/** Why a version can't keep archives by the rules that are set; `undefined` when it can. */
export function unsupportedRules(
  { major, minor, patch, text }: BorgVersion,
  { keep13weekly, keep3monthly }: NewRules,
): { readonly message: string; readonly hint: string } | undefined {
  const names = [
    ...(keep13weekly ? ["keep_13weekly"] : []),
    ...(keep3monthly ? ["keep_3monthly"] : []),
  ];
  if (names.length === 0 || major > 1 || minor > 4 || (minor === 4 && patch >= 1)) return undefined;
  return {
    message: `Borg ${text} has no ${names.join(" and no ")}: expected 1.4.1 or newer`,
    hint: "Set keep_monthly instead, three for each quarter, or install Borg 1.4.1 or newer",
  };
}

/** What is known to be wrong with a version. */
export function defectsOf({ major, minor, patch }: BorgVersion): readonly BorgDefect[] {
  const series = `${major}.${minor}`;
  if (series !== "1.2" && series !== "1.4") return [];
  return DEFECTS.filter(({ fixedIn }) => patch < fixedIn[series]);
}
