/** The log of a run that could not begin. @module */
import { hintOf, reasonOf } from "../errors.ts";
import { openLogFile } from "../report/log/log_file.ts";
import { refusedLogName, removeRefusedLogs } from "../report/log/log_retention.ts";
import type { Masker } from "../text/secret.ts";
import type { CliContext } from "./context.ts";
import { VERSION } from "./version.ts";

/** A run that could not begin, and where logs are. */
interface RefusedLog {
  readonly name: string;
  readonly runId: string;
  /** The name that its archive would have had. */
  readonly archive: string;
  readonly directory: string;
  readonly keep: number;
  readonly mask: Masker;
}

/**
 * Writes a log of why a run did not begin, and removes the oldest of this kind. A log that can't be
 * written changes nothing of what else is told; a user who may not write there is told to be root.
 */
export async function logRefusal(
  context: CliContext,
  { name, runId, archive, directory, keep, mask }: RefusedLog,
  error: unknown,
): Promise<void> {
  const hint = hintOf(error).hint;
  const start =
    `autoborg ${VERSION}: run ${runId} of "${name}" on ${Deno.hostname()} did not begin`;
  const reason = `error: ${reasonOf(error)}${hint === undefined ? "" : `\nhint: ${hint}`}`;
  try {
    const options = { directory, name: refusedLogName(archive), level: "info", mask } as const;
    const log = await openLogFile(options);
    log.handle({ type: "note", scope: {}, level: "info", text: start });
    log.handle({ type: "note", scope: {}, level: "error", text: reason });
    await log.close();
    if (log.problem === undefined) await removeRefusedLogs(directory, name, keep);
    else if (Deno.uid() === 0) context.tell(`warning: ${mask(log.problem.message)}\n`);
  } catch (failure) {
    if (Deno.uid() === 0) context.tell(`warning: ${mask(reasonOf(failure))}\n`);
  }
}
