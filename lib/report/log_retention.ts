/**
 * Keeps the newest log files. Only files with our exact name form are ours; everything else in the
 * directory belongs to somebody else and is never touched.
 *
 * @module
 */
import { parseArchiveName } from "../archive_name.ts";
import { AppError, reasonOf } from "../errors.ts";

const SUFFIX = ".log";

/**
 * The log file's name of a run: the new archive's name with `.log`.
 *
 * @param archive the archive's name
 * @returns the file's name
 */
export function logFileName(archive: string): string {
  return `${archive}${SUFFIX}`;
}

/**
 * Picks the log files that go.
 *
 * @param names all names in the directory
 * @param series the name of the series; other series look after their own files
 * @param keep how many of the newest stay
 * @returns the names of the oldest ones
 */
export function expiredLogs(names: readonly string[], series: string, keep: number): string[] {
  const ours = names.flatMap((name) => {
    if (!name.endsWith(SUFFIX)) return [];
    const parsed = parseArchiveName(name.slice(0, -SUFFIX.length));
    return parsed?.series === series ? [{ name, time: parsed.startedAt.getTime() }] : [];
  });
  ours.sort((a, b) => b.time - a.time || (a.name < b.name ? 1 : -1));
  return ours.slice(keep).map(({ name }) => name);
}

/**
 * Removes the oldest log files of a series.
 *
 * @param directory where the logs are
 * @param series the name of the series
 * @param keep how many of the newest stay
 * @returns how many went
 * @throws {AppError} when the directory can't be read or a file can't be removed
 */
export async function removeExpiredLogs(
  directory: string,
  series: string,
  keep: number,
): Promise<number> {
  try {
    const names: string[] = [];
    for await (const entry of Deno.readDir(directory)) if (entry.isFile) names.push(entry.name);
    const expired = expiredLogs(names, series, keep);
    for (const name of expired) await Deno.remove(`${directory}/${name}`);
    return expired.length;
  } catch (error) {
    throw new AppError(`Cannot remove old logs from "${directory}": ${reasonOf(error)}`, {
      cause: error,
    });
  }
}
