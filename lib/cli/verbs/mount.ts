import { basename, dirname, join, resolve as absolutePath } from "node:path";
import { environmentWithoutRepository } from "../../borg/environment.ts";
import { mountArguments } from "../../borg/extract.ts";
import { AppError, ExitCode, UsageError } from "../../errors.ts";
import { ownCommand } from "../../text/own_command.ts";
import { callBorg, queryArchives } from "../../borg/borg_queries.ts";
import { mergeArchives } from "../../restore/archive_index.ts";
import { chooseArchive } from "../../restore/choose_archive.ts";
import type { RunZfsCommand } from "../../zfs/command.ts";
import { mountAt, type MountLine, readMountTable } from "../../zfs/mount_table.ts";
import { knownArchivesOf, noteChosen } from "../archive_knowledge.ts";
import { type CliContext, type CommonFlags, inheritedEnvironment } from "../context.ts";
import { readArchives } from "../archive_session.ts";
import { zfsQueries } from "../zfs_queries.ts";

/** The flags of `autoborg mount`. */
interface MountFlags extends CommonFlags {
  readonly archive: string;
}

/** `autoborg mount LABEL DIR`: shows archives as directories until `umount`. */
export async function mountVerb(
  this: CliContext,
  flags: MountFlags,
  label: string,
  directory: string,
): Promise<void> {
  const place = await realDirectory(directory);
  await readArchives(this, { ...flags, repo: [label] }, async (session) => {
    const [repository] = session.repositories;
    if (repository === undefined) throw new UsageError(`Cannot find the repository "${label}"`);
    const known = knownArchivesOf(session);
    let archive: string | undefined;
    if (flags.archive !== "all") {
      const answer = await queryArchives(session.access, repository);
      if (answer.kind === "failed") throw cannotMount(answer.failure);
      const archives = mergeArchives([{ repository, archives: answer.value }]);
      const chosen = chooseArchive({ archives, reachable: [repository] }, known, flags);
      archive = chosen.name;
      const commandWith = (other: string) => ownCommand("mount", "--archive", other, label, place);
      noteChosen(session, known, chosen, commandWith);
    }
    const args = mountArguments(repository, place, archive);
    const { end } = await callBorg(session.access, { repository, args, background: "keep" });
    if (end.kind === "failed") throw cannotMount(end.failure);
    session.tell(`mounted on "${place}"; unmount it with: ${ownCommand("umount", place)}`);
    return ExitCode.ok;
  });
}

/** `autoborg umount DIR`: takes away what `mount` has made, and nothing else. */
export async function umountVerb(
  this: CliContext,
  _flags: CommonFlags,
  directory: string,
): Promise<void> {
  const outer = inheritedEnvironment(this.variable);
  const mount = await findMount(zfsQueries(this), directory);
  // The program `umount` takes the source of a mount as well, such as a disk.
  if (mount === undefined) {
    throw new AppError(`Cannot unmount "${directory}": nothing is mounted there`);
  }
  const { source, type, target } = mount;
  if (!isOfBorg(mount)) {
    const what = `${JSON.stringify(source)} of the type ${JSON.stringify(type)}`;
    throw new AppError(`Cannot unmount "${directory}": ${what} is mounted there, not an archive`, {
      hint: "This verb unmounts only what the verb mount has mounted; for others: umount",
    });
  }
  const env = environmentWithoutRepository(outer);
  const code = await this.startInteractive({
    program: "borg",
    args: ["umount", "--", target],
    env,
  });
  if (code !== 0) throw new AppError(`Cannot unmount "${directory}"`);
}

/** Borg calls its file system "borgfs"; how FUSE puts that into the table depends on its version. */
function isOfBorg({ source, type }: MountLine): boolean {
  return type === "fuse.borgfs" || (/^fuse(?:\.|$)/.test(type) && source === "borgfs");
}

async function findMount(run: RunZfsCommand, directory: string): Promise<MountLine | undefined> {
  const table = await readMountTable(run);
  if (table.kind === "failed") {
    throw new AppError(`Cannot unmount "${directory}": the table of mounts can't be read`);
  }
  const place = absolutePath(directory);
  // A mount whose Borg has died or hangs must not be looked at itself.
  const beside = join(await realPathOr(dirname(place)), basename(place));
  return mountAt(table.lines, beside) ?? mountAt(table.lines, await realPathOr(place));
}

async function realPathOr(path: string): Promise<string> {
  try {
    return await Deno.realPath(path);
  } catch {
    return path;
  }
}

async function realDirectory(directory: string): Promise<string> {
  try {
    // Borg goes to the background and to another working directory.
    const path = await Deno.realPath(directory);
    if ((await Deno.stat(path)).isDirectory) return path;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  throw new AppError(`Cannot mount on "${directory}": expected an existing directory`);
}

function cannotMount(failure: { readonly message: string; readonly hint?: string }): AppError {
  const { message, hint } = failure;
  return new AppError(`Cannot mount: ${message}`, hint === undefined ? {} : { hint });
}
