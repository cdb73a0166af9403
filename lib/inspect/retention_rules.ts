/**
 * Borg's rules of retention, for archives that another machine prunes: what the rules keep must not be
 * gone, and for what retention will do with the last copy of a source. The rules are those of
 * `borg prune` (Borg 1.2 and 1.4, `prune_within()` and `prune_split()`).
 *
 * @module
 */
import { parseArchiveName } from "../text/archive_name.ts";
import type { RetentionRules } from "../borg/commands.ts";

/** An archive, and when it was begun. */
export interface DatedArchive {
  readonly name: string;
  readonly startedAt: Date;
}

/**
 * Says which archives the rules keep. Days, weeks and years are those of this machine's time zone, as
 * Borg has it.
 *
 * @param archives all archives of a series
 * @param now when the rules are applied
 * @param options `oldest`: where a rule finds fewer archives than it keeps, the oldest is kept as well,
 *   as Borg does from 1.2 on
 * @returns their names
 */
export function keptByRules(
  archives: readonly DatedArchive[],
  rules: RetentionRules,
  now: Date,
  { oldest = false }: { readonly oldest?: boolean } = {},
): ReadonlySet<string> {
  const newest = archives.toSorted((a, b) => b.startedAt.getTime() - a.startedAt.getTime());
  const since = now.getTime() - (rules.keepWithin ?? 0);
  const kept = new Set(
    newest.filter(({ startedAt }) => rules.keepWithin && startedAt.getTime() > since)
      .map(({ name }) => name),
  );
  const split = (count: number | undefined, period: (date: Date) => string) => {
    let left = count ?? 0;
    let last: string | undefined;
    for (const { name, startedAt } of newest) {
      if (left === 0) return;
      if (period(startedAt) === last) continue;
      last = period(startedAt);
      // One that another rule keeps already does not count.
      if (kept.has(name)) continue;
      kept.add(name);
      left -= 1;
    }
    const end = newest.at(-1);
    if (oldest && left > 0 && end !== undefined) kept.add(end.name);
  };
  split(rules.keepLast, (date) => String(Math.floor(date.getTime() / 1000)));
  split(rules.keepSecondly, (date) => String(Math.floor(date.getTime() / 1000)));
  split(rules.keepMinutely, (date) => `${hourOf(date)}:${date.getMinutes()}`);
  split(rules.keepHourly, hourOf);
  split(rules.keepDaily, (date) => date.toDateString());
  split(rules.keepWeekly, isoWeek);
  split(rules.keepMonthly, (date) => `${date.getFullYear()}-${date.getMonth()}`);
  split(rules.keep13weekly, weeksQuarter);
  split(rules.keep3monthly, (date) => `${date.getFullYear()}-${Math.floor(date.getMonth() / 3)}`);
  split(rules.keepYearly, (date) => String(date.getFullYear()));
  return kept;
}

/**
 * Says which archives of several series the rules keep, those of each series counted by themselves.
 *
 * @param names archives; others than ours are not kept
 */
export function keptInSeries(
  names: readonly string[],
  rulesOf: (series: string) => RetentionRules,
  now: Date,
): ReadonlySet<string> {
  const archives = names.flatMap((name) => {
    const parsed = parseArchiveName(name);
    return parsed === undefined ? [] : [{ ...parsed, name }];
  });
  const kept = [...Map.groupBy(archives, ({ series }) => series)].map(([series, own]) =>
    keptByRules(own, rulesOf(series), now)
  );
  return new Set(kept.flatMap((one) => [...one]));
}

function hourOf(date: Date): string {
  return `${date.toDateString()} ${date.getHours()}`;
}

/** The quarter of 13 weeks by ISO 8601, and its year; the last one has 14 weeks in some years. */
function weeksQuarter(date: Date): string {
  // The Thursday of a week is in the year that the week belongs to.
  const thursday = new Date(
    date.getFullYear(),
    date.getMonth(),
    date.getDate() - (date.getDay() + 6) % 7 + 3,
  );
  const year = thursday.getFullYear();
  const day = Math.round((thursday.getTime() - new Date(year, 0, 1).getTime()) / 86_400_000);
  return `${year}-${Math.min(3, Math.floor(Math.floor(day / 7) / 13))}`;
}

/** The day on which the week of a date begins, which stands for the week. */
function isoWeek(date: Date): string {
  const sinceMonday = (date.getDay() + 6) % 7;
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() - sinceMonday).toDateString();
}
