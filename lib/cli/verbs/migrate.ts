import { basename, join, resolve as absolutePath } from "node:path";
import { AppError, ExitCode, reasonOf } from "../../errors.ts";
import { flushDirectory } from "../../files/durable_file.ts";
import { makePrivateDirectory } from "../../files/private_directory.ts";
import type { Note } from "../../migrate/draft.ts";
import { migrate } from "../../migrate/migrate.ts";
import { readSource, refusedScript } from "../../migrate/source_file.ts";
import { startWith, zfsRunner } from "../../staging/zfs_runner.ts";
import { printableLine } from "../../text/printable.ts";
import { listDatasets } from "../../zfs/dataset_list.ts";
import { poolOf } from "../../zfs/dataset_names.ts";
import { type CliContext, inheritedEnvironment } from "../context.ts";

/** The flags of `autoborg migrate`. */
export interface MigrateFlags {
  readonly write?: string;
}

/** How long ZFS is asked what lies below a pool, in milliseconds. */
const PATIENCE = 10_000;

/** `autoborg migrate`: prints or writes the settings of the Python script as a configuration. */
export async function migrateVerb(
  this: CliContext,
  flags: MigrateFlags,
  path: string,
): Promise<void> {
  const migration = await migrate({
    source: await readSource(path),
    file: basename(path),
    hostname: Deno.hostname(),
    separateSecrets: flags.write !== undefined,
    datasetsBelow: (dataset) => datasetsBelow(this, dataset),
  });
  if (typeof migration === "string") throw refusedScript(path, migration);
  const { toml, secrets, notes, open } = migration;
  if (flags.write === undefined) this.print(toml);
  else {
    const directory = absolutePath(flags.write);
    writeNew(directory, new Map([...secrets, ["config.toml", toml]]));
    for (const name of ["config.toml", ...secrets.keys()]) {
      this.tell(`wrote "${printableLine(join(directory, name))}"\n`);
    }
  }
  for (const note of notes) this.tell(lineOf(path, note));
  for (const { line, message } of open) {
    this.tell(lineOf(path, { line, message: `FILL IN: ${message}` }));
  }
  if (open.length > 0) this.end(ExitCode.warning);
}

/** In the form in which an editor can jump to it. */
function lineOf(path: string, { line, message }: Note): string {
  return `${printableLine(`${path}:${line === undefined ? "" : `${line}:`} ${message}`)}\n`;
}

async function datasetsBelow(
  { variable, start }: CliContext,
  dataset: string,
): Promise<readonly string[] | undefined> {
  const { PATH } = inheritedEnvironment(variable);
  const run = zfsRunner({
    scope: {},
    emit: () => {},
    environment: PATH === undefined ? {} : { PATH },
    signal: undefined,
    start: startWith(start),
    timeLimit: PATIENCE,
  });
  const list = await listDatasets(run, poolOf(dataset));
  if (list.kind === "failed") return undefined;
  return list.datasets.map(({ name }) => name).filter((name) => name.startsWith(`${dataset}/`));
}

/** Writes files that only their owner can read, none of which may exist; all of them, or none. */
function writeNew(directory: string, files: ReadonlyMap<string, string>): void {
  makePrivateDirectory({ path: directory, key: "--write", mode: 0o700, link: "allowed" });
  const made: string[] = [];
  for (const [name, text] of files) {
    const path = join(directory, name);
    try {
      using file = Deno.openSync(path, { write: true, createNew: true, mode: 0o600 });
      made.push(path);
      writeAll(file, new TextEncoder().encode(text));
      file.syncSync();
    } catch (error) {
      for (const one of made) Deno.removeSync(one);
      throw new AppError(`Cannot write ${JSON.stringify(path)}: ${reasonOf(error)}`, {
        hint: "Name a directory in which there is no such file, then compare both",
        cause: error,
      });
    }
  }
  flushDirectory(directory);
}

function writeAll(file: Deno.FsFile, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length;) written += file.writeSync(bytes.subarray(written));
}
