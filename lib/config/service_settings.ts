/**
 * Reads what a service of systemd must know of a configuration. It needs no secret, so it can be read
 * where those that systemd keeps for the service are out of reach.
 * @module
 */
import { dirname } from "node:path";
import type { Settings } from "./config_schema.ts";
import { type LoadEnvironment, readSettings } from "./load.ts";
import { absolute, type Surroundings } from "./paths.ts";
import { resolveUrl } from "./resolve.ts";

/** Where a backup goes, as far as a service must know. */
interface ServiceRepository {
  /** An absolute path exactly when the repository is local. */
  readonly url: string;
  readonly sshOptions: readonly string[];
}

/** Services that are stopped for the snapshot, as far as a service must know. */
export interface QuiescedServices {
  /** What runs the containers; `undefined`: there are only units. */
  readonly engine?: "docker" | "podman";
}

/** What a service must know of a configuration. */
export interface ServiceSettings {
  /** The file, absolute. */
  readonly path: string;
  /** The name of the series. */
  readonly name: string;
  /** Whether a run may read from snapshots. */
  readonly zfs: boolean;
  readonly repositories: readonly ServiceRepository[];
  /** What runs the services that are stopped for the snapshot; `undefined`: there are none. */
  readonly quiesce?: QuiescedServices;
  /** Whether an external program prints a passphrase. */
  readonly passphraseCommand: boolean;
  /** Whether servers of databases are dumped. */
  readonly hasServers: boolean;
  /** The directories of files of SQLite: who reads them keeps notes beside them. Absolute. */
  readonly sqliteDirectories: readonly string[];
  /** Whether there is mail or a channel to tell that backups are too old. */
  readonly hasAudience: boolean;
  /** Whether anything is reported or asked over the network. */
  readonly usesNetwork: boolean;
  /** Absolute. */
  readonly logsDirectory: string;
  /** Absolute. */
  readonly stateDirectory: string;
  /** Absolute. */
  readonly tempDirectory: string;
  /** Absolute. */
  readonly metricsTextfile?: string;
  /** Absolute. */
  readonly pageFile?: string;
  /** The names of the credentials that the configuration wants, each once. */
  readonly credentials: readonly string[];
  /** The names of those that are used if they are there. */
  readonly optionalCredentials: readonly string[];
  /** The names of those that could take the place of a secret that is kept elsewhere. */
  readonly possibleCredentials: readonly string[];
}

/**
 * Reads a configuration for its service. A credential that is not there is no mistake: systemd gives
 * it to the service alone.
 *
 * @throws {ConfigError} when the file can't be read or is invalid otherwise
 */
export async function loadServiceSettings(
  path: string,
  environment: LoadEnvironment,
): Promise<ServiceSettings> {
  const { file, settings, found, surroundings } = await readSettings(path, environment, true);
  const { name, repositories, zfs, quiesce, logs, paths, metrics, mail, notify, page, ping } =
    settings;
  const { databases } = settings;
  const place = (path: string) => absolute(path, surroundings);
  return {
    path: file,
    name,
    zfs: zfs.datasets.length > 0 || zfs.snapshotDirectories,
    repositories: repositories.map(({ url, sshOptions }) => ({
      url: resolveUrl(url, surroundings),
      sshOptions: sshOptions,
    })),
    ...quiesced(quiesce),
    passphraseCommand: repositories.some(({ passphraseCommand }) =>
      passphraseCommand !== undefined
    ),
    hasAudience: mail !== undefined || notify.length > 0,
    usesNetwork: mail !== undefined || ping.url !== undefined || notify.length > 0 ||
      databases.some(({ host }) => host !== undefined),
    hasServers: databases.some(({ kind }) => kind !== "sqlite"),
    sqliteDirectories: sqliteDirectories(databases, surroundings),
    logsDirectory: place(logs.directory),
    stateDirectory: place(paths.stateDir),
    tempDirectory: place(paths.tempDir),
    ...(metrics.textfile === undefined ? {} : { metricsTextfile: place(metrics.textfile) }),
    ...(page.file === undefined ? {} : { pageFile: place(page.file) }),
    credentials: [...new Set(found.credentials)],
    optionalCredentials: [...new Set(found.optionalCredentials)],
    possibleCredentials: [...new Set(found.possibleCredentials)],
  };
}

function sqliteDirectories(
  tables: Settings["databases"],
  surroundings: Surroundings,
): readonly string[] {
  const files = tables.filter(({ kind }) => kind === "sqlite").flatMap((one) =>
    one.databases ?? []
  );
  return [...new Set(files.map((file) => dirname(absolute(file, surroundings))))];
}

function quiesced(
  { units, containers, engine }: Settings["quiesce"],
): Pick<ServiceSettings, "quiesce"> {
  if (units.length + containers.length === 0) return {};
  return { quiesce: engine === undefined || containers.length === 0 ? {} : { engine } };
}
