/** Makes the effective configuration from valid settings. @module */
import type { RepositoryKey } from "../borg/repository.ts";
import { Secret } from "../text/secret.ts";
import { absolute, type Surroundings } from "./paths.ts";
import { parseRepositoryUrl } from "./repository_url.ts";
import type { Config, Mail, Repository, Retention, Settings } from "./config_schema.ts";

/** The secrets that belong to the settings. */
interface ResolvedSecrets {
  /** The key of each repository, by its index. */
  readonly keys: ReadonlyMap<number, RepositoryKey>;
  /** The password of the mail server. */
  readonly mailPassword: Secret | undefined;
}

/** The port of a mail server when none is set. */
const PORTS = { starttls: 587, tls: 465, none: 25 } as const;

/** Fills in what the settings leave open and makes every path absolute. */
export function resolve(
  settings: Settings,
  secrets: ResolvedSecrets,
  surroundings: Surroundings,
): Config {
  const { name, sources, zfs, verify, sizeGuard, changeGuard, expect, logs } = settings;
  const { mail, paths, run, status, ping, metrics } = settings;
  const place = (path: string) => absolute(path, surroundings);
  return {
    name,
    sources: {
      ...sources,
      directories: sources.directories.map(place),
      optional: sources.optional.map(place),
    },
    zfs,
    repositories: settings.repositories.map((repository, index) => {
      const key = secrets.keys.get(index);
      if (key === undefined) throw new Error(`repositories[${index}] has no key`);
      return resolveRepository(settings, repository, key, surroundings);
    }),
    verify,
    sizeGuard,
    changeGuard,
    expect: expect.map((one) => ({ ...one, path: archivePath(one.path) })),
    logs: { ...logs, directory: place(logs.directory) },
    ...(mail === undefined ? {} : { mail: resolveMail(mail, secrets.mailPassword, surroundings) }),
    paths: { tempDir: place(paths.tempDir), stateDir: place(paths.stateDir) },
    run,
    status,
    ping: ping.url === undefined ? {} : { url: new Secret(ping.url) },
    metrics: metrics.textfile === undefined ? {} : { textfile: place(metrics.textfile) },
  };
}

/** A path or glob as archives have it: without slashes at its ends, doubled ones and dots. */
export function archivePath(path: string): string {
  return path.split("/").filter((part) => part !== "" && part !== ".").join("/");
}

/** What Borg gets: an absolute path when a repository is local, else its url as it is. */
export function resolveUrl(url: string, surroundings: Surroundings): string {
  const location = parseRepositoryUrl(url);
  return location.kind === "ssh" ? location.url : absolute(location.path, surroundings);
}

function resolveRepository(
  settings: Settings,
  repository: Settings["repositories"][number],
  key: RepositoryKey,
  surroundings: Surroundings,
): Repository {
  const { check: own = {} } = repository;
  const {
    passphrase: _passphrase,
    passphraseFile: _file,
    passphraseCommand: _command,
    sshKey,
    ...rest
  } = repository;
  return {
    ...rest,
    url: resolveUrl(repository.url, surroundings),
    key,
    ...(sshKey === undefined ? {} : { sshKey: absolute(sshKey, surroundings) }),
    retention: mergeRetention(settings.retention, repository.retention ?? {}),
    check: {
      enabled: own.enabled ?? settings.check.enabled,
      verifyData: own.verifyData ?? settings.check.verifyData,
      every: own.every ?? settings.check.every,
    },
    compact: { enabled: repository.compact?.enabled ?? settings.compact.enabled },
  };
}

function mergeRetention(global: Retention, own: Retention): Retention {
  // Zero means "not set", and that is how a repository gets rid of a global key.
  const merged = Object.entries({ ...global, ...own }).filter(([, value]) => value !== 0);
  return Object.fromEntries(merged);
}

/** Fills in what the `[mail]` table leaves open. */
export function resolveMail(
  mail: NonNullable<Settings["mail"]>,
  password: Secret | undefined,
  surroundings: Surroundings,
): Mail {
  const { username, password: _password, passwordFile: _file, caFile, ...rest } = mail;
  return {
    ...rest,
    port: mail.port ?? PORTS[mail.security],
    ...(username === undefined || password === undefined ? {} : { login: { username, password } }),
    ...(caFile === undefined ? {} : { caFile: absolute(caFile, surroundings) }),
  };
}
