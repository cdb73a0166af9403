/**
 * Checks whether everything can be written that a run writes besides its archives, and whether the hooks
 * may be run.
 *
 * @module
 */
import { dirname } from "node:path";
import { findForeign, foreignContent, knownTrees } from "../staging/temp_dir.ts";
import { tempDirectory } from "../staging/system.ts";
import { findHook, type HookPlace } from "../files/hook_file.ts";
import { ownDirectories } from "../borg/own_directories.ts";
import { AppError, reasonOf } from "../errors.ts";
import { requirePrivateDirectory } from "../files/private_directory.ts";
import type { ProbeContext } from "./probe_context.ts";
import { failed, failedBy, type Finding, ok, subject, warning } from "./finding.ts";
import { describeSpace, isScarce, LEAST_FOR_FILES, spaceAt } from "../files/free_space.ts";
import { testWrite } from "./write_test.ts";

/** A directory that is written to. */
interface Place {
  /** The key of the configuration, or what stands for it. */
  readonly name: string;
  readonly directory: string;
  /** Whether the program that uses it makes it when it is missing. */
  readonly need: "existing" | "made";
  /** Whether a run refuses to use it when other users can reach into it. */
  readonly isPrivate: boolean;
}

/** Checks the directories of state, logs, metrics and Borg's cache, and `temp_dir`. */
export async function probePlaces(context: ProbeContext): Promise<readonly Finding[]> {
  const { paths, logs, metrics } = context.config;
  const places: Place[] = [
    { name: "paths.state_dir", directory: paths.stateDir, need: "made", isPrivate: true },
    { name: "logs.directory", directory: logs.directory, need: "made", isPrivate: true },
  ];
  if (metrics.textfile !== undefined) {
    const directory = dirname(metrics.textfile);
    places.push({ name: "metrics.textfile", directory, need: "existing", isPrivate: false });
  }
  const { cache } = ownDirectories(context.inherited);
  if (cache !== undefined) {
    places.push({ name: "Borg's cache", directory: cache, need: "made", isPrivate: false });
  }
  const findings = await Promise.all(places.map(probePlace));
  return [...findings, await probeTempDir(paths)];
}

async function probePlace({ name, directory, need, isPrivate }: Place): Promise<Finding> {
  const about = subject("place", name);
  try {
    if (isPrivate) requirePrivateDirectory({ path: directory, key: name, link: "allowed" });
  } catch (error) {
    return failedBy(about, error);
  }
  const test = await testWrite(directory, need);
  if (test.kind === "failed") return failed(about, test.message, test.hint);
  const is = test.directory === directory ? "is writable" : "does not exist yet and can be created";
  const message = `"${directory}" ${is}`;
  const space = await spaceAt(test.directory);
  if (space === undefined) return ok(about, message);
  const whole = `${message}; ${describeSpace(space)}`;
  return isScarce(space, LEAST_FOR_FILES)
    ? warning(about, whole, `Free some space; check "df -h ${test.directory}"`)
    : ok(about, whole);
}

/** Nothing is written into it: a run that begins in this moment would take it for foreign. */
async function probeTempDir(paths: ProbeContext["config"]["paths"]): Promise<Finding> {
  const about = subject("place", "paths.temp_dir");
  const { tempDir, stateDir } = paths;
  let looking = stateDir;
  try {
    const known = await knownTrees(stateDir);
    looking = tempDir;
    requirePrivateDirectory(tempDirectory(tempDir));
    const foreign = await findForeign(tempDir, known);
    if (foreign.length > 0) return failedBy(about, foreignContent(tempDir, foreign));
    return ok(about, `"${tempDir}" is empty, or holds only what autoborg left`);
  } catch (error) {
    if (error instanceof AppError) return failedBy(about, error);
    if (!(error instanceof Deno.errors.NotFound)) {
      return failed(
        about,
        `Cannot read the directory "${looking}": ${reasonOf(error)}`,
        "autoborg usually runs as root; check owner and mode",
      );
    }
  }
  const test = await testWrite(tempDir, "made");
  if (test.kind === "failed") return failed(about, test.message, test.hint);
  return ok(about, `"${tempDir}" does not exist yet and can be created`);
}

const HOOKS = ["before-snapshot", "after-snapshot", "finished", "dump"];

/** Checks owner and mode of the hooks that exist, as a run does; none is started. */
export async function probeHooks(where: HookPlace = {}): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const hook of HOOKS) {
    const about = subject("hook", hook);
    try {
      const file = await findHook(where, hook);
      if (file !== undefined) findings.push(ok(about, `"${file}" would be run`));
    } catch (error) {
      findings.push(failedBy(about, error));
    }
  }
  return findings;
}
