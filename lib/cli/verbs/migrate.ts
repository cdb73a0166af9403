import { basename, join, resolve as absolutePath } from "node:path";
import { ExitCode } from "../../errors.ts";
import { writeNewFiles } from "../../files/new_files.ts";
import type { Note } from "../../migrate/draft.ts";
import { migrate } from "../../migrate/migrate.ts";
import { readSource, refusedScript } from "../../migrate/source_file.ts";
import { printableLine } from "../../text/printable.ts";
import type { RunZfsCommand } from "../../zfs/command.ts";
import { listDatasets } from "../../zfs/dataset_list.ts";
import { poolOf } from "../../zfs/dataset_names.ts";
import type { CliContext } from "../context.ts";
import { zfsQueries } from "../zfs_queries.ts";

/** The flags of `autoborg migrate`. */
export interface MigrateFlags {
  readonly write?: string;
}

/** How long ZFS is asked what lies below a pool, in milliseconds. */
const TIMEOUT = 10_000;

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
    datasetsBelow: (dataset) => datasetsBelow(zfsQueries(this, TIMEOUT), dataset),
  });
  if (typeof migration === "string") throw refusedScript(path, migration);
  const { toml, secrets, notes, open } = migration;
  if (flags.write === undefined) this.print(toml);
  else {
    const directory = absolutePath(flags.write);
    writeNewFiles(directory, new Map([...secrets, ["config.toml", toml]]));
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
  run: RunZfsCommand,
  dataset: string,
): Promise<readonly string[] | undefined> {
  const list = await listDatasets(run, poolOf(dataset));
  if (list.kind === "failed") return undefined;
  return list.datasets.map(({ name }) => name).filter((name) => name.startsWith(`${dataset}/`));
}
