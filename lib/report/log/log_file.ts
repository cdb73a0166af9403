/** The log file of a run: everything that happened, one file a run. @module */
import { configure, dispose, getLogger, type LogRecord } from "@logtape/logtape";
import type { Level } from "../../backup/events.ts";
import { AppError, reasonOf } from "../../errors.ts";
import { requirePrivateDirectory } from "../../files/private_directory.ts";
import type { Masker } from "../../text/secret.ts";
import { cutLines, LONGEST_LOG_LINE } from "../../text/cut.ts";
import { describeEvent, type Entry } from "../describe.ts";
import { LogWriter } from "./log_writer.ts";
import { printable } from "../../text/printable.ts";
import type { Reporter } from "../reporter.ts";
import { logTime } from "../../text/local_time.ts";

interface LogFileOptions {
  readonly directory: string;
  /** The file's name, from `logFileName()`. */
  readonly name: string;
  /** What is less important is left out. */
  readonly level: Level;
  readonly mask: Masker;
}

/**
 * Begins the log file of a run. A disk that is full or read-only is no reason to throw: the
 * reporter tries again with each entry, and its `problem` says what is missing.
 *
 * @throws {AppError} when there is a file of that name already
 */
export async function openLogFile(options: LogFileOptions): Promise<Reporter> {
  const path = `${options.directory}/${options.name}`;
  const writer = new LogWriter(path);
  try {
    requirePrivateDirectory({ path: options.directory, key: "logs.directory", link: "allowed" });
    writer.begin();
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError(`Cannot create the log file "${path}": ${reasonOf(error)}`, {
      hint: "Check that logs.directory is writable",
      cause: error,
    });
  }
  await configure({
    reset: true,
    sinks: { file: (record) => writer.append(formatRecord(record)) },
    loggers: [
      { category: ["autoborg"], sinks: ["file"], lowestLevel: options.level },
      { category: ["logtape", "meta"], sinks: [], lowestLevel: "error" },
    ],
  });
  return {
    name: `log file "${path}"`,
    handle: (event) => {
      // Borg may list hundreds of thousands of files: what is not wanted must cost next to nothing.
      if (event.type === "output" && IMPORTANCE[event.level] < IMPORTANCE[options.level]) return;
      for (const entry of describeEvent(event)) write(entry, options.mask);
      if (event.type === "step-finished" || event.type === "outcome-recorded") writer.flush();
    },
    get problem() {
      return writer.problem;
    },
    close: async () => {
      await dispose();
      writer.close();
    },
  };
}

function write(entry: Entry, mask: Masker): void {
  const { repository, step } = entry.scope;
  const category = ["autoborg", ...(repository === undefined ? [] : [repository])];
  const logger = getLogger(category).with({ step, repository, apart: entry.apart ?? false });
  // Cut behind the mask: half a secret would not be found.
  const text = cutLines(printable(mask(entry.text)), LONGEST_LOG_LINE);
  // A tagged template: braces in the text are no placeholders.
  if (entry.level === "error") logger.error`${text}`;
  else if (entry.level === "warning") logger.warn`${text}`;
  else if (entry.level === "info") logger.info`${text}`;
  else logger.debug`${text}`;
}

/**
 * Writes a record as it stands in the file: local time, level, repository and step, text. Further
 * lines of the same entry are indented, so that none of them can pass for an entry of its own.
 */
export function formatRecord(record: LogRecord): string {
  const time = logTime(new Date(record.timestamp));
  const { repository, step, apart } = record.properties;
  const scope = [repository, step].filter((part) => typeof part === "string").join(" ");
  const text = record.message.join("").replaceAll("\n", "\n    ");
  const blank = apart === true ? "\n" : "";
  return `${blank}${time} ${LEVELS[record.level].padEnd(7)} ${
    scope === "" ? "" : `[${scope}] `
  }${text}\n`;
}

const IMPORTANCE: Readonly<Record<Level, number>> = { debug: 0, info: 1, warning: 2, error: 3 };

const LEVELS: Readonly<Record<LogRecord["level"], string>> = {
  trace: "DEBUG",
  debug: "DEBUG",
  info: "INFO",
  warning: "WARNING",
  error: "ERROR",
  fatal: "ERROR",
};
