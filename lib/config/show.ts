/** Writes the effective configuration for people to read. @module */
import { stringify } from "smol-toml";
import { snakeCase } from "./camel_case.ts";
import type { RepositoryKey } from "../borg/repository.ts";
import { printableLine } from "../text/printable.ts";
import { MASK, type Secret } from "../text/secret.ts";
import { formatDuration, formatSize } from "../text/units.ts";
import { secretsOfKeys } from "./load.ts";
import type { Check, Config, Interval, Mail, Repository, Retention } from "./config_schema.ts";

/** What the writer takes; it leaves out keys that are `undefined`. */
type Table = Readonly<Record<string, unknown>>;

/**
 * Writes the effective configuration as TOML. Every secret is a mask in it, and behind it stands
 * where it comes from.
 */
export function showConfig(config: Config): string {
  const {
    name,
    sources,
    zfs,
    quiesce,
    sizeGuard,
    changeGuard,
    coverage,
    logs,
    mail,
    notify,
    databases,
    page,
    paths,
    run,
    ping,
    metrics,
  } = config;
  const text = stringify(snakeCase({
    name,
    sources,
    zfs,
    quiesce: showQuiesce(quiesce),
    sizeGuard,
    changeGuard,
    coverage,
    logs,
    mail: mail === undefined ? undefined : showMail(mail),
    page: page.file === undefined && page.url === undefined ? undefined : page,
    paths,
    run: { ...run, timeout: durationOf(run.timeout) },
    status: { maxAge: formatDuration(config.status.maxAge) },
    ping: ping.url === undefined ? undefined : { url: MASK },
    metrics: metrics.textfile === undefined ? undefined : metrics,
    expect: config.expect.length === 0 ? undefined : config.expect.map(showExpectation),
    notify: notify.length === 0 ? undefined : notify.map(showChannel),
    databases: databases.length === 0 ? undefined : databases.map(showDatabases),
    repositories: config.repositories.map(showRepository),
  }));
  // The writer leaves no space behind an empty table.
  return withOrigins(text.replace(/([^\n])\n\[/g, "$1\n\n["), [
    ...(mail?.login === undefined ? [] : [mail.login.password]),
    ...(ping.url === undefined ? [] : [ping.url]),
    ...notify.flatMap(({ url, token }) => token === undefined ? [url] : [url, token]),
    ...databases.flatMap(({ password }) => password ?? []),
    ...secretsOfKeys(config.repositories.map(({ key }) => key)),
  ]);
}

/** Says behind each mask where its secret comes from; `secrets` are in the order of the text. */
function withOrigins(text: string, secrets: readonly Secret[]): string {
  const left = [...secrets];
  const masked = /^(?:password|url|token|passphrase|passphrase_command) = "\*\*\*"$/gm;
  return text.replace(masked, (line) => {
    const origin = left.shift()?.origin;
    return origin === undefined ? line : `${line} # from ${printableLine(origin)}`;
  });
}

function showQuiesce({ timeout, ...quiesce }: Config["quiesce"]): Table {
  return { ...quiesce, timeout: formatDuration(timeout) };
}

function showExpectation({ path, newerThan, minSize, minFiles }: Config["expect"][number]): Table {
  return {
    path,
    newerThan: durationOf(newerThan),
    minSize: minSize === undefined ? undefined : formatSize(minSize),
    minFiles,
  };
}

function showRepository(repository: Repository): Table {
  const { label, url, encryption, key, retention, also, check, verify, compact, retry, ...rest } =
    repository;
  const { uploadRateLimit: rate } = rest;
  return {
    label,
    url,
    encryption,
    ...showKey(key),
    ...rest,
    uploadRateLimit: rate === undefined ? undefined : formatSize(rate),
    lockWait: formatDuration(rest.lockWait),
    retention: { ...showRetention(retention), also },
    check: showCheck(check),
    verify: {
      files: verify.files,
      cycle: formatDuration(verify.cycle),
      maxBytes: formatSize(verify.maxBytes),
    },
    compact,
    retry: { waits: retry.waits.map(formatDuration), hold: formatDuration(retry.hold) },
  };
}

function showCheck(check: Check): Table {
  const every = (interval: Interval) => interval === "never" ? interval : formatDuration(interval);
  return {
    enabled: check.enabled,
    repositoryEvery: every(check.repositoryEvery),
    archivesEvery: every(check.archivesEvery),
    verifyDataEvery: every(check.verifyDataEvery),
    maxDuration: formatDuration(check.maxDuration),
  };
}

function showChannel(channel: Config["notify"][number]): Table {
  const { label, kind, url: _url, token, headers, remind, ...rest } = channel;
  return {
    label,
    kind,
    url: MASK,
    ...(token === undefined ? {} : { token: MASK }),
    ...(headers.length === 0 ? {} : { headers: headers.map(() => MASK) }),
    ...rest,
    remind: formatDuration(remind),
  };
}

function showDatabases(entry: Config["databases"][number]): Table {
  const { label, kind, password, retention, timeout, minSize, minRate, ...rest } = entry;
  return {
    label,
    kind,
    ...rest,
    ...(password === undefined ? {} : { password: MASK }),
    ...(timeout === undefined ? {} : { timeout: formatDuration(timeout) }),
    ...(minSize === undefined ? {} : { minSize: formatSize(minSize) }),
    minRate: formatSize(minRate),
    ...(retention === undefined ? {} : { retention: showRetention(retention) }),
  };
}

function showKey(key: RepositoryKey): Table {
  if (key.kind === "none") return {};
  return key.kind === "command" ? { passphraseCommand: MASK } : { passphrase: MASK };
}

function showRetention(retention: Retention): Table {
  return { ...retention, keepWithin: durationOf(retention.keepWithin) };
}

function showMail(mail: Mail): Table {
  const { login, server, port, security, remind, ...rest } = mail;
  const credentials = login === undefined ? {} : { username: login.username, password: MASK };
  return { server, port, security, ...credentials, ...rest, remind: formatDuration(remind) };
}

function durationOf(duration: number | undefined): string | undefined {
  return duration === undefined ? undefined : formatDuration(duration);
}
