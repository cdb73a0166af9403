import { basename, dirname, resolve as absolutePath } from "node:path";
import { parseBorgVersion, unsupportedBorg } from "../../borg/borg_version.ts";
import { environmentWithoutRepository } from "../../borg/environment.ts";
import { loadConfig } from "../../config/load.ts";
import { AppError, ExitCode, UsageError } from "../../errors.ts";
import { configText } from "../../setup/new_config.ts";
import { exampleConfig, installedSchema } from "../../setup/schema_file.ts";
import { requireWritable, writeConfig } from "../../setup/write_config.ts";
import { ownCommand } from "../../text/own_command.ts";
import { printableLine } from "../../text/printable.ts";
import { parseMountLine, readMountTable } from "../../zfs/mount_table.ts";
import { chosenConfig, type CliContext, inheritedEnvironment } from "../context.ts";
import type { Prompts } from "../prompts.ts";
import {
  checkFlags,
  missingFlags,
  refuseContradictions,
  type SetupAnswers,
} from "../setup_answers.ts";
import { completeSetup } from "../setup_command.ts";
import { decide } from "../setup_questions.ts";
import { takeSteps } from "../setup_steps.ts";
import { zfsQueries } from "../zfs_queries.ts";

interface SetupFlags extends SetupAnswers {
  readonly example: boolean;
}

/** How long Borg, ZFS and the mount table may take, in milliseconds. */
const PATIENCE = 10_000;

/** `autoborg setup`: makes a configuration from answers, and takes the first steps with it. */
export async function setupVerb(this: CliContext, flags: SetupFlags): Promise<void> {
  if (flags.example) return this.print(exampleConfig(await installedSchema()));
  refuseContradictions(flags);
  const chosen = chosenConfig(this, flags);
  const path = absolutePath(chosen.path);
  const prompts = await this.prompts();
  const keeps = await beforeWriting(() => keepsExisting(path, flags, prompts));
  const missing = missingFlags(flags, keeps);
  if (missing.length > 0 && prompts === undefined) {
    throw cannotAsk(missing, completeSetup(flags, keeps, Deno.hostname()));
  }
  await warnOfBorg(this);
  if (!keeps) await makeConfig(this, path, flags, prompts);
  const { config, warnings } = await loadConfig(path, chosen.environment);
  for (const warning of warnings) this.tell(`warning: ${warning}\n`);
  await takeSteps(this, { flags, path, repositories: config.repositories, keeps, prompts });
}

/** Asks, and says of Ctrl-C that it was in time. */
async function beforeWriting<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof AppError) || error.exitCode !== ExitCode.interrupted) throw error;
    const { message, exitCode } = error;
    throw new AppError(`${message}; nothing was written`, { exitCode, cause: error });
  }
}

/** Asks for a configuration, and writes it. */
async function makeConfig(
  context: CliContext,
  path: string,
  flags: SetupFlags,
  prompts: Prompts | undefined,
): Promise<void> {
  const run = zfsQueries(context, PATIENCE);
  await checkFlags(flags, run);
  requireWritable(path);
  const table = await readMountTable(run);
  const { answers, passphrase } = await beforeWriting(() =>
    decide(flags, prompts, {
      directory: dirname(path),
      hostname: Deno.hostname(),
      mounts: table.kind === "read" ? table.lines.flatMap((one) => parseMountLine(one) ?? []) : [],
    })
  );
  const { passphraseFile } = answers.repository;
  const { written, kept } = writeConfig({
    path,
    text: configText(answers, await installedSchema()),
    passphrase: passphrase === undefined ? undefined : { file: passphraseFile, secret: passphrase },
  }, context.now());
  if (kept !== undefined) {
    context.tell(`the old configuration is kept as "${printableLine(kept)}"\n`);
  }
  for (const file of written) context.tell(`wrote "${printableLine(file)}"\n`);
}

/** Says before the questions why Borg will not work; the configuration can be made nevertheless. */
async function warnOfBorg({ start, variable, tell }: CliContext): Promise<void> {
  let problem: { readonly message: string; readonly hint?: string | undefined } | undefined;
  try {
    const env = environmentWithoutRepository(inheritedEnvironment(variable));
    const request = { program: "borg", args: ["--version"], env, timeLimit: PATIENCE };
    const version = parseBorgVersion((await start(request)).stdout);
    problem = version === undefined ? undefined : unsupportedBorg(version);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    problem = error;
  }
  if (problem === undefined) return;
  tell(`warning: ${problem.message}\n`);
  if (problem.hint !== undefined) tell(`  hint: ${problem.hint}\n`);
}

function cannotAsk(missing: readonly string[], example: string): UsageError {
  return new UsageError(
    `Cannot ask without a terminal: expected every answer as an option, and these are missing: ` +
      missing.join(", "),
    { hint: `For example: ${example}` },
  );
}

/** Whether the steps are taken with a configuration that exists; without an answer none is touched. */
async function keepsExisting(
  path: string,
  { keep, overwrite }: SetupFlags,
  prompts: Prompts | undefined,
): Promise<boolean> {
  if (!await Deno.lstat(path).then(() => true, () => false)) return false;
  if (keep || overwrite) return keep;
  const shown = printableLine(path);
  if (prompts !== undefined) {
    if (await prompts.confirm(`${shown} already exists. Go on with it?`, true)) return true;
    const question = `Replace it, and keep the old one as ${basename(shown)}.TIME?`;
    if (await prompts.confirm(question, false)) return false;
  }
  throw new AppError(`Refusing to replace "${path}": it already exists`, {
    hint:
      `Go on with it: ${ownCommand("setup", "--keep")}; --overwrite replaces it and keeps the ` +
      "old one, --config FILE writes another one",
  });
}
