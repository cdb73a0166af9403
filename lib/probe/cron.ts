/** Finds what cron starts. @module */
import { join } from "node:path";
import { readSmallText } from "../files/small_file.ts";

interface CronLine {
  readonly file: string;
  /** From 1. */
  readonly number: number;
  /** Without the space around it. */
  readonly line: string;
}

/** Tables of cron, each a file. */
const TABLES = ["etc/crontab", "etc/anacrontab"];

/** Tables of the users, each named after one of them. */
const SPOOLS = ["var/spool/cron/crontabs", "var/spool/cron/tabs", "var/spool/cron"];

/** Directories of tables and of scripts. */
const DIRECTORIES = [
  "etc/cron.d",
  "etc/cron.hourly",
  "etc/cron.daily",
  "etc/cron.weekly",
  "etc/cron.monthly",
];

/**
 * Reads all that cron starts, as far as we may read it.
 *
 * @returns the lines; empty ones and comments are left out
 */
export async function cronLines(root: string): Promise<readonly CronLine[]> {
  const files = TABLES.map((table) => join(root, table));
  for (const directory of [...SPOOLS, ...DIRECTORIES]) {
    for (const name of await filesIn(join(root, directory))) {
      // Cron passes over names with a dot, such as those that a package manager sets aside.
      const isUsed = SPOOLS.includes(directory) || !name.includes(".");
      if (isUsed) files.push(join(root, directory, name));
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
  return text.split("\n").map((line, index) => ({ file, number: index + 1, line: line.trim() }))
    .filter(({ line }) => /^[^#]/.test(line));
}
