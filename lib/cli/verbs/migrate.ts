import { basename } from "node:path";
import { AppError, ExitCode } from "../../errors.ts";
import type { Point } from "../../migrate/draft.ts";
import { migrate, type Migration } from "../../migrate/migrate.ts";
import { readSource } from "../../migrate/source_file.ts";
import { printableLine } from "../../text/printable.ts";
import type { CliContext } from "../context.ts";

const NAMES = "BACKUP_DIRECTORIES, ZFS_POOLS, BORG_REPOSITORIES";

/** `autoborg migrate`: prints the settings of the Python script as a configuration. */
export async function migrateVerb(
  this: CliContext,
  _flags: Readonly<Record<string, never>>,
  path: string,
): Promise<void> {
  const source = await readSource(path);
  const migration = await migrate({ source, file: basename(path), hostname: Deno.hostname() });
  if (migration === undefined) {
    throw new AppError(`Cannot find a setting of a backup in ${JSON.stringify(path)}`, {
      hint: `Name the script itself: the variables of its top level are read, such as ${NAMES}`,
    });
  }
  this.print(migration.toml);
  this.tell(messages(path, migration).map((line) => `${printableLine(line)}\n`).join(""));
  if (migration.lacking.size > 0) throw incomplete(path, migration);
  if (migration.points.some(({ isUnread }) => isUnread)) this.end(ExitCode.warning);
}

function messages(path: string, { points, unknown }: Migration): string[] {
  const names = unknown.map(({ name, line }) => `${name} (line ${line})`).join(", ");
  return [
    ...points.map((point) => `${placeOf(path, point)}: ${point.message}`),
    ...(unknown.length === 0 ? [] : [`${path}: not taken over: ${names}`]),
  ];
}

/** In the form in which an editor can jump to it. */
function placeOf(path: string, { line }: Point): string {
  return line === undefined ? path : `${path}:${line}`;
}

function incomplete(path: string, { lacking }: Migration): AppError {
  const missing = [...lacking].map((one) => {
    return one === "sources" ? "nothing to back up" : "no repository";
  });
  const message = `Cannot make a complete configuration of ${JSON.stringify(path)}: ` +
    `${missing.join(" and ")} could be read`;
  return new AppError(message, {
    hint: "What could be read was printed; fill in by hand what its comments ask for",
  });
}
