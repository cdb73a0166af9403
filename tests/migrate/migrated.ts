/**
 * Migrations of scripts that the tests write.
 *
 * @module
 */
import assert from "node:assert/strict";
import { parse } from "smol-toml";
import type { Draft } from "../../lib/migrate/draft.ts";
import { migrate, type Request } from "../../lib/migrate/migrate.ts";

/** Reads a script that has at least one setting. */
export async function migrated(source: string, request: Partial<Request> = {}): Promise<Draft> {
  const migration = await migrate({
    source,
    file: "old.py",
    hostname: "myhost",
    separateSecrets: false,
    datasetsBelow: () => Promise.resolve([]),
    ...request,
  });
  assert.ok(typeof migration !== "string", String(migration));
  return migration;
}

/** The text of a script of the fixtures. */
export function fixture(name: string): string {
  return Deno.readTextFileSync(new URL(`fixtures/${name}`, import.meta.url));
}

/** The configuration as data. */
export function read({ toml }: Draft): Record<string, unknown> {
  return JSON.parse(JSON.stringify(parse(toml)));
}

/** A name, a repository and a source, without which there is no valid configuration. */
export const LEAST = `BACKUP_NAME_PREFIX = "web-"
BORG_REPOSITORIES = [{"repo_url": "/mnt/borg", "passphrase": "correct horse", "encryption": "repokey"}]
BACKUP_DIRECTORIES = ["/etc"]
`;

/** What a table becomes when a script has these lines besides the least; they begin in line 4. */
export async function table(name: string, lines: string): Promise<unknown> {
  return read(await migrated(LEAST + lines))[name];
}

/** What the first repository becomes when its dict has these entries. */
export async function repository(entries: string): Promise<unknown> {
  const { repositories } = read(await migrated(`${LEAST}BORG_REPOSITORIES = [{${entries}}]\n`));
  return Array.isArray(repositories) ? repositories[0] : repositories;
}

/** The keys that are left to a person, each with the line of the script. */
export function openKeys({ open }: Draft): string[] {
  return open.map(({ line, message }) => `${message.split(":", 1)[0]} ${line ?? "-"}`);
}
