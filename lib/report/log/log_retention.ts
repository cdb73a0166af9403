/**
 * Keeps the newest log files. Only files with our exact name form are ours; everything else in the
 * directory is foreign and never touched.
 *
 * @module
 */
import { parseArchiveName } from "../../text/archive_name.ts";
import { AppError, reasonOf } from "../../errors.ts";

const SUFFIX = ".log";
const REFUSED_SUFFIX = ".refused.log";

/** The log file's name of a run: the new archive's name with `.log`. */
export function logFileName(archive: string): string {
  return `${archive}${SUFFIX}`;
}

/** The log file's name of a run that did not begin; none of them counts among those of runs. */
export function refusedLogName(archive: string): string {
  return `${archive}${REFUSED_SUFFIX}`;
}

interface RunOrder {
  /** The log of the run in progress; it always stays, and counts as one of those that do. */
  readonly running: string;
  /** Ids of the runs that the history knows, the last one first. */
  readonly known: readonly string[];
}

/**
 * Picks the oldest log files, which are to be removed.
 *
 * A clock may have been wrong when a log got its name, so the history's order counts. Logs that it
 * does not know come after those that it does, and those that are dated after the current run come
 * last: three logs dated 2036 must not push out tonight's.
 *
 * @param order without it the dates count
 */
export function expiredLogs(
  names: readonly string[],
  series: string,
  keep: number,
  order?: RunOrder,
): string[] {
  const now = order === undefined ? Infinity : timeOf(order.running, series) ?? Infinity;
  const places = new Map(order?.known.map((id, index) => [id, index]));
  const ours = names.flatMap((name) => {
    const parsed = parseLogName(name);
    if (parsed?.series !== series) return [];
    const time = parsed.startedAt.getTime();
    const place = name === order?.running ? -1 : places.get(parsed.runId);
    const group = place !== undefined ? 0 : time <= now ? 1 : 2;
    return [{ name, group, place: place ?? -time }];
  });
  ours.sort((a, b) => a.group - b.group || a.place - b.place || (a.name < b.name ? 1 : -1));
  return ours.slice(keep).map(({ name }) => name).filter((name) => name !== order?.running);
}

function parseLogName(name: string, suffix = SUFFIX): ReturnType<typeof parseArchiveName> {
  return name.endsWith(suffix) ? parseArchiveName(name.slice(0, -suffix.length)) : undefined;
}

function timeOf(name: string, series: string): number | undefined {
  const parsed = parseLogName(name);
  return parsed?.series === series ? parsed.startedAt.getTime() : undefined;
}

/**
 * Removes all but the newest log files of a series; one that can't be removed keeps none of the
 * others.
 *
 * @throws {AppError} when the directory can't be read or a file can't be removed
 */
export async function removeExpiredLogs(
  directory: string,
  series: string,
  keep: number,
  order?: RunOrder,
): Promise<number> {
  return await removeLogs(directory, (names) => expiredLogs(names, series, keep, order));
}

/**
 * Removes all but the newest logs of runs of a series that did not begin. They are counted by
 * themselves: a timer whose runs are refused every hour must not push out the logs of runs.
 *
 * @throws {AppError} when the directory can't be read or a file can't be removed
 */
export async function removeRefusedLogs(
  directory: string,
  series: string,
  keep: number,
): Promise<number> {
  return await removeLogs(directory, (names) => {
    const ours = names.flatMap((name) => {
      const parsed = parseLogName(name, REFUSED_SUFFIX);
      return parsed?.series === series ? [{ name, at: parsed.startedAt.getTime() }] : [];
    });
    return ours.toSorted((a, b) => b.at - a.at).slice(keep).map(({ name }) => name);
  });
}

async function removeLogs(
  directory: string,
  pick: (names: readonly string[]) => readonly string[],
): Promise<number> {
  try {
    const names: string[] = [];
    for await (const entry of Deno.readDir(directory)) if (entry.isFile) names.push(entry.name);
    const expired = pick(names);
    const results = await Promise.allSettled(
      expired.map((name) => Deno.remove(`${directory}/${name}`)),
    );
    const failed = results.find((result) => result.status === "rejected");
    if (failed !== undefined) throw failed.reason;
    return expired.length;
  } catch (error) {
    throw new AppError(`Cannot remove old logs from "${directory}": ${reasonOf(error)}`, {
      cause: error,
    });
  }
}
