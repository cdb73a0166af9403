/**
 * The small tables: check, compact, logs and paths.
 *
 * @module
 */
import { filledTempDir } from "../config/checks.ts";
import { configSchema } from "../config/config_schema.ts";
import { Draft, type Point } from "./draft.ts";
import { meantPath, SURROUNDINGS, takePath } from "./paths.ts";
import { asFlag, asText, asWhole, type Settings } from "./settings.ts";

const LOGS = configSchema.shape.logs.unwrap().shape;
const PATHS = configSchema.shape.paths.unwrap().shape;

/** Directories that hold other things, and so can't be the one that must be empty. */
const SHARED = /^\/(?:(?:tmp|var|var\/tmp|run|dev\/shm|mnt|media|root|home|opt|srv)\/*)?$/;

/**
 * Makes the tables that need little thought.
 *
 * @param settings the script's settings
 * @param points collects what a person must look at
 * @returns those of `[check]`, `[compact]`, `[logs]` and `[paths]` that the script has settings for
 */
export function housekeepingTables(settings: Settings, points: Point[]): Draft[] {
  const check = new Draft("[check]", points);
  const enabled = settings.take("check_enabled", check, "True or False", asFlag);
  if (enabled !== undefined) check.set("enabled", enabled.value, enabled);
  const verify = settings.take("verify_data", check, "True or False", asFlag);
  if (verify !== undefined) check.set("verify_data", verify.value, verify);

  const compact = new Draft("[compact]", points);
  const freed = settings.take("compact_enabled", compact, "True or False", asFlag);
  if (freed !== undefined) compact.set("enabled", freed.value, freed);

  const logs = new Draft("[logs]", points);
  const directory = logDirectory(settings, logs);
  logs.take("keep", LOGS.keep, settings.take("log_keep", logs, "a whole number", asWhole));

  return [check, compact, logs, pathsTable(settings, directory, points)]
    .filter(({ entries }) => entries.length > 0);
}

/** Takes over where the logs are, and says where that is. */
function logDirectory(settings: Settings, logs: Draft): string | undefined {
  const taken = settings.take("log_directory", logs, "a string", asText);
  if (taken === undefined) return undefined;
  if (isTempFilled({ logs: { directory: meantPath(taken.value) } })) {
    logs.unread(
      taken.line,
      `${taken.name} is not taken over: /run/autoborg must be empty before a run`,
    );
    return undefined;
  }
  return takePath(logs, "directory", LOGS.directory, taken) ? meantPath(taken.value) : undefined;
}

function isTempFilled(document: object): boolean {
  return filledTempDir(document, SURROUNDINGS).length > 0;
}

function pathsTable(settings: Settings, directory: string | undefined, points: Point[]): Draft {
  const paths = new Draft("[paths]", points);
  const temp = settings.take("temp_dir", paths, "a string", asText);
  const isUsed = temp !== undefined && (SHARED.test(temp.value) ||
    isTempFilled({ logs: { directory }, paths: { temp_dir: meantPath(temp.value) } }));
  if (isUsed) {
    paths.look(
      temp.line,
      `${temp.name} is not taken over: autoborg needs an empty directory of its own, ` +
        "and makes /run/autoborg",
    );
  } else if (temp !== undefined) {
    const [shared] = /^\/(?:var\/)?tmp(?=\/)/.exec(temp.value) ?? [];
    if (shared !== undefined) {
      paths.look(
        temp.line,
        `${temp.name}: everybody may write to ${shared}; without this key it is /run/autoborg`,
      );
    } else paths.remark("It must be empty before a run.");
    takePath(paths, "temp_dir", PATHS.temp_dir, temp);
  }
  return paths;
}
