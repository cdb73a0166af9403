/** Makes the effective configuration from valid settings. @module */
import type { RepositoryKey } from "../borg/repository.ts";
import { Secret } from "../text/secret.ts";
import { camelCase } from "./camel_case.ts";
import { resolveDatabases } from "./database_entry.ts";
import { absolute, type Surroundings } from "./paths.ts";
import { channelsOf, resolveChannel } from "./notify_channel.ts";
import type { FoundSecrets } from "./secrets.ts";
import { retention } from "./repository_schema.ts";
import { parseRepositoryUrl } from "./repository_url.ts";
import type { Check, Config, Mail, Repository, Retry, Settings } from "./config_schema.ts";

/** The secrets that belong to the settings. */
type ResolvedSecrets = Pick<
  FoundSecrets,
  "keys" | "mailPassword" | "channelTokens" | "databasePasswords"
>;

/** The port of a mail server when none is set. */
const PORTS = { starttls: 587, tls: 465, none: 25 } as const;

/** How often each archive of a local repository is read when nothing is set, in milliseconds. */
const ARCHIVES_EVERY = 14 * 86_400_000;
/** What a run reads back over the network, in bytes: 2 GiB a month. */
const REMOTE_BYTES = 64 * 1_048_576;

/** All rules, in one order wherever they are set. */
const UNSET = camelCase(
  Object.fromEntries(Object.keys(retention).filter((key) => key !== "also").map((key) => [key, 0])),
);

/** Fills in what the settings leave open and makes every path absolute. */
export function resolve(
  settings: Settings,
  secrets: ResolvedSecrets,
  surroundings: Surroundings,
): Config {
  const { name, sources, zfs, quiesce, sizeGuard, changeGuard, coverage, expect, logs } = settings;
  const { mail, notify, page, paths, run, status, ping, metrics } = settings;
  const place = (path: string) => absolute(path, surroundings);
  const labels = settings.repositories.map(({ label }) => label);
  const channels = {
    notify: notify.map((one, index) =>
      resolveChannel(one, secrets.channelTokens.get(index), surroundings)
    ),
    ping: ping.url === undefined ? {} : { url: new Secret(ping.url) },
  };
  return {
    name,
    sources: {
      ...sources,
      directories: sources.directories.map(place),
      optional: sources.optional.map(place),
    },
    zfs,
    quiesce,
    repositories: settings.repositories.map((repository, index) => {
      const key = secrets.keys.get(index);
      if (key === undefined) throw new Error(`repositories[${index}] has no key`);
      return resolveRepository(settings, repository, key, surroundings);
    }),
    databases: settings.databases.map((one, index) =>
      resolveDatabases(one, secrets.databasePasswords.get(index), labels, surroundings)
    ),
    sizeGuard,
    changeGuard,
    coverage,
    expect: expect.map((one) => ({ ...one, path: archivePath(one.path) })),
    logs: { ...logs, directory: place(logs.directory) },
    ...(mail === undefined ? {} : { mail: resolveMail(mail, secrets.mailPassword, surroundings) }),
    ...channels,
    channels: channelsOf(channels),
    page: page.file === undefined ? page : { ...page, file: place(page.file) },
    paths: { tempDir: place(paths.tempDir), stateDir: place(paths.stateDir) },
    run,
    status,
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
  const { check: own = {}, verify: ownVerify = {} } = repository;
  const { verify } = settings;
  const url = resolveUrl(repository.url, surroundings);
  const {
    passphrase: _passphrase,
    passphraseFile: _file,
    passphraseCommand: _command,
    sshKey,
    directories,
    ...rest
  } = repository;
  const place = (path: string) => absolute(path, surroundings);
  return {
    ...rest,
    url,
    key,
    ...(sshKey === undefined ? {} : { sshKey: place(sshKey) }),
    ...(directories === undefined ? {} : { directories: directories.map(place) }),
    ...mergeRetention(settings.retention, repository.retention ?? {}),
    check: mergeCheck(settings.check, own, repository.url),
    verify: {
      files: ownVerify.files ?? verify.files,
      cycle: ownVerify.cycle ?? verify.cycle,
      maxBytes: ownVerify.maxBytes ?? verify.maxBytes ?? (url.startsWith("/") ? 0 : REMOTE_BYTES),
    },
    compact: { enabled: repository.compact?.enabled ?? settings.compact.enabled },
    retry: resolveRetry(settings, repository.retry ?? {}),
  };
}

/** Waits that are configured fit into the run's time limit; of the default ones those count that do. */
function resolveRetry(
  { retry: global, run: { timeout = Infinity } }: Settings,
  own: { readonly waits?: readonly number[] | undefined; readonly hold?: number | undefined },
): Retry {
  let left = timeout;
  const waits = (own.waits ?? global.waits).filter((wait) => (left -= wait) >= 0);
  return { waits, hold: own.hold ?? global.hold };
}

function mergeCheck(
  global: Settings["check"],
  own: NonNullable<Settings["repositories"][number]["check"]>,
  url: string,
): Check {
  return {
    enabled: own.enabled ?? global.enabled,
    repositoryEvery: own.repositoryEvery ?? global.repositoryEvery,
    archivesEvery: own.archivesEvery ?? global.archivesEvery ??
      // To read an archive over ssh is to download it.
      (parseRepositoryUrl(url).kind === "ssh" ? "never" : ARCHIVES_EVERY),
    verifyDataEvery: own.verifyDataEvery ?? global.verifyDataEvery,
    maxDuration: own.maxDuration ?? global.maxDuration,
  };
}

function mergeRetention(
  global: Settings["retention"],
  own: Settings["retention"],
): Pick<Repository, "retention" | "also"> {
  const { also, ...rules } = { ...global, ...own };
  // Zero means "not set", and that is how a repository gets rid of a global key.
  const set = Object.entries({ ...UNSET, ...rules }).filter(([, value]) => value !== 0);
  return { retention: Object.fromEntries(set), ...(also === undefined ? {} : { also }) };
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
