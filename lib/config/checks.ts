/**
 * What one key of the configuration alone can't tell: duplicates, that there is a source, and that
 * `temp_dir` holds none of the other directories.
 *
 * Like `secrets.ts` it works on the document as it was parsed, and passes over values that are
 * not what the schema wants: the schema reports them.
 * @module
 */
import { duplicates, repositoryPlace } from "./duplicates.ts";
import { unknownExpectations } from "./expected_paths.ts";
import { absolute, type Surroundings } from "./paths.ts";
import {
  asArray,
  formatPath,
  type KeyPath,
  type Problem,
  unfilled,
  valueAt,
} from "./config_problem.ts";
import { wrongQuiesce } from "./quiesce_checks.ts";
import { wrongRetention } from "./retention_checks.ts";
import { wrongRepositorySources } from "./repository_sources.ts";
import { configSchema } from "./config_schema.ts";
import { isWithin } from "../text/path_parts.ts";
import { humanLimit } from "../text/units.ts";
import { duration } from "./values.ts";

/** A key that names a directory; its schema knows the default. */
interface DirectoryKey {
  readonly key: KeyPath;
  readonly schema: typeof PATHS.temp_dir;
}

const PATHS = configSchema.shape.paths.unwrap().shape;
const TEMP_DIR: DirectoryKey = { key: ["paths", "temp_dir"], schema: PATHS.temp_dir };

/** What a run has already written to when it looks whether `temp_dir` is empty. */
const WRITTEN: readonly DirectoryKey[] = [
  { key: ["paths", "state_dir"], schema: PATHS.state_dir },
  { key: ["logs", "directory"], schema: configSchema.shape.logs.unwrap().shape.directory },
];

/** Checks a parsed file, valid or not, as a whole. */
export function checkDocument(document: unknown, surroundings: Surroundings): Problem[] {
  return [
    ...unfilled(document),
    ...withoutSources(document),
    ...kernelsFiles(document),
    ...["directories", "optional"].flatMap((key) =>
      duplicates(
        document,
        "directory",
        ["sources", key],
        [],
        (path) => absolute(path, surroundings),
      )
    ),
    ...duplicates(document, "dataset", ["zfs", "datasets"], [], (name) => name),
    ...duplicates(document, "label", ["repositories"], ["label"], (label) => label),
    ...duplicates(
      document,
      "url",
      ["repositories"],
      ["url"],
      (url) => repositoryPlace(url, surroundings),
    ),
    ...filledTempDir(document, surroundings),
    ...wrongRetention(document),
    ...waitsBeyondTimeout(document),
    ...unknownExpectations(document, surroundings),
    ...wrongRepositorySources(document, surroundings),
    ...wrongQuiesce(document),
  ];
}

function withoutSources(document: unknown): Problem[] {
  const shown: KeyPath[] = [["sources", "directories"], ["zfs", "datasets"]];
  const keys: KeyPath[] = [...shown, ["sources", "optional"]];
  const isEmpty = (value: unknown) =>
    value === undefined || (Array.isArray(value) && value.length === 0);
  if (!keys.every((key) => isEmpty(valueAt(document, key)) && !isBlocked(document, key))) return [];
  const path = keys.find((key) => valueAt(document, key) !== undefined) ?? ["sources"];
  return [{
    path,
    message: 'expected something to back up in "sources.directories" or "zfs.datasets", ' +
      "found both empty",
    absent: [...keys, ["sources"], ["zfs"]],
  }];
}

/**
 * Finds the root directory among the sources when nothing keeps Borg out of /proc: as a file of it,
 * `kcore` is as large as all that the machine could address, and others never end.
 */
function kernelsFiles(document: unknown): Problem[] {
  const path = ["sources", "directories"];
  const index = asArray(valueAt(document, path)).findIndex((one) => /^\/+$/.test(String(one)));
  if (index === -1 || valueAt(document, ["sources", "one_file_system"]) === true) return [];
  const excluded = asArray(valueAt(document, ["sources", "exclude"])).map(String);
  if (excluded.some((pattern) => /(?:^|[^\w.-])proc(?![\w.-])/.test(pattern))) return [];
  return [{
    path: [...path, index],
    message: 'expected one_file_system = true in [sources] with "/", or "/proc" and "/sys" in ' +
      "exclude: the kernel makes up what is there, and some of it never ends",
  }];
}

/** Whether the table of a key is not a table at all, so that nobody knows about the key. */
function isBlocked(document: unknown, [table = ""]: KeyPath): boolean {
  const value = valueAt(document, [table]);
  return value !== undefined && (typeof value !== "object" || Array.isArray(value));
}

/** Finds waits that are longer, all together, than a run may take. */
function waitsBeyondTimeout(document: unknown): Problem[] {
  const timeout = durationAt(document, ["run", "timeout"]);
  if (timeout === undefined) return [];
  const repositories = asArray(valueAt(document, ["repositories"]));
  const tables: KeyPath[] = [[], ...repositories.map((_, index) => ["repositories", index])];
  return tables.flatMap((table) => {
    const path = [...table, "retry", "waits"];
    const waits = asArray(valueAt(document, path))
      .map((_, index) => durationAt(document, [...path, index]) ?? 0);
    const sum = waits.reduce((all, wait) => all + wait, 0);
    if (sum <= timeout) return [];
    return [{
      path,
      message: `expected waits that fit into run.timeout, ${humanLimit(timeout)}, found ` +
        `${humanLimit(sum)} in all`,
    }];
  });
}

/** A duration in milliseconds; `undefined` where there is none, or something else. */
function durationAt(document: unknown, path: KeyPath): number | undefined {
  return duration().safeParse(valueAt(document, path)).data;
}

/** Finds other directories that keep `temp_dir` from being empty, as far as they are known. */
function filledTempDir(document: unknown, surroundings: Surroundings): Problem[] {
  const temp = directoryAt(document, TEMP_DIR, surroundings);
  if (temp === undefined) return [];
  return WRITTEN.flatMap((place) => {
    const directory = directoryAt(document, place, surroundings);
    if (directory === undefined || !isWithin(directory, temp)) return [];
    const absent = [TEMP_DIR.key, place.key].filter((key) => valueAt(document, key) === undefined);
    return [{ ...filledBy(place.key, directory, temp, absent.includes(TEMP_DIR.key)), absent }];
  });
}

/** The key that is to be changed stands in the file: it is the other one when `temp_dir` does not. */
function filledBy(key: KeyPath, directory: string, temp: string, isDefault: boolean): Problem {
  if (isDefault) {
    const outside = `${formatPath(TEMP_DIR.key)}, ${JSON.stringify(temp)}`;
    return {
      path: key,
      message: `expected a directory outside ${outside}, which must be empty before a run`,
    };
  }
  const found = directory === temp
    ? `the same as ${formatPath(key)}`
    : `one with ${formatPath(key)} in it`;
  const message = `expected a directory that is empty before a run, found ${found}`;
  return { path: TEMP_DIR.key, message };
}

function directoryAt(
  document: unknown,
  { key, schema }: DirectoryKey,
  surroundings: Surroundings,
): string | undefined {
  const { data } = schema.safeParse(valueAt(document, key));
  return data === undefined ? undefined : absolute(data, surroundings);
}
