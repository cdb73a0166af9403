/**
 * Finds out which directories a run writes to. Everything else is read-only for the service.
 *
 * @module
 */
import { dirname } from "node:path";
import type { ServiceSettings } from "../config/service_settings.ts";

/** Variables that tell Borg where its own directories are. */
export type BorgVariables = Readonly<
  Partial<
    Record<
      | "BORG_BASE_DIR"
      | "BORG_CACHE_DIR"
      | "BORG_CONFIG_DIR"
      | "BORG_KEYS_DIR"
      | "BORG_SECURITY_DIR"
      | "XDG_CACHE_HOME"
      | "XDG_CONFIG_HOME",
      string
    >
  >
>;

/** The home directory of the service, which runs as root. */
export const HOME = "/root";

/**
 * Where Borg and what it starts put their temporary files. `/tmp` is everybody's, and a private one
 * would hide the real one from the backup. Not below `/run`, which many systems mount with `noexec`: a
 * Borg in one file unpacks itself there.
 */
export const TEMPORARY = "/var/cache/autoborg";

/** A directory that the service may write to. */
export interface WritableDirectory {
  /** Absolute. */
  readonly path: string;
  /** The permissions with which it is made on the first start; none: it is not made. */
  readonly mode?: string;
}

/** Private directories that a run makes when they are not there. */
const PRIVATE = "0700";
/** The same for logs, which a group may be let in to read. */
const LOGS = "0750";

/** Where the system's programs keep what does not outlive the next start. */
const RUN = "/run";
/** Below it, but closed by ProtectHome=. */
const RUN_OF_USERS = `${RUN}/user`;

/**
 * Lists the directories that a run writes to.
 *
 * Those that Borg, ssh or autoborg would make are made before the sandbox is entered: there
 * they could not be. A repository is never made: its disk may be absent.
 */
export function writableDirectories(
  settings: ServiceSettings,
  borg: BorgVariables,
): readonly WritableDirectory[] {
  const { repositories, metricsTextfile, pageFile, sqliteDirectories } = settings;
  const all: WritableDirectory[] = [
    { path: settings.stateDirectory, mode: PRIVATE },
    { path: settings.tempDirectory, mode: PRIVATE },
    { path: settings.logsDirectory, mode: LOGS },
    ...borgDirectories(borg).map((path) => ({ path, mode: PRIVATE })),
    ...repositories.filter(({ url }) => url.startsWith("/")).map(({ url }) => ({ path: url })),
    ...repositories.filter(({ url }) => !url.startsWith("/")).flatMap(({ sshOptions }) =>
      knownHostsDirectories(sshOptions)
    ),
    ...(metricsTextfile === undefined ? [] : [{ path: dirname(metricsTextfile) }]),
    ...(pageFile === undefined ? [] : [{ path: dirname(pageFile) }]),
    // SQLite can't read a database with a write-ahead log where it may write nothing.
    ...sqliteDirectories.map((path) => ({ path })),
    { path: TEMPORARY, mode: PRIVATE },
    // For hooks. A private /tmp would hide the real one from the backup.
    { path: "/tmp" },
    { path: "/var/tmp" },
    // Hooks, and the programs that they start, keep locks and pid files there. Were it closed, a
    // hook that works by hand would fail, and the backup with it, when the timer starts it.
    { path: RUN },
  ];
  return [...new Map(all.toReversed().map((one) => [one.path, one])).values()].toReversed();
}

/** The paths that the sandbox must open for these directories; those below /run are open with it. */
export function pathsToOpen(directories: readonly WritableDirectory[]): readonly string[] {
  const paths = directories.map(({ path }) => path);
  if (!paths.includes(RUN)) return paths;
  return paths.filter((path) =>
    !path.startsWith(`${RUN}/`) || `${path}/`.startsWith(`${RUN_OF_USERS}/`)
  );
}

/** Where Borg 1 keeps its cache, keys and notes, as its manual says under "Environment Variables". */
function borgDirectories(borg: BorgVariables): readonly string[] {
  const base = borg.BORG_BASE_DIR ?? HOME;
  // Those of XDG count only without BORG_BASE_DIR.
  const xdg = borg.BORG_BASE_DIR === undefined ? borg : {};
  const config = borg.BORG_CONFIG_DIR ?? `${xdg.XDG_CONFIG_HOME ?? `${base}/.config`}/borg`;
  return [
    borg.BORG_CACHE_DIR ?? `${xdg.XDG_CACHE_HOME ?? `${base}/.cache`}/borg`,
    config,
    borg.BORG_KEYS_DIR ?? `${config}/keys`,
    borg.BORG_SECURITY_DIR ?? `${config}/security`,
  ].filter((path, index) => index < 2 || !path.startsWith(`${config}/`));
}

/**
 * Where ssh writes host keys to: to its default place when a server tells of new ones, elsewhere
 * only when it may accept unknown ones.
 */
function knownHostsDirectories(sshOptions: readonly string[]): readonly WritableDirectory[] {
  const files = valuesOf(sshOptions, "userknownhostsfile").flatMap((value) => value.split(/\s+/));
  if (files.length === 0) return [{ path: `${HOME}/.ssh` }];
  const [strict] = valuesOf(sshOptions, "stricthostkeychecking");
  if (strict === undefined || !/^(?:accept-new|no|off)$/i.test(strict)) return [];
  return files.map((file) => file.replace(/^~\//, `${HOME}/`))
    .filter((file) => /^\/[^%"]*$/.test(file) && !file.startsWith("/dev/"))
    .map((file) => ({ path: dirname(file) }));
}

function valuesOf(sshOptions: readonly string[], key: string): readonly string[] {
  return sshOptions.flatMap((option) => {
    const at = option.indexOf("=");
    return option.slice(0, at).toLowerCase() === key ? [option.slice(at + 1).trim()] : [];
  });
}

/**
 * Moves what lies below an automount point to the directory above that point.
 *
 * When systemd prepares the service it looks at each writable path, which sets the automount off; if the disk
 * is absent that fails with "No such device", and a "-" before the path forgives only what does not exist
 * (measured with systemd 257: status=226/NAMESPACE). Above the automount point nothing is set off, and what
 * is mounted below it, then or later, is as writable as on the host.
 */
export function aboveAutomounts(
  directories: readonly WritableDirectory[],
  automounts: readonly string[],
): readonly WritableDirectory[] {
  const moved = directories.map((directory): WritableDirectory => {
    const { path } = directory;
    const [outermost] = automounts
      .filter((point) => point !== "/" && (path === point || path.startsWith(`${point}/`)))
      .toSorted((a, b) => a.length - b.length);
    return outermost === undefined ? directory : { path: dirname(outermost) };
  });
  return [...new Map(moved.map((one) => [one.path, one])).values()];
}
