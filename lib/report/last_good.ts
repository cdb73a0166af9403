/**
 * How old the last good backup in each repository is: what a person asks first when a run failed.
 * Pure.
 *
 * @module
 */
import type { RepositoryOutcome, RunOutcome } from "../backup/outcome.ts";
import type { History } from "../state/history.ts";
import { parseArchiveName } from "../text/archive_name.ts";
import { localTime } from "../text/local_time.ts";
import { humanAge } from "../text/units.ts";
import { repositoryWord } from "./describe.ts";

/** The last good backup that the history knows of. */
export interface GoodBackup {
  readonly runId: string;
  readonly startedAt: Date;
  /** Another machine made it: this one only prunes. */
  readonly elsewhere?: true;
}

/** What the last good backup is looked up in. */
export type BackupPast = Pick<History, "goodBackups" | "hasCreated" | "ledger">;

/**
 * Looks up the last good backup in a repository. One into which this machine has never made an archive
 * has the archives of another machine, which this one only prunes: the newest that is there counts.
 */
export function lastGoodBackup(
  past: BackupPast,
  name: string,
  label: string,
): GoodBackup | undefined {
  const [last] = past.goodBackups(name, label, 1);
  if (last !== undefined) return { runId: last.run.id, startedAt: new Date(last.run.startedAt) };
  if (past.hasCreated(name, label)) return undefined;
  return past.ledger(name, label).read().archives.flatMap(({ name: archive, state }) => {
    const parsed = state === "present" ? parseArchiveName(archive) : undefined;
    if (parsed?.series !== name) return [];
    const { runId, startedAt } = parsed;
    return [{ runId, startedAt, elsewhere: true as const }];
  }).toSorted((a, b) => b.startedAt.getTime() - a.startedAt.getTime())[0];
}

/** Looks up the last good backup in a repository. */
export type LastGood = (label: string) => GoodBackup | undefined;

/** One row of the table. */
export interface LastGoodRow {
  readonly repository: string;
  /** What became of it in the run; empty when there was none. */
  readonly result: string;
  /** How bad the result is. */
  readonly state: RepositoryOutcome["state"];
  readonly backup: string;
}

/** The heads of the table's columns, in their order. */
export const LAST_GOOD_COLUMNS = [
  ["repository", "Repository"],
  ["result", "Result"],
  ["backup", "Last good backup"],
] as const;

/** A row for each repository; none when all of them have a good backup of this run. */
export function lastGoodRows(outcome: RunOutcome, lastGood: LastGood): readonly LastGoodRow[] {
  const { runId, finishedAt, repositories } = outcome;
  const rows = repositories.map((repository) => {
    const { label } = repository;
    const result = repositoryWord(repository);
    const state = result === "incomplete" ? "failed" : result;
    const backup = lastGood(label);
    const isOwn = backup?.runId === runId;
    const text = isOwn ? "from this run" : ageText(backup, finishedAt);
    return { repository: label, result, state, backup: text, isOwn };
  });
  if (outcome.state === "ok" && rows.every(({ isOwn }) => isOwn)) return [];
  return rows.map(({ isOwn: _, ...row }) => row);
}

/** Such as "2 d 4 h ago, from 2026-11-20 05:00 +01:00". */
export function ageText(backup: GoodBackup | undefined, now: Date): string {
  if (backup === undefined) return "none";
  const age = now.getTime() - backup.startedAt.getTime();
  const by = backup.elsewhere === true ? ", by another machine" : "";
  const from = `from ${localTime(backup.startedAt)}${by}`;
  return age < 0 ? `${from}, in the future` : `${humanAge(age)} ago, ${from}`;
}
