/**
 * What prune keeps: PRUNE_KEEP_*.
 *
 * @module
 */
import { retention as FIELDS } from "../config/repository_schema.ts";
import { Draft, type Point } from "./draft.ts";
import type { Value } from "./python/value.ts";
import { asFlag, asWhole, type Settings } from "./settings.ts";

const COUNTS = ["keep_last", "keep_daily", "keep_weekly", "keep_monthly", "keep_yearly"] as const;

/** Settings that change what is pruned: without one of them prune could take more than it did. */
const DECISIVE = [...COUNTS, "keep_within", "keep_hourly", "prune_enabled"] as const;

/** How many days the longer units of Borg's `--keep-within` have. */
const DAYS = { m: 31, y: 365 } as const;

/**
 * Makes the table of what prune keeps. When a part of it could not be read it is only shown, and so
 * nothing is pruned: with a part of the rules prune would take more than with all of them.
 *
 * @param settings the script's settings
 * @param points collects what a person must look at
 * @returns `[retention]`; `undefined` when the script has none
 */
export function retentionTable(settings: Settings, points: Point[]): Draft | undefined {
  const draft = new Draft("[retention]", points);
  for (const key of COUNTS) {
    const taken = settings.take(key, draft, "a whole number", asWhole);
    if (taken === undefined || taken.value === 0) continue;
    // Borg takes every negative number for "no limit".
    const isUnlimited = taken.value < 0 && key !== "keep_last";
    const count = { ...taken, value: isUnlimited ? -1 : taken.value };
    if (!draft.take(key, FIELDS[key], count)) settings.failed.add(key);
  }
  const within = settings.take("keep_within", draft, 'a string such as "7d"', asInterval);
  if (within !== undefined && !draft.take("keep_within", FIELDS.keep_within, within)) {
    settings.failed.add("keep_within");
  }
  takeHourly(settings, draft);
  takeSwitch(settings, draft);
  if (draft.entries.length === 0) return undefined;
  if (settings.isUncertain || DECISIVE.some((role) => settings.failed.has(role))) {
    draft.isOff = true;
    draft.look(undefined, "nothing is pruned until this table is complete and no comment any more");
  }
  return draft;
}

function takeHourly(settings: Settings, draft: Draft): void {
  const hourly = settings.take("keep_hourly", draft, "a whole number", asWhole);
  if (hourly === undefined || hourly.value === 0) return;
  settings.failed.add("keep_hourly");
  draft.unread(
    hourly.line,
    `${hourly.name} is not taken over: autoborg does not keep archives by the hour; ` +
      "keep_last and keep_within keep several of a day",
  );
}

function takeSwitch(settings: Settings, draft: Draft): void {
  const enabled = settings.take("prune_enabled", draft, "True or False", asFlag);
  if (enabled === undefined || enabled.value) return;
  draft.isOff = true;
  draft.remark(`Off, because of ${enabled.name} in line ${enabled.line}: nothing is pruned.`);
}

/** Reads an interval of Borg, such as "2d" or "1m", as one of autoborg. */
function asInterval(value: Value): string | undefined {
  if (value.kind !== "text") return undefined;
  const [, count = "", unit = ""] = /^(\d{1,6})([Hdwmy])$/.exec(value.text) ?? [];
  switch (unit) {
    case "H":
      return `${count}h`;
    case "d":
    case "w":
      return count + unit;
    case "m":
    case "y":
      return `${Number(count) * DAYS[unit]}d`;
    default:
      return undefined;
  }
}
