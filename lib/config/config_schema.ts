/**
 * The one definition of the configuration: it validates, types and documents every key and makes
 * the JSON Schema. What one key alone can't tell (duplicates, secrets) is in `checks.ts` and
 * `secrets.ts`.
 * @module
 */
import { z } from "zod";
import type { RepositoryKey } from "../borg/repository.ts";
import type { Secret } from "../text/secret.ts";
import type { CamelCase } from "./camel_case.ts";
import { check, compact, repositorySchema, retention } from "./repository_schema.ts";
import {
  changeGuard,
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
  verify,
  zfs,
} from "./tables.ts";
import { list, table, text } from "./values.ts";

/** The whole file. */
export const configSchema = table("", {
  name: text(
    "a name of up to 64 letters, digits, dots, hyphens and underscores, the first a letter or digit",
    /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/,
  ).describe("What archives begin with; prune touches no others."),
  sources,
  zfs,
  repositories: list("tables ([[repositories]])", repositorySchema)
    .min(1, { error: "at least one [[repositories]]" })
    .describe("Where the backup goes; each gets every source."),
  retention: table("retention", retention).prefault({})
    .describe("Which archives prune keeps; without any key nothing is pruned."),
  check: table("check", {
    enabled: check.enabled.default(true),
    verify_data: check.verify_data.default(false),
    every: check.every.prefault("0s"),
  }).prefault({}).describe("When and how thoroughly repositories are checked."),
  compact: table("compact", { enabled: compact.enabled.default(true) }).prefault({})
    .describe("Whether space is freed."),
  verify,
  size_guard: sizeGuard,
  change_guard: changeGuard,
  expect: list("tables ([[expect]])", expectation).default([])
    .describe(
      "What every new archive must hold. If one is not met, the run has failed and prune is " +
        "suspended.",
    ),
  logs,
  mail,
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
export type Retention = DeepReadonly<Settings["retention"]>;

/** When and how thoroughly a repository is checked. */
type Check = DeepReadonly<Settings["check"]>;

/** Whether a repository's space is freed. */
type Compact = DeepReadonly<Settings["compact"]>;

type RepositorySettings = Settings["repositories"][number];

/** One repository. `url` is an absolute path exactly when the repository is local. */
export type Repository =
  & DeepReadonly<
    Omit<
      RepositorySettings,
      "passphrase" | "passphraseFile" | "passphraseCommand" | "retention" | "check" | "compact"
    >
  >
  & {
    readonly key: RepositoryKey;
    readonly retention: Retention;
    readonly check: Check;
    readonly compact: Compact;
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
 * milliseconds, sizes in bytes. The global `retention`, `check` and `compact` are in each
 * repository.
 */
export type Config =
  & DeepReadonly<
    Omit<Settings, "repositories" | "retention" | "check" | "compact" | "mail" | "ping">
  >
  & {
    readonly repositories: readonly Repository[];
    readonly mail?: Mail;
    readonly ping: { readonly url?: Secret };
  };

/** The JSON Schema of the file, for editors. */
export function jsonSchema(): z.core.JSONSchema.BaseSchema {
  return z.toJSONSchema(configSchema, { io: "input" });
}
