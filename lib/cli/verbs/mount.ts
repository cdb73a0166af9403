import { basename, dirname, join, resolve as absolutePath } from "node:path";
import { environmentWithoutRepository } from "../../borg/environment.ts";
import type { BorgFailure } from "../../borg/failure_kinds.ts";
import { mountArguments } from "../../borg/extract.ts";
import { AppError, ExitCode, reasonOf, UsageError } from "../../errors.ts";
import { commandLine } from "../../text/printable.ts";
import { ownCommand } from "../../text/own_command.ts";
import { callBorg, queryArchives } from "../../borg/borg_queries.ts";
import { mergeArchives } from "../../restore/archive_index.ts";
import { chooseArchive } from "../../restore/choose_archive.ts";
import type { RunZfsCommand } from "../../zfs/command.ts";
import { mountAt, type MountLine, readMountTable } from "../../zfs/mount_table.ts";
import { knownArchivesOf, noteAlarms, noteChosen } from "../archive_knowledge.ts";
import {
  chosenConfig,
  type CliContext,
  type CommonFlags,
  inheritedEnvironment,
} from "../context.ts";
import { readArchives, withHistoryOf } from "../archive_session.ts";
import { zfsQueries } from "../zfs_queries.ts";

interface MountFlags extends CommonFlags {
  readonly archive: string;
}

/** `autoborg mount LABEL DIR`: shows archives as directories until `umount`. */
export async function mountVerb(
  this: CliContext,
  flags: MountFlags,
  ...words: readonly [label: string, directory: string]
): Promise<void> {
  chosenConfig(this, flags);
  // No label has a slash.
  const isSwapped = words[0].includes("/") && !words[1].includes("/");
  const [label, directory] = isSwapped ? [words[1], words[0]] : words;
  if (label === "latest") {
    throw new UsageError('Missing argument LABEL: "latest" is an archive', {
      hint: ownCommand("mount", "--archive", "latest", "LABEL", directory),
    });
  }
  await using place = await mountPoint(directory);
  await readArchives(this, { ...flags, repo: [label] }, async (session) => {
    const [repository] = session.repositories;
    if (repository === undefined) throw new UsageError(`Cannot find the repository "${label}"`);
    const known = knownArchivesOf(session);
    noteAlarms(session, [repository], known);
    const explained = (failure: BorgFailure) => withHistoryOf(session.config, repository, failure);
    let archive: string | undefined;
    if (flags.archive !== "all") {
      const answer = await queryArchives(session.access, repository);
      if (answer.kind === "failed") throw cannotMount(explained(answer.failure));
      const archives = mergeArchives([{ repository, archives: answer.value.archives }]);
      const commandWith = (other: string) =>
        ownCommand("mount", "--archive", other, label, directory);
      const index = { archives, reachable: [repository] };
      const chosen = chooseArchive(index, known, flags, commandWith);
      archive = chosen.name;
      noteChosen(session, known, chosen, commandWith);
    }
    const args = mountArguments(repository, place.path, archive);
    const { end } = await callBorg(session.access, { repository, args, background: "keep" });
    if (end.kind === "failed") throw cannotMount(explained(end.failure));
    place.isUsed = true;
    session.tell(
      `mounted on "${place.path}"; unmount it with: ${ownCommand("umount", place.path)}`,
    );
    return ExitCode.ok;
  });
}

/** `autoborg umount DIR`: unmounts what `mount` has mounted, and nothing else. */
export async function umountVerb(
  this: CliContext,
  flags: CommonFlags,
  directory: string,
): Promise<void> {
  chosenConfig(this, flags);
  const inherited = inheritedEnvironment(this.variable);
  const mount = await findMount(zfsQueries(this), directory);
  // The program `umount` takes the source of a mount as well, such as a disk.
  if (mount === undefined) {
    throw new AppError(`Cannot unmount "${directory}": nothing is mounted there`);
  }
  const { source, type, target } = mount;
  if (!isOfBorg(mount)) {
    const what = `${JSON.stringify(source)} of the type ${JSON.stringify(type)}`;
    throw new AppError(`Cannot unmount "${directory}": ${what} is mounted there, not an archive`, {
      hint: `autoborg unmounts only what it mounted. To unmount this: ${
        commandLine(["umount", target])
      }`,
    });
  }
  const env = environmentWithoutRepository(inherited);
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
    throw new AppError(`Cannot unmount "${directory}": the mount table cannot be read`);
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

/** A directory to mount on. */
interface MountPoint extends AsyncDisposable {
  /** Borg goes to the background and to another working directory. */
  readonly path: string;
  isUsed: boolean;
}

/** Makes the directory when there is none; it is removed again when nothing is mounted on it. */
async function mountPoint(directory: string): Promise<MountPoint> {
  const isNew = await makeDirectory(directory);
  const path = await Deno.realPath(directory);
  if (!(await Deno.stat(path)).isDirectory) {
    throw new AppError(`Cannot mount on "${directory}": expected a directory, found a file`);
  }
  const place = {
    path,
    isUsed: false,
    async [Symbol.asyncDispose]() {
      // One that Borg holds on to stays.
      if (isNew && !place.isUsed) await Deno.remove(path).catch(() => {});
    },
  };
  return place;
}

async function makeDirectory(directory: string): Promise<boolean> {
  try {
    await Deno.mkdir(directory, { mode: 0o700 });
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return false;
    const isAway = error instanceof Deno.errors.NotFound;
    const reason = isAway ? "the directory above it does not exist" : reasonOf(error);
    throw new AppError(`Cannot mount on "${directory}": it cannot be created: ${reason}`, {
      cause: error,
    });
  }
}

function cannotMount({ message, hint }: BorgFailure): AppError {
  return new AppError(`Cannot mount: ${message}`, hint === undefined ? {} : { hint });
}
