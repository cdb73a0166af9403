/**
 * Explains that Borg found a manifest or an archive that is not authenticated. Borg marks what it
 * writes with a "TAM" (tertiary authentication tag, made with the repository's key), so whatever lacks
 * a valid one was written by a very old Borg, or by someone who does not have the key.
 *
 * Borg's own answer is dangerous at night: `check --repair` deletes such archives, `upgrade` accepts
 * them as genuine. Hence these findings are a kind of their own, and the hint shows how to look first.
 *
 * @see https://borgbackup.readthedocs.io/en/1.4-maint/changes.html (CVE-2016-10099, CVE-2023-36811)
 *
 * @module
 */
import { borgCommand, ownCommand } from "../text/own_command.ts";
import type { BorgFailure } from "./failure_kinds.ts";
import type { BorgRepository } from "./repository.ts";

/** What Borg 1.0.9 to 1.4 say of a manifest, in `check` with words in front. */
const MANIFEST =
  /\bManifest is unauthenticated\b|\bManifest authentication did not verify\b|^Could not verify manifest: Unsupported suite\b/m;
/** What they say of an archive; `check` names it in front. */
const ARCHIVE =
  /^Archive TAM authentication issue for archive (.*?): |^Archive '(.*)' is unauthenticated\b|\bArchive authentication did not verify\b/m;
/** What `check` adds; without `--repair`, which is never used here, Borg deletes nothing. */
const ANNOUNCEMENT =
  /^This archive (?:will be \*removed\* |would be \*removed\* |will \*not\* be added |would \*not\* be added )/;
/** How many archives are named. */
const NAMED = 20;
/** How much of Borg's warning is repeated; it is shorter unless a name in it is long. */
const LONGEST = 2_000;

/** What was found when archives were checked. */
interface AuthenticationFindings {
  /** What is not authenticated: the manifest, archives, both, or neither. */
  readonly failures: readonly BorgFailure[];
  /** What else Borg said. */
  readonly others: readonly string[];
}

/** Finds in what Borg said that something is not authenticated. */
export function authenticationFailure(
  repository: BorgRepository,
  errors: readonly string[],
): BorgFailure | undefined {
  return sortFindings(repository, errors).failures[0];
}

/** Sorts what `borg check` said into what is not authenticated and what else is wrong. */
export function sortFindings(
  repository: BorgRepository,
  errors: readonly string[],
): AuthenticationFindings {
  const manifest = errors.find((text) => MANIFEST.test(text));
  const archives = errors.filter((text) => !MANIFEST.test(text) && ARCHIVE.test(text));
  return {
    failures: [
      ...(manifest === undefined ? [] : [unauthenticatedManifest(repository, manifest)]),
      ...(archives.length === 0 ? [] : [unauthenticatedArchives(repository, archives)]),
    ],
    others: errors.filter((text) =>
      !MANIFEST.test(text) && !ARCHIVE.test(text) && !ANNOUNCEMENT.test(text)
    ),
  };
}

/**
 * The manifest is not authenticated. Borg's docs: an attacker who can put files into backups and write
 * to the repository could spoof it; a Borg older than 1.0.9 writes one that looks the same.
 */
export function unauthenticatedManifest(repository: BorgRepository, said: string): BorgFailure {
  const look = borgCommand(repository.label, "check", "--archives-only", "--verbose", "::");
  return {
    kind: "unauthenticated",
    message: "the repository's manifest, its list of archives, is not authenticated: this is an " +
      "attack, or a Borg older than 1.0.9 wrote to the repository. Do not follow the advice in " +
      `Borg's warning until you know which. ${quote(said)}`,
    hint: `Look first; this changes nothing and names every archive that it finds: "${look}". ` +
      `Compare the names with "${ownCommand("history")}" and old reports. ${STAKES}`,
  };
}

/**
 * Archives are not authenticated. Borg's docs: it takes archives without a valid tag for garbage or an
 * attack. They are expected from Borg before 1.0.9, and from `rename` and `recreate` before 1.2.6.
 */
export function unauthenticatedArchives(
  repository: BorgRepository,
  said: readonly string[],
): BorgFailure {
  const names = [...new Set(said.flatMap(nameIn))];
  const shown = names.slice(0, NAMED).map((name) => `"${name}"`).join(", ");
  const more = names.length > NAMED ? ", …" : "";
  const what = names.length > 1
    ? `${names.length} archives are not authenticated: ${shown}${more}. They are forged`
    : `${names.length === 1 ? `the archive ${shown}` : "an archive"} is not authenticated: it is ` +
      "forged";
  // Only Borg 1.2.6 and newer find such archives, and they know {tam}.
  const format = ["--consider-checkpoints", "--format", "{name} {time} tam:{tam}{NL}", "::"];
  const look = said.some((text) => text.includes("did not verify"))
    ? borgCommand(repository.label, "check", "--archives-only", "--verbose", "::")
    : borgCommand(repository.label, "list", ...format);
  return {
    kind: "unauthenticated",
    message: `${what} (CVE-2023-36811), or an old Borg made, renamed or recreated ` +
      `${names.length > 1 ? "them" : "it"} without authentication. Nothing was deleted. ` +
      quote(said[0] ?? ""),
    hint: `Look first; this changes nothing: "${look}". ${STAKES}`,
  };
}

/** What the two ways out destroy. */
const STAKES = 'Until you know who wrote it: "check --repair" deletes what is not authenticated, ' +
  '"upgrade" with --tam or --archives-tam accepts it as genuine, and neither can be undone. ' +
  '"autoborg help --guide unauthenticated" describes how to proceed';

function nameIn(text: string): string[] {
  const [, checked, read] = ARCHIVE.exec(text) ?? [];
  const name = checked ?? read;
  return name === undefined ? [] : [name];
}

/** Borg's warning in full, on one line. */
function quote(said: string): string {
  return `Borg's warning: ${said.trim().replace(/\s+/g, " ").slice(0, LONGEST)}`.replace(/\.$/, "");
}
