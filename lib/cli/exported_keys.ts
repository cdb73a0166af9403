/** `autoborg key export DIR`: copies of the keys of all repositories, to be put away. @module */
import { join } from "node:path";
import { keyFileText, keyFingerprint, paperKeyText } from "../borg/key_copy.ts";
import { type FreshKey, hasKey, queryKey } from "../borg/key_export.ts";
import type { BorgRepository } from "../borg/repository.ts";
import { AppError, ExitCode } from "../errors.ts";
import { writeNewFiles } from "../files/new_files.ts";
import { readSmallFileSync } from "../files/small_file.ts";
import { borgCommand, ownCommand } from "../text/own_command.ts";
import { commandLine } from "../text/printable.ts";
import type { ArchiveSession } from "./archive_session.ts";

interface ExportedKey {
  readonly label: string;
  readonly fingerprint: string;
}

/**
 * Writes the keys of the chosen repositories to a directory that only its owner can write to.
 *
 * @param directory absolute
 * @param note hears of the keys when they are written
 * @throws {AppError} when a file can't be written; then none is
 */
export async function exportKeys(
  session: ArchiveSession,
  directory: string,
  print: (text: string) => void,
  note: (exported: readonly ExportedKey[]) => void,
): Promise<ExitCode> {
  const keys: { readonly repository: BorgRepository; readonly key: FreshKey }[] = [];
  for (const repository of session.repositories) {
    if (!hasKey(repository.encryption)) {
      session.tell(`${repository.label}: skipped: it is not encrypted and has no key`);
      continue;
    }
    const answer = await queryKey(session.access, repository);
    if (answer.kind === "failed") session.fail(repository, answer.failure);
    else keys.push({ repository, key: answer.value });
  }
  if (keys.length === 0) return session.failed ? ExitCode.failed : ExitCode.ok;
  const files = new Map(keys.flatMap(({ repository, key }) => filesOf(repository, key)));
  writeNewFiles(directory, withoutThoseThere(directory, files));
  note(keys.map(({ repository: { label }, key }) => {
    return { label, fingerprint: keyFingerprint(key.blob) };
  }));
  for (const { repository: { label } } of keys) {
    print(`${label}: exported to ${join(directory, label)}.key, .paper.txt and .README.txt\n`);
  }
  const copies = keys.map(({ repository: { label } }) => join(directory, `${label}.key`));
  print(
    "Move them to a place away from this machine, and keep the passphrases elsewhere.\n" +
      `Later, this proves that a copy is still good: ${ownCommand("key check", ...copies)}\n`,
  );
  return session.failed ? ExitCode.failed : ExitCode.ok;
}

/** The files of one repository, by their names. They are the same each time. */
function filesOf(
  repository: BorgRepository,
  { repositoryId, blob }: FreshKey,
): readonly (readonly [name: string, text: string])[] {
  const { label } = repository;
  return [
    [`${label}.key`, keyFileText(repositoryId, blob)],
    [`${label}.paper.txt`, paperKeyText(repositoryId, blob)],
    [`${label}.README.txt`, instructions(repository, repositoryId)],
  ];
}

/** Leaves out the files that are there with the same content; another content is an error. */
function withoutThoseThere(
  directory: string,
  files: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  return new Map([...files].filter(([name, text]) => {
    const path = join(directory, name);
    const found = contentOf(path);
    if (found === undefined) return true;
    if (found === text) return false;
    throw new AppError(`Cannot export to "${path}": the file exists and has other content`, {
      hint: "Export to a new directory, so that the old copy stays until the new one is put away",
    });
  }));
}

function contentOf(path: string): string | undefined {
  try {
    return new TextDecoder().decode(readSmallFileSync(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    // What it is instead of a file is an obstacle, too.
    return "";
  }
}

/** Says how each copy is used, to a person who has nothing but them. */
function instructions({ label, url }: BorgRepository, repositoryId: string): string {
  const importFile = borgCommand(label, "key", "import", "::", `${label}.key`);
  const importPaper = borgCommand(label, "key", "import", "--paper", "::");
  return `The key of the Borg repository "${label}"

  Repository   ${url}
  Id           ${repositoryId}

Without this key AND its passphrase nobody can restore anything from the repository. The passphrase
is not in these files: keep it in another place, also away from the machine that is backed up.

${label}.key
  The key as a file. To restore it to a repository or a machine that has lost it:
    ${importFile}
  or without autoborg:
    ${commandLine(["borg", "key", "import", url, `${label}.key`])}

${label}.paper.txt
  The same key, to be printed and typed in. Each line has a checksum, and Borg asks for them line by line:
    ${importPaper}
  or without autoborg:
    ${commandLine(["borg", "key", "import", "--paper", url])}

To find out whether a copy is still the right one, and whether the passphrase opens it; a paper key
is typed into a text file for that:
    ${ownCommand("key check", `${label}.key`)}

After the passphrase was changed, a copy needs the old passphrase: export the key again, and keep the
old copy until the new one is checked.
`;
}
