/**
 * Migrations of scripts that the tests write.
 *
 * @module
 */
import assert from "node:assert/strict";
import { parse } from "smol-toml";
import { migrate, type Migration } from "../../lib/migrate/migrate.ts";

/** Reads a script that has at least one setting. */
export async function migrated(source: string): Promise<Migration> {
  const migration = await migrate({ source, file: "old.py", hostname: "myhost" });
  assert.ok(migration !== undefined);
  return migration;
}

/** Reads a script of the fixtures. */
export async function fixture(name: string): Promise<Migration> {
  return await migrated(await Deno.readTextFile(new URL(`fixtures/${name}`, import.meta.url)));
}

/** The configuration as data. */
export function read({ toml }: Migration): Record<string, unknown> {
  return JSON.parse(JSON.stringify(parse(toml)));
}

/** A repository, without which there is no valid configuration. */
export const REPOSITORY =
  `BORG_REPOSITORIES = [{"repo_url": "/mnt/borg", "passphrase": "correct horse",
  "encryption_mode": "repokey"}]\n`;

/** A source, without which there is none either. */
export const SOURCES = 'BACKUP_DIRECTORIES = ["/etc"]\n';

/** What a table of the configuration becomes when a script has these lines besides the least. */
export async function table(name: string, lines: string): Promise<unknown> {
  return read(await migrated(REPOSITORY + SOURCES + lines))[name];
}

/** What the first repository becomes when its dict has these entries. */
export async function repository(entries: string): Promise<unknown> {
  const { repositories } = read(await migrated(`BORG_REPOSITORIES = [{${entries}}]\n${SOURCES}`));
  return Array.isArray(repositories) ? repositories[0] : undefined;
}

/** The messages, with their lines. */
export function messages({ points }: Migration): string[] {
  return points.map(({ line, message }) => `${line ?? "-"}: ${message}`);
}
