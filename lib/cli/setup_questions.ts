/** Asks what a new configuration needs, as far as the command line does not say it. @module */
import { join, resolve as absolutePath } from "node:path";
import { UsageError } from "../errors.ts";
import { chooseDatasets, type DatasetChoice } from "../setup/dataset_choice.ts";
import {
  rejectDirectory,
  rejectPassphrase,
  rejectPassphraseFile,
  rejectRepository,
  rejectSshKey,
} from "../setup/machine_checks.ts";
import type { Answers } from "../setup/new_config.ts";
import { proposedDisks, proposeSources } from "../setup/proposed_sources.ts";
import { rejectName } from "../setup/rejections.ts";
import { diskProblemAt, labelFor, localPath } from "../setup/repository_place.ts";
import { Secret } from "../text/secret.ts";
import type { MountLine } from "../zfs/mount_table.ts";
import type { Prompts } from "./prompts.ts";
import type { SetupAnswers } from "./setup_answers.ts";

/** What the questions need to know. */
interface Surroundings {
  /** Where the configuration will be, absolute. */
  readonly directory: string;
  readonly hostname: string;
  readonly mounts: readonly MountLine[];
}

const QUESTION = "What should be backed up?";

/** What was decided, and the passphrase to be written, if it has no file yet. */
interface Decided {
  readonly answers: Answers;
  readonly passphrase: Secret | undefined;
}

/**
 * Asks what the flags leave open.
 *
 * @param flags as `checkFlags()` has checked them
 * @param prompts `undefined`: nobody can be asked, and the flags leave nothing open
 * @throws {UsageError} when the flags can't be used on this machine, and nobody can be asked
 */
export async function decide(
  flags: SetupAnswers,
  prompts: Prompts | undefined,
  around: Surroundings,
): Promise<Decided> {
  const { hostname } = around;
  const name = flags.name ?? await prompts?.text(
    "Name of this backup (archives begin with it)",
    rejectName,
    rejectName(hostname) === undefined ? hostname : "myhost",
  ) ?? hostname;
  const { directories, zfs } = await decideSources(flags, prompts, around);
  const place = await decidePlace(flags, prompts, around, [
    ...directories,
    ...around.mounts.filter(({ source }) => zfs.datasets.includes(source))
      .map(({ target }) => target),
  ]);
  const label = flags.label ?? labelFor(place.url);
  const { file, passphrase } = await decidePassphrase(flags, prompts, around, label);
  const repository = { label, ...place, passphraseFile: file };
  return { answers: { name, directories, zfs, repository }, passphrase };
}

async function decideSources(
  flags: SetupAnswers,
  prompts: Prompts | undefined,
  { mounts }: Surroundings,
): Promise<{ readonly directories: readonly string[]; readonly zfs: DatasetChoice }> {
  const { directory, dataset } = flags;
  if (directory !== undefined || dataset !== undefined || prompts === undefined) {
    const given = [...new Set(dataset)];
    const directories = new Set(directory?.map((one) => absolutePath(one)));
    return { directories: [...directories], zfs: chooseDatasets(given, given) };
  }
  const proposed = await proposeSources(mounts, Deno);
  const width = Math.max(...proposed.map(({ name }) => name.length));
  for (let question = QUESTION;; question = `${QUESTION} Select at least one`) {
    const picked = proposed.length === 0 ? [] : await prompts.choose(
      question,
      proposed.map(({ name, about, usual }) => ({
        value: name,
        text: `${name.padEnd(width)}  ${about}`,
        picked: usual,
      })),
    );
    const named = (kind: "directory" | "dataset") =>
      proposed.filter((one) => one.kind === kind).map(({ name }) => name);
    const directories = new Set(named("directory").filter((name) => picked.includes(name)));
    for (;;) {
      const more = await prompts.text(
        "Another directory (Enter: no more)",
        (text) => text === "" ? undefined : rejectDirectory(text),
      );
      if (more === "") break;
      directories.add(absolutePath(more));
    }
    const datasets = named("dataset");
    const zfs = chooseDatasets(datasets, datasets.filter((name) => picked.includes(name)));
    if (directories.size + zfs.datasets.length > 0) return { directories: [...directories], zfs };
  }
}

async function decidePlace(
  flags: SetupAnswers,
  prompts: Prompts | undefined,
  { mounts }: Surroundings,
  sources: readonly string[],
): Promise<Pick<Answers["repository"], "url" | "sshKey" | "sameDisk">> {
  const [disk] = proposedDisks(mounts);
  for (let given = flags.repo;; given = undefined) {
    const url = given ?? await prompts?.text(
      "Repository: a directory on another disk, or ssh://user@host/path",
      rejectRepository,
      disk === undefined ? undefined : `${disk}/borg`,
    ) ?? "";
    const path = localPath(url);
    if (path === undefined) {
      const key = flags.sshKey ?? (given === undefined ? await askForKey(prompts) : undefined);
      return { url, sshKey: key, sameDisk: false };
    }
    const local = { url, sshKey: undefined };
    if (flags.sameDisk) return { ...local, sameDisk: true };
    const label = flags.label ?? labelFor(url);
    const problem = await diskProblemAt({ label, path }, sources, mounts);
    if (problem === undefined) return { ...local, sameDisk: false };
    if (prompts === undefined) {
      throw new UsageError(`Cannot use --repo "${url}": ${problem.message}`, {
        hint: "Mount the disk, or choose another one; if this is intended: --same-disk",
      });
    }
    if (await prompts.confirm(`${problem.message}. Use it anyway?`, false)) {
      return { ...local, sameDisk: true };
    }
  }
}

async function askForKey(prompts: Prompts | undefined): Promise<string | undefined> {
  const key = await prompts?.text(
    "File of the private SSH key (Enter: the default of ssh)",
    (text) => text === "" ? undefined : rejectSshKey(text),
  );
  return key === "" ? undefined : key;
}

/** A passphrase that exists is never replaced: a repository may be encrypted with it. */
async function decidePassphrase(
  flags: SetupAnswers,
  prompts: Prompts | undefined,
  { directory }: Surroundings,
  label: string,
): Promise<{ readonly file: string; readonly passphrase: Secret | undefined }> {
  if (flags.passphraseFile !== undefined) {
    return { file: absolutePath(flags.passphraseFile), passphrase: undefined };
  }
  let file = `${label}.passphrase`;
  for (let number = 2; await exists(join(directory, file)); number++) {
    const path = join(directory, file);
    if (prompts === undefined) {
      throw new UsageError(`Cannot generate a passphrase: "${path}" already exists`, {
        hint: `Use the passphrase in it: --passphrase-file ${path} instead of ` +
          "--generate-passphrase",
      });
    }
    const isUsable = await rejectPassphraseFile(path) === undefined;
    if (isUsable && await prompts.confirm(`Use the passphrase in the existing ${path}?`, true)) {
      return { file, passphrase: undefined };
    }
    file = `${label}-${number}.passphrase`;
  }
  const generates = flags.generatePassphrase || prompts === undefined ||
    await prompts.confirm("Generate a passphrase for the repository? (no: type one)", true);
  return { file, passphrase: generates ? generatedPassphrase() : await askForPassphrase(prompts) };
}

async function exists(path: string): Promise<boolean> {
  return await Deno.lstat(path).then(() => true, () => false);
}

/** Whichever of the two was mistyped, both are asked for again. */
async function askForPassphrase(prompts: Prompts): Promise<Secret> {
  for (let question = "Passphrase";; question = "The two were different. Passphrase") {
    const typed = await prompts.secret(question, rejectPassphrase);
    if (await prompts.secret("Repeat the passphrase", () => undefined) === typed) {
      return new Secret(typed);
    }
  }
}

/** 24 random bytes: as strong as the cipher that it protects. */
function generatedPassphrase(): Secret {
  const bytes = crypto.getRandomValues(new Uint8Array(24));
  return new Secret(btoa(String.fromCharCode(...bytes)));
}
