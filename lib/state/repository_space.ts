/**
 * How much space a repository has, how fast it grows, and when it is full. Pure; sizes are bytes.
 *
 * @module
 */
import { isRecord, parseJson } from "../text/json.ts";
import { humanSize, humanWeeks } from "../text/units.ts";

/** What is known of the space of a repository; Borg tells nothing of the free space of a server. */
export interface RepositorySpace {
  /** Free space of its file system, as far as this process may use it. */
  readonly free?: number;
  readonly total?: number;
  /** Free space that Borg does not touch: its `additional_free_space`. */
  readonly reserved?: number;
  /** Free space without which Borg refuses to write, as it needs it to compact. */
  readonly working?: number;
  /** Its `storage_quota`, and how much of it is used. */
  readonly quota?: number;
  readonly quotaUsed?: number;
  /** Neither prune nor compact frees anything. */
  readonly appendOnly?: true;
}

/** The size of a repository after an archive was made. */
export interface SizePoint {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly size: number;
  /** What the archive added to it. */
  readonly added: number;
}

/** What is to be expected of a repository. */
export interface SpaceForecast extends RepositorySpace {
  /** How much it may still grow; `undefined`: not known. */
  readonly room?: number;
  /** By how much it grows in a week, less than 0 when it shrinks; `undefined`: not known yet. */
  readonly growth?: number;
  /** In how many weeks it is full; `undefined`: not known, or never. */
  readonly fullIn?: number;
}

const DAY = 86_400_000;
const WEEK = 7 * DAY;

/** Growth is what has been usual in this time, in milliseconds. */
export const GROWTH_PERIOD = 9 * WEEK;

/** A week, less what the runs of two nights may differ. */
const PAIR = WEEK - DAY / 2;
/** With fewer pairs of nights one exception could be taken for the rule. */
const FEWEST_PAIRS = 3;

/** A repository that is full in as many weeks is a warning. */
const WEEKS_AHEAD = 4;

/**
 * How much a repository grows in a week: the median over all nights of how much larger it was than a
 * week before. A week has all that retention does each week, and a night that was out of the ordinary
 * counts in few of them.
 *
 * @param points its sizes, in any order
 * @returns bytes; `undefined` when there are too few nights
 */
export function weeklyGrowth(points: readonly SizePoint[]): number | undefined {
  const nights = lastOfEachDay(points);
  const slopes = nights.flatMap(({ at, size }, index) => {
    const before = nights.slice(0, index).findLast((night) => at - night.at >= PAIR);
    return before === undefined ? [] : [(size - before.size) * (WEEK / (at - before.at))];
  });
  if (slopes.length < FEWEST_PAIRS) return undefined;
  const sorted = slopes.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  const lower = sorted.length % 2 === 1 ? upper : sorted[middle - 1] ?? upper;
  return Math.round((lower + upper) / 2);
}

/**
 * What is to be expected of a repository, from its sizes so far. What is pruned from one that is
 * append-only still takes its space, so there all that was added counts.
 */
export function forecast(space: RepositorySpace, points: readonly SizePoint[]): SpaceForecast {
  const { free, reserved = 0, quota, quotaUsed } = space;
  // Where nothing is ever compacted, Borg needs none for that.
  const working = space.appendOnly === true ? 0 : space.working ?? 0;
  const ordered = points.toSorted((a, b) => a.at - b.at);
  const used = quotaUsed ?? ordered.at(-1)?.size;
  const limits = [
    ...(free === undefined ? [] : [free - reserved - working]),
    ...(quota === undefined || used === undefined ? [] : [quota - used]),
  ];
  const room = limits.length === 0 ? undefined : Math.max(0, Math.min(...limits));
  const growth = weeklyGrowth(space.appendOnly === true ? summed(ordered) : ordered);
  const fullIn = room === undefined || growth === undefined || growth <= 0
    ? undefined
    : room / growth;
  return {
    ...space,
    ...(room === undefined ? {} : { room }),
    ...(growth === undefined ? {} : { growth }),
    ...(fullIn === undefined ? {} : { fullIn }),
  };
}

function summed(points: readonly SizePoint[]): readonly SizePoint[] {
  let size = 0;
  return points.map((point) => ({ ...point, size: size += point.added }));
}

/** Whether a repository will be full soon. */
export function isFullSoon({ fullIn }: Pick<SpaceForecast, "fullIn">): boolean {
  return fullIn !== undefined && fullIn <= WEEKS_AHEAD;
}

/** Says when a repository will be full, for a warning. */
export function fullSoonText(
  label: string,
  { fullIn, growth, room }: Required<Pick<SpaceForecast, "fullIn" | "growth" | "room">>,
): string {
  return `The repository "${label}" will be full in ${humanWeeks(fullIn)}: it grows by ` +
    `${humanSize(growth)} a week, and there is room for ${humanSize(room)}`;
}

/** Reads a forecast as the history has it; what is damaged is not known. */
export function parseForecast(text: string): SpaceForecast {
  const value = parseJson(text);
  if (!isRecord(value)) return {};
  const numbers = NUMBERS.flatMap((name) => {
    const found = value[name];
    return typeof found === "number" ? [[name, found] as const] : [];
  });
  const appendOnly = value.appendOnly === true ? { appendOnly: true as const } : {};
  return { ...Object.fromEntries(numbers), ...appendOnly };
}

const NUMBERS = [
  ...["free", "total", "reserved", "quota", "quotaUsed", "room", "growth", "fullIn"] as const,
];

function lastOfEachDay(points: readonly SizePoint[]): readonly SizePoint[] {
  const ordered = points.toSorted((a, b) => a.at - b.at);
  return [...new Map(ordered.map((point) => [Math.floor(point.at / DAY), point])).values()];
}
