/**
 * Finds the secrets of a configuration: in the file, in other files, in systemd's credentials.
 *
 * It works on the document as it was parsed, so that mistakes in secrets are reported together
 * with what is wrong with everything else. It is long because the three ways of a secret share
 * what is wrong with any of them.
 * @module
 */
import { basename } from "node:path";
import { reasonOf } from "../errors.ts";
import { readSmallFile } from "../files/small_file.ts";
import type { RepositoryKey } from "../borg/repository.ts";
import { Secret } from "../text/secret.ts";
import { credentialIn, secretPath, type Surroundings } from "./paths.ts";
import {
  asArray,
  asTable,
  type KeyPath,
  placeName,
  type Problem,
  valueAt,
} from "./config_problem.ts";
import { keysOfDatabaseKind } from "./database_kinds.ts";
import { channelName, keysOfKind } from "./notify_checks.ts";
import { KEYFILE_MODES } from "./repository_schema.ts";
import { type SecretFile, secretWarnings } from "./warnings.ts";

/** What was found. */
export interface FoundSecrets {
  /** By the index of the repository; a repository that lacks one is in `problems`. */
  readonly keys: ReadonlyMap<number, RepositoryKey>;
  /** Of the mail server. */
  readonly mailPassword: Secret | undefined;
  /** By the index of the channel; one that needs a token and lacks it is in `problems`. */
  readonly channelTokens: ReadonlyMap<number, Secret>;
  /** By the index of the table of databases; one without a password needs none. */
  readonly databasePasswords: ReadonlyMap<number, Secret>;
  readonly problems: readonly Problem[];
  readonly warnings: readonly string[];
  /** Whether the configuration file itself holds a secret. */
  readonly inline: boolean;
  /** The names of the credentials that are needed, whether they are there or only promised. */
  readonly credentials: readonly string[];
  /** The names of those that are used if they are there, and that nothing asks for. */
  readonly optionalCredentials: readonly string[];
  /** The names of the credentials that could hold what is kept elsewhere now. */
  readonly possibleCredentials: readonly string[];
}

type Table = Readonly<Record<string, unknown>>;

const PASSPHRASE_KEYS = ["passphrase", "passphrase_file", "passphrase_command"] as const;
const PASSWORD_KEYS = ["password", "password_file"] as const;
const TOKEN_KEYS = ["token", "token_file"] as const;

/** What the credential of a repository is called, before its label. */
const PASSPHRASE_CREDENTIAL = "passphrase.";
const MAIL_CREDENTIAL = "mail.password";
/** The same of a channel. */
const TOKEN_CREDENTIAL = "notify.";
/** The same of a table of databases. */
const DATABASE_CREDENTIAL = "databases.";

/**
 * Finds all secrets of a document, reading the files that hold them.
 *
 * @param document the parsed file, valid or not
 * @param promised whether a credential that is not there is no problem, because a service that does not
 *   run now will get it; what it is for then lacks its secret
 */
export async function findSecrets(
  document: unknown,
  surroundings: Surroundings,
  promised = false,
): Promise<FoundSecrets> {
  const search = new Search(document, surroundings, promised);
  const keys = new Map<number, RepositoryKey>();
  for (const [index, value] of asArray(valueAt(document, ["repositories"])).entries()) {
    const repository = asTable(value);
    if (repository === undefined) continue;
    const key = await search.repositoryKey(repository, ["repositories", index]);
    if (key !== undefined) keys.set(index, key);
  }
  const mail = asTable(valueAt(document, ["mail"]));
  const mailPassword = mail === undefined ? undefined : await search.mailPassword(mail);
  const channelTokens = new Map<number, Secret>();
  for (const [index, value] of asArray(valueAt(document, ["notify"])).entries()) {
    const token = await search.channelToken(asTable(value) ?? {}, ["notify", index]);
    if (token !== undefined) channelTokens.set(index, token);
  }
  const databasePasswords = new Map<number, Secret>();
  for (const [index, value] of asArray(valueAt(document, ["databases"])).entries()) {
    const password = await search.databasePassword(asTable(value) ?? {}, ["databases", index]);
    if (password !== undefined) databasePasswords.set(index, password);
  }
  if (typeof valueAt(document, ["ping", "url"]) === "string") search.inline = true;
  const { problems, warnings, inline } = search;
  const { credentials, optionalCredentials, possibleCredentials } = search;
  const names = { credentials, optionalCredentials, possibleCredentials };
  const found = { problems, warnings, inline, ...names };
  return { keys, mailPassword, channelTokens, databasePasswords, ...found };
}

/** One search; collects what is wrong on its way. */
class Search {
  readonly problems: Problem[] = [];
  readonly warnings: string[] = [];
  readonly credentials: string[] = [];
  readonly optionalCredentials: string[] = [];
  readonly possibleCredentials: string[] = [];
  inline = false;

  constructor(
    readonly document: unknown,
    readonly surroundings: Surroundings,
    readonly promised: boolean,
  ) {}

  async repositoryKey(repository: Table, path: KeyPath): Promise<RepositoryKey | undefined> {
    const given = PASSPHRASE_KEYS.filter((key) => repository[key] !== undefined);
    const [first, second] = given;
    if (repository.encryption === "none") {
      if (first === undefined) return { kind: "none" };
      this.#report([...path, first], 'expected no passphrase, because encryption is "none"');
      return undefined;
    }
    if (second !== undefined) {
      this.#report(
        [...path, second],
        `expected exactly one of ${quoted(PASSPHRASE_KEYS)}, found ${quoted(given)}`,
      );
    }
    if (first === undefined) return await this.#passphraseCredential(repository, path);
    const value = repository[first];
    if (typeof value !== "string") return undefined;
    this.#mayBecome(value, credentialOf(repository));
    if (first === "passphrase_command") {
      const origin = "the configuration file; the command prints the passphrase";
      return { kind: "command", command: new Secret(value, origin) };
    }
    const passphrase = first === "passphrase"
      ? this.#inlineSecret(
        value,
        [...path, first],
        KEYFILE_MODES.some((mode) => mode === repository.encryption),
      )
      : await this.#fileSecret(value, [...path, first]);
    return passphrase === undefined ? undefined : { kind: "passphrase", passphrase };
  }

  async mailPassword(mail: Table): Promise<Secret | undefined> {
    const first = PASSWORD_KEYS.find((key) => mail[key] !== undefined);
    if (mail.username === undefined) {
      if (first === undefined) return undefined;
      this.problems.push({
        path: ["mail", first],
        isKey: true,
        message: `expected "username" beside "${first}", found no such key`,
        absent: [["mail", "username"]],
      });
    }
    return await this.#given(
      mail,
      ["mail"],
      PASSWORD_KEYS,
      MAIL_CREDENTIAL,
      () =>
        this.#credential(MAIL_CREDENTIAL, ["mail", "username"], {
          message: `expected one of ${quoted(PASSWORD_KEYS)} or the credential ` +
            `"${MAIL_CREDENTIAL}" for this login, found none of them`,
          absent: PASSWORD_KEYS.map((key) => ["mail", key]),
        }),
    );
  }

  /** What one of two keys says, the first of which is the secret itself; more than one is a mistake. */
  async #given(
    table: Table,
    path: KeyPath,
    keys: readonly string[],
    credential: string | undefined,
    otherwise: () => Promise<Secret | undefined>,
  ): Promise<Secret | undefined> {
    const [first, second] = keys.filter((key) => table[key] !== undefined);
    if (second !== undefined) {
      this.#report([...path, second], `expected only one of ${quoted(keys)}, found both`);
    }
    if (first === undefined) return await otherwise();
    const value = table[first];
    if (typeof value !== "string") return undefined;
    this.#mayBecome(value, credential);
    if (first === keys[0]) return this.#inlineSecret(value, [...path, first], false);
    return await this.#fileSecret(value, [...path, first]);
  }

  async channelToken(channel: Table, path: KeyPath): Promise<Secret | undefined> {
    if (channel.url !== undefined || channel.headers !== undefined) this.inline = true;
    const name = channelName(channel);
    const credential = name === undefined ? undefined : `${TOKEN_CREDENTIAL}${name}`;
    const otherwise = () => this.#tokenCredential(channel, path, credential);
    return await this.#given(channel, path, TOKEN_KEYS, credential, otherwise);
  }

  /** The token that a kind needs, or one that is there although the kind can do without. */
  async #tokenCredential(
    channel: Table,
    path: KeyPath,
    name: string | undefined,
  ): Promise<Secret | undefined> {
    const keys = keysOfKind(channel);
    // The address is incomplete when only its beginning is known.
    const isNeeded = keys?.token === "required" ||
      (keys?.url === "optional" && channel.url === undefined);
    if (isNeeded) {
      return await this.#credential(name, [...path, "kind"], {
        message: `expected one of ${quoted(TOKEN_KEYS)} or the credential ` +
          `"${name ?? `${TOKEN_CREDENTIAL}LABEL`}" for this kind, found none of them`,
        absent: TOKEN_KEYS.map((key) => [...path, key]),
      });
    }
    return keys?.token === undefined ? undefined : await this.#optionalCredential(name, path);
  }

  /** The password of a database; without one the server lets its users in by other means. */
  async databasePassword(entry: Table, path: KeyPath): Promise<Secret | undefined> {
    if (keysOfDatabaseKind(entry.kind)?.includes("password") !== true) return undefined;
    const { label } = entry;
    const isName = typeof label === "string" && /^[\w-]+$/.test(label);
    const credential = isName ? `${DATABASE_CREDENTIAL}${label}` : undefined;
    const otherwise = () => this.#optionalCredential(credential, path);
    return await this.#given(entry, path, PASSWORD_KEYS, credential, otherwise);
  }

  /** What is there although nothing in the file asks for it. */
  async #optionalCredential(name: string | undefined, path: KeyPath): Promise<Secret | undefined> {
    if (name !== undefined) this.optionalCredentials.push(name);
    const directory = this.surroundings.credentialsDirectory;
    const file = directory === undefined || name === undefined ? undefined : `${directory}/${name}`;
    if (file === undefined || !await exists(file)) return undefined;
    return await this.#readSecret(file, path);
  }

  async #passphraseCredential(
    repository: Table,
    path: KeyPath,
  ): Promise<RepositoryKey | undefined> {
    const name = credentialOf(repository);
    const shown = name ?? `${PASSPHRASE_CREDENTIAL}LABEL`;
    const passphrase = await this.#credential(name, path, {
      message: `expected one of ${quoted(PASSPHRASE_KEYS)}, or the credential "${shown}", ` +
        "found none of them",
      absent: PASSPHRASE_KEYS.map((key) => [...path, key]),
    });
    return passphrase === undefined ? undefined : { kind: "passphrase", passphrase };
  }

  async #credential(
    name: string | undefined,
    path: KeyPath,
    missing: Omit<Problem, "path">,
  ): Promise<Secret | undefined> {
    const directory = this.surroundings.credentialsDirectory;
    const file = directory === undefined || name === undefined ? undefined : `${directory}/${name}`;
    if (name !== undefined) this.credentials.push(name);
    if (file !== undefined && await exists(file)) return await this.#readSecret(file, path);
    if (!this.promised || name === undefined) this.problems.push({ path, ...missing });
    return undefined;
  }

  #mayBecome(value: string, credential = ""): void {
    const isElsewhere = credential !== "" && credentialIn(value) === undefined;
    if (isElsewhere) this.possibleCredentials.push(credential);
  }

  #inlineSecret(value: string, path: KeyPath, emptyAllowed: boolean): Secret | undefined {
    this.inline = true;
    if (value !== "" || emptyAllowed) return new Secret(value);
    this.#report(path, "expected a string that is not empty, found an empty one");
    return undefined;
  }

  async #fileSecret(path: string, at: KeyPath): Promise<Secret | undefined> {
    if (path === "" || path.startsWith("~")) return undefined; // The schema says so.
    const file = secretPath(path, this.surroundings);
    const credential = credentialIn(path);
    if (credential !== undefined) {
      this.credentials.push(credential);
      if (this.promised && !/^[\w.-]+$/.test(credential)) {
        const found = JSON.stringify(credential);
        this.#report(at, `expected the name of a credential in one word, found ${found}`);
        return undefined;
      }
      if (this.promised && (file === undefined || !await exists(file))) return undefined;
    }
    if (file !== undefined) return await this.#readSecret(file, at);
    this.#report(at, "expected a credentials directory, but $CREDENTIALS_DIRECTORY is not set");
    return undefined;
  }

  async #readSecret(file: string, at: KeyPath): Promise<Secret | undefined> {
    const named = JSON.stringify(file);
    try {
      const info = await Deno.stat(file);
      const bytes = await readSmallFile(file);
      const value = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes)
        .replace(/\r?\n$/, "");
      if (value !== "" && !value.includes("\0")) {
        await this.#lookForOthers({ what: placeName(at, this.document), file, info });
        return new Secret(value, this.#originOf(file));
      }
      const state = value === "" ? "it is empty" : "it has a NUL character in it";
      this.#report(at, `expected a file with a secret, found ${named}: ${state}`);
    } catch (error) {
      const reason = error instanceof TypeError ? "it is not UTF-8 text" : reasonOf(error);
      const isSecret = error instanceof Deno.errors.NotFound && looksLikeSecret(file);
      const found = isSecret ? "a name that may be the secret itself and is not shown" : named;
      this.problems.push({
        path: at,
        message: `expected a file that can be read, found ${found}: ${reason}`,
        isKey: true,
        isDenied: error instanceof Deno.errors.PermissionDenied,
      });
    }
    return undefined;
  }

  #originOf(file: string): string {
    const { credentialsDirectory } = this.surroundings;
    const isCredential = credentialsDirectory !== undefined &&
      file.startsWith(`${credentialsDirectory}/`);
    return isCredential
      ? `the systemd credential "${file.slice(credentialsDirectory.length + 1)}"`
      : `the file "${file}"`;
  }

  async #lookForOthers(secret: Omit<SecretFile, "known">): Promise<void> {
    // systemd gives credentials an access list, which looks like permissions of the group.
    const { credentialsDirectory, directory } = this.surroundings;
    if (credentialsDirectory !== undefined && secret.file.startsWith(`${credentialsDirectory}/`)) {
      return;
    }
    this.warnings.push(...await secretWarnings({ ...secret, known: directory }));
  }

  #report(path: KeyPath, message: string): void {
    this.problems.push({ path, message, isKey: true });
  }
}

/** The name of a repository's credential. */
function credentialOf({ label }: Table): string | undefined {
  // A label that is not valid is reported for itself; it must not become part of a path.
  const usable = typeof label === "string" && /^[\w.-]+$/.test(label);
  return usable ? `${PASSPHRASE_CREDENTIAL}${label}` : undefined;
}

function quoted(keys: readonly string[]): string {
  return keys.map((key) => `"${key}"`).join(", ");
}

async function exists(file: string): Promise<boolean> {
  try {
    await Deno.stat(file);
    return true;
  } catch (error) {
    // Whatever else is wrong with it comes out when it is read.
    return !(error instanceof Deno.errors.NotFound);
  }
}

/** Whether a name that no file has may be a secret that was put into the key of its file. */
function looksLikeSecret(file: string): boolean {
  const name = basename(file);
  return /\s/.test(name) || (name.length >= 16 && !name.includes("."));
}
