/**
 * Judges the answers of a person by what is on this machine, whether they were typed or given as
 * options. Each function says what is wrong as the end of a sentence; `undefined`: nothing.
 *
 * @module
 */
import { formOfKey } from "../borg/private_key.ts";
import { join } from "node:path";
import { inTime } from "../async/deadline.ts";
import { isRepository, repositoryInside } from "../borg/local_repository.ts";
import { rejectUnchosen } from "../config/written_out.ts";
import { AppError, reasonOf } from "../errors.ts";
import { readSmallText } from "../files/small_file.ts";
import { commandLine } from "../text/printable.ts";
import type { RunZfsCommand } from "../zfs/command.ts";
import { listDatasets } from "../zfs/dataset_list.ts";
import { poolOf } from "../zfs/dataset_names.ts";
import { rejectDataset, rejectPath, rejectSource, rejectUrl } from "./rejections.ts";
import { localPath, missingParent } from "./repository_place.ts";

/** How long a look at one path may take, in milliseconds: a network file system may hang. */
const PATIENCE = 10_000;

/** Says why a directory can't be backed up. */
export async function rejectDirectory(path: string): Promise<string | undefined> {
  return rejectSource(path) ?? await reasonWhenReading(async () => {
    const { isDirectory, isSymlink } = await inTime(Deno.lstat(path), PATIENCE);
    if (isSymlink) {
      return await Deno.stat(path).catch(ignoreMissing) === undefined
        ? "expected a directory, found a symbolic link whose target does not exist"
        : `expected the directory itself, "${await Deno.realPath(path)}", found a symbolic link ` +
          "to it";
    }
    return isDirectory ? undefined : "expected a directory, found a file";
  });
}

/** Says why a dataset can't be backed up. */
export async function rejectMissingDataset(
  name: string,
  run: RunZfsCommand,
): Promise<string | undefined> {
  const reason = rejectDataset(name);
  if (reason !== undefined) return reason;
  const list = await listDatasets(run, poolOf(name));
  if (list.kind === "failed") return list.reason.reason;
  const found = list.datasets.find((dataset) => dataset.name === name);
  if (found === undefined) return "it does not exist";
  return found.type === "volume" ? "expected a file system, found a volume" : undefined;
}

/** Says why there can't be a repository at a url; a server is not asked. */
export async function rejectRepository(url: string): Promise<string | undefined> {
  const reason = rejectUrl(url);
  if (reason !== undefined) return reason;
  const path = localPath(url);
  if (path === undefined) return undefined;
  return await missingParent(path) ?? await reasonWhenReading(async () => {
    const info = await Deno.stat(path).catch(ignoreMissing);
    if (info === undefined) return undefined;
    if (!info.isDirectory) return "expected a directory, found a file";
    const names = new Set(await Array.fromAsync(Deno.readDir(path), ({ name }) => name));
    if (names.size === 0 || await isRepository(path, names)) return undefined;
    const found = "expected an empty directory or a repository, found other files";
    const inside = repositoryInside(path);
    return inside === undefined
      ? `${found}; a new directory in it can be one: "${join(path, freeName(names))}"`
      : `${found}; "${inside}" in it is a repository: enter that path to use it`;
  });
}

function freeName(names: ReadonlySet<string>): string {
  return ["borg", "autoborg"].find((name) => !names.has(name)) ?? "autoborg-repository";
}

/** Says why ssh can't use a file as the key of a run that nobody watches. */
export async function rejectSshKey(path: string): Promise<string | undefined> {
  return rejectPath(path) ?? await reasonWhenReading(async () => {
    const { isFile, mode, uid } = await Deno.stat(path);
    if (!isFile) return "expected a file";
    const form = formOfKey(await readSmallText(path));
    if (form === "no private key") return `expected a private key, such as "/root/.ssh/id_borg"`;
    if (form === "with passphrase") {
      return "it has a passphrase, and nobody is there at night to type it; a key without one: " +
        commandLine(["ssh-keygen", "-t", "ed25519", "-N", "", "-f", "/etc/autoborg/id_borg"]);
    }
    // ssh judges only the keys of the user who runs it.
    if (((mode ?? 0) & 0o077) === 0 || uid !== Deno.uid()) return undefined;
    return `other users can read it, and ssh ignores such a key: ${
      commandLine(["chmod", "600", path])
    }`;
  });
}

/** Says why a passphrase can't be read from a file. */
export async function rejectPassphraseFile(path: string): Promise<string | undefined> {
  return rejectPath(path) ?? await reasonWhenReading(async () => {
    const text = (await readSmallText(path)).replace(/\r?\n$/, "");
    return text === "" ? "it is empty" : rejectUnchosen(text);
  });
}

/** Says why a passphrase that a person types is none. */
export function rejectPassphrase(text: string): string | undefined {
  return [...text].length < 8 ? "expected 8 characters or more" : rejectUnchosen(text);
}

async function reasonWhenReading(
  look: () => Promise<string | undefined>,
): Promise<string | undefined> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof AppError) return error.message;
    return reasonOf(error);
  }
}

function ignoreMissing(error: unknown): undefined {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
