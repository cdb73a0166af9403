import { mountArguments } from "../borg/extract.ts";
import { AppError, ExitCode, UsageError } from "../errors.ts";
import { runAttended } from "../process/attended_program.ts";
import { askArchives, callBorg } from "../restore/ask.ts";
import { sideBySide } from "../restore/catalogue.ts";
import { chooseArchive } from "../restore/choose_archive.ts";
import { type CliContext, type CommonFlags, outerEnvironment } from "./context.ts";
import { readArchives } from "./reading_desk.ts";

/** The flags of `autoborg mount`. */
export interface MountFlags extends CommonFlags {
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
  await readArchives(this, { ...flags, repo: [label] }, async (desk) => {
    const [repository] = desk.repositories;
    if (repository === undefined) throw new UsageError(`Cannot find the repository "${label}"`);
    let archive: string | undefined;
    if (flags.archive !== "all") {
      const answer = await askArchives(desk.access, repository);
      if (answer.kind === "failed") throw cannotMount(answer.failure);
      const archives = sideBySide([{ repository, archives: answer.value }]);
      const catalogue = { archives, repositories: [repository], asked: [repository], silent: [] };
      archive = chooseArchive(catalogue, { series: desk.config.name, archive: flags.archive }).name;
    }
    const args = mountArguments(repository, place, archive);
    const { end } = await callBorg(desk.access, { repository, args, onLine: () => {} });
    if (end.kind === "failed") throw cannotMount(end.failure);
    desk.tell(`mounted on "${place}"; take it away with: autoborg umount ${place}`);
    return ExitCode.ok;
  });
}

/** `autoborg umount DIR`: takes away what `mount` has made. */
export async function umountVerb(
  this: CliContext,
  _flags: CommonFlags,
  directory: string,
): Promise<void> {
  const env = { LC_ALL: "C.UTF-8", ...outerEnvironment(this.variable) };
  const code = await runAttended({ program: "borg", args: ["umount", "--", directory], env });
  if (code !== 0) throw new AppError(`Cannot unmount "${directory}"`);
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
