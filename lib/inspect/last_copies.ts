/**
 * Finds out when retention removes the last archive that has the files of an absent source. Retention
 * counts archives, not what is in them, and an absent source does not hold it back.
 *
 * @module
 */
import { type AbsentSource, type Problem, warning } from "../problem.ts";
import type { RetentionRules } from "../borg/commands.ts";
import { type DatedArchive, keptByRules } from "./retention_rules.ts";
import { ownCommand } from "../text/own_command.ts";

const DAY = 24 * 3_600_000;

/** What is known of the archives of a series in a repository. */
interface LastCopyRequest {
  /** Optional sources that are not there, and whose files were backed up once. */
  readonly absent: readonly AbsentSource[];
  /** All that are there, with the one that this run has made. */
  readonly archives: readonly DatedArchive[];
  /** The optional sources that were absent from each archive of this machine's. */
  readonly absences: ReadonlyMap<string, readonly string[]>;
  readonly rules: RetentionRules;
  /** Archives that stay whatever the rules say. */
  readonly pinned?: ReadonlySet<string>;
  readonly now: Date;
}

/** Warns of each absent source of which retention keeps no copy, tonight or from the next run on. */
export function lastCopyProblems(request: LastCopyRequest): readonly Problem[] {
  const { absent, archives, absences, rules, pinned, now } = request;
  if (absent.length === 0 || Object.values(rules).every((rule) => !rule)) return [];
  const kept = keptByRules(archives, rules, now, { oldest: true });
  const next = keptByNextRun(archives.filter(({ name }) => kept.has(name)), rules, now);
  return absent.flatMap(({ path }) => {
    const copies = archives.filter(({ name }) => absences.get(name)?.includes(path) === false)
      .toSorted((a, b) => b.startedAt.getTime() - a.startedAt.getTime());
    if (copies.some(({ name }) => pinned?.has(name))) return [];
    const left = copies.filter(({ name }) => kept.has(name));
    if (left.some(({ name }) => next.has(name))) return [];
    const [last] = left.length > 0 ? left : copies;
    if (last === undefined) return [];
    const when = left.length > 0 ? "will no longer keep" : "no longer keeps";
    const from = left.length > 0 ? "from the next run on, " : "";
    return [warning(
      `The optional source ${JSON.stringify(path)} is absent, and ${from}retention ${when} the ` +
        `last archive with its files: ${last.name}`,
      `Plug it in, mount it and start a run: ${ownCommand("run")}. To keep the archive instead, ` +
        "set a longer [retention]",
    )];
  });
}

/** What the rules keep after the next run, if that comes as long after this one as this one did. */
function keptByNextRun(
  archives: readonly DatedArchive[],
  rules: RetentionRules,
  now: Date,
): ReadonlySet<string> {
  const [newest, last] = archives.map(({ startedAt }) => startedAt.getTime()).toSorted((a, b) =>
    b - a
  );
  const interval = newest === undefined || last === undefined ? DAY : newest - last;
  const startedAt = new Date(now.getTime() + interval);
  return keptByRules([...archives, { name: "", startedAt }], rules, startedAt, { oldest: true });
}
