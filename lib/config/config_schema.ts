/**
 * The one definition of the configuration: it validates, types and documents every key and makes
 * the JSON Schema. What one key alone can't tell (duplicates, secrets) is in `checks.ts` and
 * `secrets.ts`.
 * @module
 */
import * as z from "zod";
import type { RepositoryKey } from "../borg/repository.ts";
import type { Secret } from "../text/secret.ts";
import type { CamelCase } from "./camel_case.ts";
import type { DatabaseEntry } from "./database_entry.ts";
import { databases } from "./database_schema.ts";
import type { Channel } from "./notify_channel.ts";
import { channel, page } from "./notify_schema.ts";
import { quiesce } from "./quiesce_schema.ts";
import {
  check,
  compact,
  DEFAULT_WAITS,
  repositorySchema,
  retention,
  retry,
  verify,
} from "./repository_schema.ts";
import {
  changeGuard,
  coverage,
  expectation,
  logs,
  mail,
  metrics,
  paths,
  ping,
  run,
  sizeGuard,
  sources,
  status,
  zfs,
} from "./tables.ts";
import { list, table, text } from "./values.ts";

/** The whole file. */
export const configSchema = table("", {
  name: text(
    "a name of up to 64 letters, digits, dots, hyphens and underscores, the first a letter or digit",
    /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/,
  ).describe(
    "Name of this configuration; its archives begin with it, and prune touches no " +
      "others.",
  ),
  sources,
  zfs,
  quiesce,
  repositories: list("tables ([[repositories]])", repositorySchema)
    .min(1, { error: "at least one [[repositories]]" })
    .describe(
      "Borg repositories; each gets every source, unless it has directories, datasets or exclude.",
    ),
  retention: table("retention", retention).prefault({})
    .describe("Which archives prune keeps; without any of these keys nothing is pruned."),
  check: table("check", {
    enabled: check.enabled.default(true),
    repository_every: check.repository_every.prefault("0s"),
    archives_every: check.archives_every.optional(),
    verify_data_every: check.verify_data_every.prefault("never"),
    max_duration: check.max_duration.prefault("1h"),
  }).prefault({}).describe("When and how thoroughly repositories are checked."),
  compact: table("compact", { enabled: compact.enabled.default(true) }).prefault({})
    .describe("Freeing the space of pruned archives."),
  retry: table("retry", {
    waits: retry.waits.prefault(DEFAULT_WAITS),
    hold: retry.hold.prefault("2h"),
  }).prefault({}).describe("Retries after temporary failures."),
  verify: table("verify", {
    files: verify.files.default(20),
    cycle: verify.cycle.prefault("90d"),
    max_bytes: verify.max_bytes,
  }).prefault({}).describe("Proof that new archives can be restored."),
  size_guard: sizeGuard,
  change_guard: changeGuard,
  coverage,
  expect: list("tables ([[expect]])", expectation).default([])
    .describe(
      "What every new archive must contain. If it does not, the run fails and pruning is " +
        "suspended.",
    ),
  logs,
  mail,
  notify: list("tables ([[notify]])", channel).default([])
    .describe("Messengers, monitoring services and webhooks; each gets what it asks for."),
  databases: list("tables ([[databases]])", databases).default([])
    .describe("Databases that are dumped into archives of their own in each run."),
  page,
  paths,
  run,
  status,
  ping,
  metrics,
});

/** The file as the schema gives it: paths as written, secrets not yet read, tables not merged. */
export type Settings = CamelCase<z.output<typeof configSchema>>;

type DeepReadonly<T> = T extends Secret | string | number | boolean | undefined ? T
  : T extends readonly (infer Item)[] ? readonly DeepReadonly<Item>[]
  : { readonly [Key in keyof T]: DeepReadonly<T[Key]> };

/** Which archives prune keeps. A key that is absent is not set; -1 means unlimited. */
export type Retention = DeepReadonly<Omit<Settings["retention"], "also">>;

/** How often something is done, in milliseconds. */
export type Interval = number | "never";

/** When and how thoroughly a repository is checked. */
export type Check = DeepReadonly<Omit<Settings["check"], "archivesEvery">> & {
  readonly archivesEvery: Interval;
};

/** Whether a repository's space is freed. */
type Compact = DeepReadonly<Settings["compact"]>;

/** When a step whose failure may pass is tried again. Milliseconds. */
export type Retry = DeepReadonly<Settings["retry"]>;

/** What is read back from each new archive. */
interface Verify extends Omit<DeepReadonly<Settings["verify"]>, "maxBytes"> {
  /** Bytes; 0: no limit. */
  readonly maxBytes: number;
}

/** Tables that are merged into each repository. */
type MergedKey = "repositories" | "retention" | "check" | "verify" | "compact" | "retry";

type RepositorySettings = Settings["repositories"][number];

/** One repository. `url` is an absolute path exactly when the repository is local. */
export type Repository =
  & DeepReadonly<
    Omit<
      RepositorySettings,
      | "passphrase"
      | "passphraseFile"
      | "passphraseCommand"
      | "retention"
      | "check"
      | "verify"
      | "compact"
      | "retry"
    >
  >
  & {
    readonly key: RepositoryKey;
    readonly retention: Retention;
    /** Which other archives are pruned as well: a glob; "keep": none, on purpose. */
    readonly also?: string;
    readonly check: Check;
    readonly verify: Verify;
    readonly compact: Compact;
    readonly retry: Retry;
  };

/** How reports are sent by mail. */
export type Mail =
  & DeepReadonly<
    Omit<NonNullable<Settings["mail"]>, "port" | "username" | "password" | "passwordFile">
  >
  & {
    readonly port: number;
    /** Absent: the server wants no login. */
    readonly login?: { readonly username: string; readonly password: Secret };
  };

/**
 * The effective configuration: every default filled in, every path absolute, durations in
 * milliseconds, sizes in bytes. The global `retention`, `check`, `verify`, `compact` and `retry` are
 * in each repository.
 */
export type Config =
  & DeepReadonly<Omit<Settings, MergedKey | "mail" | "notify" | "databases" | "ping">>
  & {
    readonly repositories: readonly Repository[];
    readonly mail?: Mail;
    readonly notify: readonly Channel[];
    readonly databases: readonly DatabaseEntry[];
    /** Those of `[[notify]]`, and that of `[ping]`. */
    readonly channels: readonly Channel[];
    readonly ping: { readonly url?: Secret };
  };

/** The JSON Schema of the file, for editors. */
export function jsonSchema(): z.core.JSONSchema.BaseSchema {
  return z.toJSONSchema(configSchema, { io: "input" });
}
