/**
 * Finds programs through `PATH` only where no other user could have put one. Root's `PATH` may hold a
 * directory that other users can write to, and a user who plants a "borg" there becomes root.
 *
 * @module
 */
import { join } from "node:path";
import { AppError, reasonOf } from "../errors.ts";
import { installCommand } from "../text/install_command.ts";
import { callerNumber } from "../files/path_safety.ts";
import { closingCommand, describeUnsafe, findUnsafePlace } from "../files/path_safety.ts";

/**
 * Makes the environment that a program is started with: its `PATH` has no unsafe directories.
 *
 * @throws {AppError} as {@linkcode safeSearchPath} does
 */
export function safeEnvironment(
  program: string,
  env: Readonly<Record<string, string>>,
): Record<string, string> {
  const PATH = safeSearchPath(program, env.PATH);
  return PATH === undefined ? { ...env } : { ...env, PATH };
}

/** Says why a program can't be started, from what Deno threw. */
export function cannotStart(program: string, path: string | undefined, cause: unknown): AppError {
  const isMissing = cause instanceof Deno.errors.NotFound ||
    cause instanceof Deno.errors.NotCapable;
  if (isMissing && !program.includes("/") && isUnset(path)) return unsetPath(program, cause);
  if (isMissing) {
    return new AppError(`Cannot start "${program}": it is not installed`, {
      hint: `${howToInstall(program)}, or add its directory to PATH (${path ?? "unset"})`,
      cause,
    });
  }
  return new AppError(`Cannot start "${program}": ${reasonOf(cause)}`, { cause });
}

/** The packages of Debian and Ubuntu that programs are in. */
const PACKAGES: Readonly<Record<string, string>> = {
  "borg": "borgbackup",
  "docker": "docker.io",
  "kill": "procps",
  "mariadb": "mariadb-client",
  "mariadb-dump": "mariadb-client",
  "mount": "mount",
  "mysql": "default-mysql-client",
  "mysqldump": "default-mysql-client",
  "pg_dump": "postgresql-client",
  "pg_dumpall": "postgresql-client",
  "pg_restore": "postgresql-client",
  "psql": "postgresql-client",
  "podman": "podman",
  "systemctl": "systemd",
  "systemd-analyze": "systemd",
  "systemd-inhibit": "systemd",
  "umount": "mount",
  "zfs": "zfsutils-linux",
};

function howToInstall(program: string): string {
  const name = PACKAGES[program];
  return name === undefined ? "Install it" : `Install it: "${installCommand(name)}"`;
}

const USUAL_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

function unsetPath(program: string, cause?: unknown): AppError {
  return new AppError(`Cannot start "${program}": the variable PATH is not set`, {
    hint: `Set it where autoborg is started, such as a line "PATH=${USUAL_PATH}" of the crontab`,
    cause,
  });
}

/** Deno itself puts a directory of its own into an environment without `PATH`. */
function isUnset(path = ""): boolean {
  return path.split(":").every((place) => place === "" || place.endsWith("/node_compat_bin"));
}

/** Where a directory of `PATH` is open to others; `undefined` when it is not. */
type Fault = { readonly state: string; readonly command: string | undefined } | undefined;

/** What was found out about a directory or a program; programs are started often. */
const known = new Map<string, Fault>();
/** The safe directories of a `PATH` that has a program: each missing file costs an error of Deno's. */
const searched = new Map<string, string>();

/**
 * Makes sure that a program, and everything that it finds through `PATH` itself, is none that another
 * user planted. Only root is protected: others harm nobody but themselves.
 *
 * Up to the directory that has the program, each one must be safe. Those behind it are left out when
 * they are not: Borg finds `ssh` there.
 *
 * @param caller the number of the user who starts it; the one who runs autoborg when left out
 * @throws {AppError} when the program would be found behind or in an unsafe directory
 */
export function safeSearchPath(
  program: string,
  path: string | undefined,
  caller: number | undefined = callerNumber(),
): string | undefined {
  if (caller !== 0 || path === undefined) return path;
  const isName = !program.includes("/");
  if (isName && path === "") throw unsetPath(program);
  const search = `${program}\0${path}`;
  const before = searched.get(search);
  if (before !== undefined) return before;
  let isFound = !isName;
  const safe: string[] = [];
  for (const directory of path.split(":")) {
    const fault = faultOf(directory);
    if (fault !== undefined && !isFound) throw refused(program, directory, fault);
    if (fault !== undefined) continue;
    safe.push(directory);
    const file = join(directory, program);
    if (isFound || !isProgram(file)) continue;
    const own = faultOf(file);
    if (own !== undefined) throw refused(program, file, own);
    isFound = true;
  }
  const result = safe.join(":");
  if (isFound) searched.set(search, result);
  return result;
}

function faultOf(path: string): Fault {
  if (known.has(path)) return known.get(path);
  const fault = askFault(path);
  known.set(path, fault);
  return fault;
}

function askFault(path: string): Fault {
  if (!path.startsWith("/")) {
    return { state: "it is relative to the working directory", command: undefined };
  }
  try {
    const unsafe = findUnsafePlace(path, { missing: "looked-up" });
    if (unsafe === undefined) return undefined;
    return { state: describeUnsafe(unsafe), command: closingCommand(unsafe) };
  } catch (error) {
    return { state: reasonOf(error), command: undefined };
  }
}

function isProgram(file: string): boolean {
  try {
    const { isFile, mode } = Deno.statSync(file);
    return isFile && ((mode ?? 0) & 0o111) !== 0;
  } catch {
    return false;
  }
}

function refused(program: string, place: string, { state, command }: NonNullable<Fault>): AppError {
  const closed = command === undefined ? "" : `, or close it: ${command}`;
  return new AppError(
    `Refusing to start "${program}" as root: PATH leads to "${place}", where other users could put ` +
      `a program of that name: ${state}`,
    { hint: `Take that directory out of PATH${closed}` },
  );
}
