/** Asks whether a copy is kept of the key that a repository has now. @module */
import { keyFingerprint } from "../borg/key_copy.ts";
import { hasKey, keyExportArguments, parseKeyExport } from "../borg/key_export.ts";
import type { Repository } from "../config/config_schema.ts";
import { reasonOf } from "../errors.ts";
import { History } from "../state/history.ts";
import { historyPath } from "../state/history_opening.ts";
import { UNKNOWN_KEY } from "../state/key_ledger.ts";
import { keyRemark } from "../state/key_standing.ts";
import { localTime } from "../text/local_time.ts";
import { type Finding, ok, skipped, subject, warning } from "./finding.ts";
import { askBorg, type ProbeContext } from "./probe_context.ts";

/**
 * Compares the key of a repository, exported afresh, with the one that was exported last. That it can't
 * be exported is a finding of the repository, which is asked as well.
 *
 * @throws {AppError} when Borg can't be started
 */
export async function probeKey(context: ProbeContext, target: Repository): Promise<Finding> {
  const about = subject("key", target.label);
  if (!hasKey(target.encryption)) return skipped(about, "the repository has no key");
  const result = await askBorg(context, target, keyExportArguments(target));
  if (result === "timed-out") return skipped(about, "not compared: the repository did not answer");
  context.signal.throwIfAborted();
  const key = result.end.kind === "failed" ? undefined : parseKeyExport(result.stdout);
  if (key === undefined) return skipped(about, "not compared: it could not be exported");
  return judge(context, target, keyFingerprint(key.blob));
}

function judge({ config }: ProbeContext, { label, encryption }: Repository, seen: string): Finding {
  const about = subject("key", label);
  try {
    using history = History.openForReading(historyPath(config.paths.stateDir));
    const known = history?.keys(config.name, label).read() ?? UNKNOWN_KEY;
    const remark = keyRemark({ ...known, seen }, encryption);
    if (remark !== undefined) return warning(about, remark);
    const at = known.keptAt === null ? "" : ` at ${localTime(known.keptAt)}`;
    return ok(about, `exported${at}, and the same since`);
  } catch (error) {
    return skipped(about, `not compared: ${reasonOf(error)}`);
  }
}
