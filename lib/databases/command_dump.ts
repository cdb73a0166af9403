/**
 * Whatever has no kind of its own: the hook `dump` writes the dump, containers included. It is called with
 * the label of its table. There is no mark that tells a whole dump from one that is cut off: the hook must
 * fail when the dump did.
 *
 * @module
 */
import type { DatabaseEntry } from "../config/database_entry.ts";
import { AppError } from "../errors.ts";
import { findHook, HOOK_DIRECTORY } from "../files/hook_file.ts";
import { COMMAND_DUMP } from "../text/database_series.ts";
import { ownCommand } from "../text/own_command.ts";
import { openAccess } from "./access.ts";
import type { DumpContext, DumpSource } from "./dump_source.ts";
import { openProgramDump } from "./program_dump.ts";

/** The name of the hook. */
const DUMP_HOOK = "dump";

/** What is dumped by a table of the kind "command". */
export function commandDump(entry: DatabaseEntry): DumpSource {
  const { label } = entry;
  return {
    name: { label, database: COMMAND_DUMP },
    fileName: `${label}.dump`,
    async open(context) {
      const program = await findDumpHook(entry, context);
      const access = await openAccess(entry, context);
      const env = { ...access.env, AUTOBORG_HOOK: DUMP_HOOK, AUTOBORG_DATABASE: label };
      return await openProgramDump({
        request: {
          program,
          args: [label],
          env,
          ...(access.user === undefined ? {} : { user: access.user }),
        },
        what: `"${label}"`,
        mask: (text) => text,
        hintFor: () => `Run it by hand: ${program} ${label} >/dev/null`,
        access,
      }, context);
    },
  };
}

/** Finds the hook that dumps a table. @throws {AppError} when there is none, or it may not be run */
export async function findDumpHook(
  { label }: Pick<DatabaseEntry, "label">,
  { hooks = {} }: Pick<DumpContext, "hooks">,
): Promise<string> {
  const program = await findHook(hooks, DUMP_HOOK);
  if (program !== undefined) return program;
  const file = `${hooks.directory ?? HOOK_DIRECTORY}/${DUMP_HOOK}`;
  throw new AppError(`Cannot dump "${label}": there is no hook "${file}"`, {
    hint: `Write one: ${ownCommand("help", "--guide", "databases")} shows how`,
  });
}
