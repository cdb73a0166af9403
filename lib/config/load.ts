/** Loads the configuration. @module */
import { dirname, resolve as absolutePath } from "node:path";
import type { RepositoryKey } from "../borg/repository.ts";
import type { Secret } from "../text/secret.ts";
import { checkDocument } from "./checks.ts";
import { camelCase } from "./camel_case.ts";
import { wrongDatabases } from "./database_checks.ts";
import { secretsOfChannels } from "./notify_channel.ts";
import { parseDocument, readText } from "./document.ts";
import { wrongChannels } from "./notify_checks.ts";
import type { Surroundings } from "./paths.ts";
import { notesOf } from "./notes.ts";
import { unbackedSources } from "./repository_sources.ts";
import { resolve } from "./resolve.ts";
import { type Config, configSchema, type Settings } from "./config_schema.ts";
import { findSecrets, type FoundSecrets } from "./secrets.ts";
import { accessWarnings, passphraseWarnings } from "./warnings.ts";
import { unchosenPassphrases } from "./written_out.ts";

/** What loading needs to know of the process's environment. */
export interface LoadEnvironment {
  /** `$CREDENTIALS_DIRECTORY`: where systemd has put the service's credentials. */
  readonly credentialsDirectory?: string;
}

/** A configuration that can be used. */
export interface LoadedConfig {
  /** The effective configuration. */
  readonly config: Config;
  /** The file, absolute. */
  readonly path: string;
  /** Every secret in it: passphrases, commands, passwords, tokens and addresses. */
  readonly secrets: readonly Secret[];
  /** What a person should change although it works: sentences without a full stop. */
  readonly warnings: readonly string[];
  /** What has no effect: the same, for those who check the configuration. */
  readonly notes: readonly string[];
}

/** Loads a configuration and the files of its secrets; throws a ConfigError that tells all. */
export async function loadConfig(
  path: string,
  environment: LoadEnvironment,
): Promise<LoadedConfig> {
  const { file, document, settings, found, surroundings } = await readSettings(path, environment);
  const config = resolve(settings, found, surroundings);
  return {
    config,
    path: file,
    secrets: secretsOf(config),
    warnings: [
      ...await accessWarnings(file, found.inline),
      ...found.warnings,
      ...passphraseWarnings(config.repositories),
      ...unbackedSources(config),
    ],
    notes: notesOf(document, config),
  };
}

/** A valid file, before its defaults and paths are worked out. */
interface ReadSettings {
  /** The file, absolute. */
  readonly file: string;
  /** What the text says. */
  readonly document: unknown;
  readonly settings: Settings;
  readonly found: FoundSecrets;
  readonly surroundings: Surroundings;
}

/**
 * Reads and validates a configuration file.
 *
 * @param promised whether credentials that are not there are no problem; see {@linkcode findSecrets}
 * @throws {ConfigError} when the file can't be read or is invalid; it tells all that is wrong
 */
export async function readSettings(
  path: string,
  environment: LoadEnvironment,
  promised = false,
): Promise<ReadSettings> {
  const file = absolutePath(path);
  const text = await readText(path);
  const document = parseDocument(path, text);
  const surroundings: Surroundings = { ...environment, directory: dirname(file) };
  const found = await findSecrets(document, surroundings, promised);
  const problems = [
    ...checkDocument(document, surroundings),
    ...wrongChannels(document),
    ...await wrongDatabases(document),
    ...found.problems,
    ...unchosenPassphrases(document, found.keys),
  ];
  const settings = configSchema.safeParse(document);
  if (!settings.success || problems.length > 0) {
    // Loaded only now: a valid file needs neither the explanations nor the parser behind them.
    const { explain } = await import("./explain.ts");
    throw explain({ file: path, text, document, issues: settings.error?.issues ?? [], problems });
  }
  return { file, document, settings: camelCase(settings.data), found, surroundings };
}

function secretsOf(config: Config): Secret[] {
  const secrets = secretsOfKeys(config.repositories.map(({ key }) => key));
  if (config.mail?.login !== undefined) secrets.push(config.mail.login.password);
  secrets.push(...config.databases.flatMap(({ password }) => password ?? []));
  secrets.push(...secretsOfChannels(config.channels));
  return secrets;
}

/** The secrets of keys; those that need none have none. */
export function secretsOfKeys(keys: Iterable<RepositoryKey>): Secret[] {
  return [...keys].flatMap((key) => {
    if (key.kind === "none") return [];
    return [key.kind === "passphrase" ? key.passphrase : key.command];
  });
}
