import { resolve } from "node:path";
import { ExitCode, reasonOf, UsageError } from "../../errors.ts";
import { makePrivateDirectory } from "../../files/private_directory.ts";
import type { Config } from "../../config/config_schema.ts";
import { History } from "../../state/history.ts";
import { historyPath } from "../../state/history_opening.ts";
import { borgCommand, keyExportCommand, ownCommand } from "../../text/own_command.ts";
import { readArchives, type ReadingFlags } from "../archive_session.ts";
import type { CliContext } from "../context.ts";
import { checkKeys } from "../checked_keys.ts";
import { exportKeys } from "../exported_keys.ts";
import { openHistory, withHistory } from "../past_runs.ts";
import { refreshMetrics } from "../run_metrics.ts";

/** `autoborg key export DIR` and `autoborg key check FILE...`. */
export async function keyVerb(
  this: CliContext,
  flags: ReadingFlags,
  ...words: readonly string[]
): Promise<void> {
  const [action, ...paths] = words;
  const [path] = paths;
  if (path === undefined || action !== "export" && action !== "check") throw unknown(words);
  if (action === "check") return await check(this, flags, paths);
  if (paths.length > 1) {
    throw new UsageError(`Cannot export keys to ${paths.length} directories: expected one`);
  }
  await exportTo(this, flags, resolve(path));
}

function unknown([action = ""]: readonly string[]): UsageError {
  const messages: Readonly<Record<string, string>> = {
    export: "Cannot export the keys: expected a directory to write the copies to",
    check: "Cannot check keys: expected one or more copies",
  };
  const message = messages[action] ??
    `Cannot run "key ${action}": expected "key export DIR" or "key check FILE..."`;
  const example = action === "check"
    ? ownCommand("key check", "/media/stick/LABEL.key")
    : action === "import"
    ? borgCommand("LABEL", "key", "import", "::", "FILE")
    : keyExportCommand();
  return new UsageError(message, { hint: `For example: ${example}` });
}

async function exportTo(
  context: CliContext,
  flags: ReadingFlags,
  directory: string,
): Promise<void> {
  await readArchives(context, flags, async (session) => {
    const { config } = session;
    const at = context.now().getTime();
    let isNoted = true;
    const code = await exportKeys(session, directory, context.print, (exported) => {
      try {
        using history = historyToWrite(config);
        for (const { label, fingerprint } of exported) {
          const ledger = history.keys(config.name, label);
          ledger.noteSeen(fingerprint, at);
          ledger.noteExport(fingerprint, at);
        }
      } catch (error) {
        isNoted = false;
        session.tell(
          `warning: The export was not recorded, so reports will go on asking for it: ` +
            reasonOf(error),
        );
      }
    });
    await refreshMetrics(context, config);
    return isNoted || code !== ExitCode.ok ? code : ExitCode.warning;
  });
}

/** The first export may come before the first run. */
function historyToWrite({ paths: { stateDir } }: Config): History {
  makePrivateDirectory({ path: stateDir, key: "paths.state_dir", mode: 0o700, link: "allowed" });
  return History.open(historyPath(stateDir));
}

async function check(
  context: CliContext,
  flags: ReadingFlags,
  paths: readonly string[],
): Promise<void> {
  await readArchives(context, flags, async (session) => {
    const { config } = session;
    const at = context.now().getTime();
    let isNoted = false;
    const { print } = context;
    const code = await checkKeys(session, paths, {
      print,
      knownId: (label) =>
        orNothing(() =>
          withHistory(
            config,
            (history) => history?.ledger(config.name, label).read().repository?.id,
          )
        ),
      note: ({ label, fingerprint }) =>
        orNothing(() => {
          // Another machine than the one that is backed up has no history, and needs none.
          using history = openHistory(config);
          const ledger = history?.keys(config.name, label);
          ledger?.noteSeen(fingerprint, at);
          ledger?.noteCheck(fingerprint, at);
          isNoted ||= ledger !== undefined;
        }),
    });
    if (isNoted) await refreshMetrics(context, config);
    return code;
  });
}

/** A copy is as good as it is, whether or not that can be recorded. */
function orNothing<T>(ask: () => T): T | undefined {
  try {
    return ask();
  } catch {
    return undefined;
  }
}
