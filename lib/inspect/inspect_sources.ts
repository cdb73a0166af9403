/**
 * Looks at each source for itself: one that went empty among others that are full changes the figures
 * of the whole archive by little. Unchanged files are not listed each night; that would cost 8 to 19
 * percent of Borg's CPU time. What Borg says anyway tells how many files are gone, and only when
 * more are gone than one source could lose unnoticed is the archive counted.
 *
 * @module
 */
import type { Alarm } from "../alarm.ts";
import { expected, reasonToCount, type SourceRequest, walked } from "./reason_to_count.ts";
import { goneAlarm, sourceAlarm, type SourceFigures, type SourceTonight } from "./source_alarms.ts";
import type { SeenSource, SourceFacts } from "./source_facts.ts";
import { compareMounts } from "./source_mounts.ts";
import type { SourceCount } from "./source_tally.ts";

/** What the inspection found. */
export interface SourceInspection {
  /** To be remembered for the next run. */
  readonly figures: readonly SourceFigures[];
  readonly alarms: readonly Alarm[];
  /** What is to be said once, and is no alarm. */
  readonly notes: readonly string[];
  /** Why the archive was counted, as the end of a sentence; `undefined`: it was not. */
  readonly counted: string | undefined;
  /** The sources that were judged: seen, and counted where that was necessary. */
  readonly judged: ReadonlySet<string>;
}

/** How many file systems are named. */
const NAMED = 10;

/** Inspects the sources. */
export async function inspectSources(request: SourceRequest): Promise<SourceInspection> {
  const { facts, past, limits } = request;
  const before = new Map(past.figures.map((figures) => [figures.path, figures]));
  const reason = reasonToCount(request, seenOf(facts), before);
  const counts = reason === undefined ? undefined : await request.countBySource();
  const looked = facts.flatMap((fact) => {
    if (fact.kind === "seen") return [fact];
    const last = before.get(fact.path);
    return last === undefined || counts === undefined ? [] : [asBefore(last)];
  });
  const tonight = looked.map((source) =>
    figuresOf(request, source, before.get(source.path), counts?.get(source.path))
  );
  const known = new Set(looked.map(({ path }) => path));
  const named = new Set(facts.map(({ path }) => path));
  const others = past.figures.filter(({ path }) => !known.has(path));
  const gone = others.filter(({ path }) => !named.has(path) && request.whereabouts(path) === "gone")
    .flatMap((figures) => goneAlarm(figures) ?? []);
  return {
    // What could not be looked at is compared with the same figures again.
    figures: [
      ...tonight.map(({ now }) => now),
      ...others.filter(({ path }) => named.has(path) || request.whereabouts(path) === "away"),
    ],
    alarms: [
      ...tonight.flatMap((source) => {
        return sourceAlarm(source, before.get(source.now.path), limits) ?? [];
      }),
      ...gone,
    ],
    notes: notesOf(request, before),
    counted: reason,
    judged: reason !== undefined && counts === undefined
      ? new Set()
      : new Set(tonight.filter(({ now }) => isJudged(request, now)).map(({ now }) => now.path)),
  };
}

/** Without a mount table it is unknown whether what was mounted below a source still is. */
function isJudged({ mounts }: SourceRequest, now: SourceFigures): boolean {
  return mounts !== undefined || now.mounts.length === 0;
}

function seenOf(facts: readonly SourceFacts[]): readonly SeenSource[] {
  return facts.filter((fact) => fact.kind === "seen");
}

/** A source that could not be looked at, but was counted: only the count says something. */
function asBefore({ path, mountPoint, entries }: SourceFigures): SeenSource {
  return {
    kind: "seen",
    path,
    mountPoint,
    entries,
    empty: false,
    marker: undefined,
    hasFile: true,
    content: undefined,
  };
}

/** Says what is no alarm; an empty source and a mount that is passed over only the first time. */
function notesOf(
  { facts, passedOver }: SourceRequest,
  before: ReadonlyMap<string, SourceFigures>,
): readonly string[] {
  const unseen = facts.filter((fact) => fact.kind === "unseen")
    .map(({ path, reason }) => `Cannot inspect the source ${JSON.stringify(path)}: ${reason}`);
  const empty = facts.filter((fact) => fact.kind === "seen" && fact.empty && !before.has(fact.path))
    .map(({ path }) => `The source ${JSON.stringify(path)} is empty`);
  const mounts = passedOver.filter(({ source, mountPoint }) => {
    return !before.get(source)?.passedOver.includes(mountPoint);
  });
  const names = mounts.slice(0, NAMED).map(({ mountPoint, type }) => {
    return `${JSON.stringify(mountPoint)} (${type})`;
  });
  const more = mounts.length > NAMED ? `, and ${mounts.length - NAMED} more` : "";
  const skipped = mounts.length === 0 ? [] : [
    `Not in the archive, because sources.one_file_system is set: ${names.join(", ")}${more}`,
  ];
  return [...unseen, ...empty, ...skipped];
}

function figuresOf(
  request: SourceRequest,
  seen: SeenSource,
  before: SourceFigures | undefined,
  count: SourceCount | undefined,
): SourceTonight {
  const { facts, archive, rules, passedOver, whereabouts } = request;
  const { path, mountPoint, entries, empty, marker, content } = seen;
  const present = content?.files ?? null;
  const skipped = passedOver.filter(({ source }) => source === path)
    .map(({ mountPoint }) => mountPoint);
  const passed = [...new Set([...before?.passedOver ?? [], ...skipped])];
  const isSource = (at: string) =>
    facts.some((fact) => fact.path === at) || whereabouts(at) !== "not a source";
  const below = compareMounts({ ...request, isSource }, path, before?.mounts ?? []);
  const none = empty || marker !== undefined;
  const vouched = before?.rules === rules && walked(seen, before)?.exact;
  // Small changes must not add up to a large one that was never counted.
  const isCounted = count !== undefined || vouched === true || before === undefined;
  const doubtful = isCounted ? content?.doubtful ?? null : before.doubtful;
  const root = { path, mountPoint, entries, empty, present, doubtful };
  const known = { ...root, passedOver: passed, mounts: below.mounts, rules };
  const exact = count ?? (none ? NOTHING : vouched ? content : undefined);
  const bytes = exact?.bytes ?? null;
  const files = exact?.files ?? (before === undefined ? null : expected(seen, before, archive));
  return {
    seen,
    now: { ...known, files, bytes: bytes ?? before?.bytes ?? null },
    counted: exact !== undefined,
    sized: bytes !== null,
    archived: count?.entries ?? (none ? 0 : undefined),
    unmounted: below.unmounted,
  };
}

const NOTHING = { files: 0, bytes: 0 };
