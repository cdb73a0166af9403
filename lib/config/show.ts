/** Writes the effective configuration for people to read. @module */
import { stringify } from "smol-toml";
import { snakeCase } from "./camel_case.ts";
import type { RepositoryKey } from "../borg/repository.ts";
import { MASK } from "../text/secret.ts";
import { formatDuration, formatSize } from "../text/units.ts";
import type { Config, Mail, Repository, Retention } from "./config_schema.ts";

/** What the writer takes; it leaves out keys that are `undefined`. */
type Table = Readonly<Record<string, unknown>>;

/** Writes the effective configuration as TOML. Every secret is a mask in it. */
export function showConfig(config: Config): string {
  const {
    name,
    sources,
    zfs,
    verify,
    sizeGuard,
    changeGuard,
    logs,
    mail,
    paths,
    run,
    ping,
    metrics,
  } = config;
  const text = stringify(snakeCase({
    name,
    sources,
    zfs,
    verify,
    sizeGuard,
    changeGuard,
    logs,
    mail: mail === undefined ? undefined : showMail(mail),
    paths,
    run: { ...run, timeout: durationOf(run.timeout) },
    status: { maxAge: formatDuration(config.status.maxAge) },
    ping: ping.url === undefined ? undefined : { url: MASK },
    metrics: metrics.textfile === undefined ? undefined : metrics,
    expect: config.expect.length === 0 ? undefined : config.expect.map(showExpectation),
    repositories: config.repositories.map(showRepository),
  }));
  // The writer leaves no space behind an empty table.
  return text.replace(/([^\n])\n\[/g, "$1\n\n[");
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
  const { label, url, encryption, key, retention, check, compact, ...rest } = repository;
  const { uploadRateLimit: rate } = rest;
  return {
    label,
    url,
    encryption,
    ...showKey(key),
    ...rest,
    uploadRateLimit: rate === undefined ? undefined : formatSize(rate),
    lockWait: formatDuration(rest.lockWait),
    retention: showRetention(retention),
    check: { ...check, every: formatDuration(check.every) },
    compact,
  };
}

function showKey(key: RepositoryKey): Table {
  if (key.kind === "none") return {};
  return key.kind === "command" ? { passphraseCommand: MASK } : { passphrase: MASK };
}

function showRetention(retention: Retention): Table {
  const { keepLast, keepDaily, keepWeekly, keepMonthly, keepYearly } = retention;
  const keepWithin = durationOf(retention.keepWithin);
  return { keepLast, keepDaily, keepWeekly, keepMonthly, keepYearly, keepWithin };
}

function showMail(mail: Mail): Table {
  const { login, server, port, security, ...rest } = mail;
  const credentials = login === undefined ? {} : { username: login.username, password: MASK };
  return { server, port, security, ...credentials, ...rest };
}

function durationOf(duration: number | undefined): string | undefined {
  return duration === undefined ? undefined : formatDuration(duration);
}
