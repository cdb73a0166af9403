/**
 * Checks what earlier runs found and nobody has settled: alarms that are open, and damage that a check
 * found. A repository that answers may be far from well.
 *
 * @module
 */
import { archiveTurns, knownDamage } from "../state/check_coverage.ts";
import { History } from "../state/history.ts";
import { historyPath } from "../state/history_opening.ts";
import { localTime } from "../text/local_time.ts";
import { ownCommand } from "../text/own_command.ts";
import { counted } from "../text/units.ts";
import type { ProbeContext } from "./probe_context.ts";
import { failed, type Finding, subject, warning } from "./finding.ts";

/** Reads what the history knows of each repository; it finds nothing before the first run. */
export function probeKnownProblems({ config }: Pick<ProbeContext, "config">): readonly Finding[] {
  using history = History.openForReading(historyPath(config.paths.stateDir));
  if (history === undefined) return [];
  return config.repositories.flatMap(({ label }) => {
    const { archives, alarms } = history.ledger(config.name, label).read();
    const state = history.checks(config.name, label).read();
    const about = subject("repository", label);
    const [damage, ...more] = knownDamage(state.repository, archiveTurns(archives, state));
    const open = alarms.filter(({ accepted }) => !accepted);
    return [
      ...(damage === undefined ? [] : [failed(
        about,
        `a check found damage${damage.foundAt === null ? "" : ` on ${localTime(damage.foundAt)}`}` +
          `${damage.archive === null ? "" : ` in the archive "${damage.archive}"`}: ` +
          `${damage.message}${more.length === 0 ? "" : `; and in ${more.length} more`}`,
        `Nothing is pruned until a check finds no damage. ` +
          `To see all of it: ${ownCommand("status")}`,
      )]),
      ...(open.length === 0 ? [] : [warning(
        about,
        `${counted(open.length, "alarm is", "alarms are")} open, nothing is pruned: ` +
          open.map(({ message }) => message).join("; "),
        `To see what to do: ${ownCommand("status")}. If all of this is expected: ` +
          ownCommand("accept", label),
      )]),
    ];
  });
}
