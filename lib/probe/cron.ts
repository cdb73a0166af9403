/**
 * Finds what cron starts.
 *
 * @module
 */
import { join } from "node:path";
import { readSmallText } from "../files/small_file.ts";

/** A line of cron. */
interface CronLine {
  readonly file: string;
  readonly line: string;
}

/** Tables of cron, each a file. */
const TABLES = ["etc/crontab", "etc/anacrontab"];

/** Directories of tables; those below `spool` are the users'. */
const DIRECTORIES = [
  "etc/cron.d",
  "var/spool/cron/crontabs",
  "var/spool/cron",
  "etc/cron.hourly",
  "etc/cron.daily",
  "etc/cron.weekly",
];

/** The longest line that is repeated, in characters. */
const LONGEST = 120;

/**
 * Finds lines that start `autoborg run`.
 *
 * @param root the root directory; another one in tests
 * @returns those that we may read; comments are left out
 */
export async function cronLines(root: string): Promise<readonly CronLine[]> {
  const files = TABLES.map((table) => join(root, table));
  for (const directory of DIRECTORIES) {
    // Cron passes over names with a dot, such as those that a package manager sets aside.
    for (const name of await filesIn(join(root, directory))) {
      if (!name.includes(".")) files.push(join(root, directory, name));
    }
  }
  const found = await Promise.all(files.map(linesOf));
  return found.flat();
}

async function filesIn(directory: string): Promise<readonly string[]> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(directory));
    return entries.filter(({ isDirectory }) => !isDirectory).map(({ name }) => name).toSorted();
  } catch {
    return [];
  }
}

async function linesOf(file: string): Promise<readonly CronLine[]> {
  let text: string;
  try {
    text = await readSmallText(file);
  } catch {
    return [];
  }
  return text.split("\n").map((line) => line.trim())
    .filter((line) => /^[^#]*\bautoborg\b.*\brun\b/.test(line))
    .map((line) => ({ file, line: line.slice(0, LONGEST) }));
}
