/** What the kinds of databases have of keys, one line each. Pure data. @module */

/** The keys of `[[databases]]` that only some kinds have. */
export const KEYS_OF_KINDS = [
  "databases",
  "all",
  "exclude",
  "host",
  "port",
  "socket",
  "user",
  "password",
  "password_file",
  "run_as",
  "globals",
] as const;

/** One of the keys that only some kinds have. */
type KeyOfKinds = typeof KEYS_OF_KINDS[number];

const SERVER: readonly KeyOfKinds[] = KEYS_OF_KINDS.filter((key) => key !== "globals");

/** The kinds, with the keys that each has. */
const KINDS = {
  postgresql: KEYS_OF_KINDS,
  mariadb: SERVER,
  mysql: SERVER,
  sqlite: ["databases"],
  command: ["run_as"],
} as const satisfies Readonly<Record<string, readonly KeyOfKinds[]>>;

/** A kind of databases. */
export type DatabaseKind = keyof typeof KINDS;

/** All kinds, in the order in which they are told. */
export const DATABASE_KINDS: readonly [DatabaseKind, ...DatabaseKind[]] = [
  "postgresql",
  "mariadb",
  "mysql",
  "sqlite",
  "command",
];

/** The keys of a kind among those that only some have; `undefined` when there is no such kind. */
export function keysOfDatabaseKind(kind: unknown): readonly KeyOfKinds[] | undefined {
  const known = DATABASE_KINDS.find((one) => one === kind);
  return known === undefined ? undefined : KINDS[known];
}
