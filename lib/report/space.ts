/** How much space a repository has, for programs and for people. Pure. @module */
import { parseForecast, type SpaceForecast } from "../state/repository_space.ts";
import { humanSize, humanWeeks } from "../text/units.ts";

/** The space of a repository when it was looked at last; `null` for what is not known. */
export interface SpaceReport {
  /** Free space of its file system; not known of a repository on a server. */
  readonly freeBytes: number | null;
  readonly totalBytes: number | null;
  /** Free space that Borg does not touch: `additional_free_space`. */
  readonly reservedBytes: number | null;
  /** Its storage quota, and how much of it is used. */
  readonly quotaBytes: number | null;
  readonly quotaUsedBytes: number | null;
  /** Neither prune nor compact frees anything in it. */
  readonly appendOnly: boolean;
  /** By how much it may still grow, without what Borg needs to be free to work in. */
  readonly roomBytes: number | null;
  /** By how much it usually grows in a week; less than 0: it shrinks. */
  readonly growthBytesPerWeek: number | null;
  /** In how many weeks it is full; `null` also when it does not grow. */
  readonly fullInWeeks: number | null;
}

/** Reads the space of a repository as the history has it. */
export function spaceReport(text: string | null | undefined): SpaceReport | null {
  return text === null || text === undefined ? null : reportOf(parseForecast(text));
}

function reportOf(space: SpaceForecast): SpaceReport {
  return {
    freeBytes: space.free ?? null,
    totalBytes: space.total ?? null,
    reservedBytes: space.reserved ?? null,
    quotaBytes: space.quota ?? null,
    quotaUsedBytes: space.quotaUsed ?? null,
    appendOnly: space.appendOnly === true,
    roomBytes: space.room ?? null,
    growthBytesPerWeek: space.growth ?? null,
    fullInWeeks: space.fullIn === undefined ? null : Math.round(space.fullIn * 10) / 10,
  };
}

/**
 * Such as "12.5 GiB free, grows by 1.2 GiB a week, full in about 10 weeks"; `undefined` as long as
 * nothing is known of what will be.
 */
export function spaceText(space: SpaceForecast | undefined): string | undefined {
  if (space === undefined) return undefined;
  const { growth, fullIn, appendOnly } = space;
  if (growth === undefined && appendOnly !== true) return undefined;
  return [
    roomText(space),
    ...(growth === undefined ? [] : [growthText(growth)]),
    ...(fullIn === undefined ? [] : [`full in ${humanWeeks(fullIn)}`]),
    ...(appendOnly === true ? ["append-only: prune and compact free nothing"] : []),
  ].join(", ");
}

/** The same of a report. */
export function reportedSpaceText(report: SpaceReport | null): string | undefined {
  return spaceText(
    report === null ? undefined : {
      ...known("free", report.freeBytes),
      ...known("quota", report.quotaBytes),
      ...known("quotaUsed", report.quotaUsedBytes),
      ...known("room", report.roomBytes),
      ...known("growth", report.growthBytesPerWeek),
      ...known("fullIn", report.fullInWeeks),
      ...(report.appendOnly ? { appendOnly: true } : {}),
    },
  );
}

function known(name: keyof SpaceForecast, value: number | null) {
  return value === null ? {} : { [name]: value };
}

function roomText({ free, quota, quotaUsed, room }: SpaceForecast): string {
  if (quota !== undefined && quotaUsed !== undefined && room !== free) {
    return `${humanSize(quotaUsed)} of its quota of ${humanSize(quota)} used`;
  }
  if (free === undefined) return "the free space of its server is not known";
  const left = room === undefined || room === free ? "" : `, room for ${humanSize(room)}`;
  return `${humanSize(free)} free${left}`;
}

function growthText(growth: number): string {
  if (growth > 0) return `grows by ${humanSize(growth)} a week`;
  return growth < 0 ? `shrinks by ${humanSize(-growth)} a week` : "does not grow";
}
