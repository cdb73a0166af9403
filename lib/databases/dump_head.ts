/** What the first lines of a dump tell of the server that it comes from. Pure. @module */

/** Whose server a dump comes from. */
type Make = "PostgreSQL" | "MariaDB" | "MySQL";

/** A server's version. */
interface ServerVersion {
  readonly make: Make;
  /** As the server tells it, such as "10.11.14-MariaDB-0+deb12u2". */
  readonly text: string;
}

/** What the head of a dump tells; nothing when it is no dump of a server. */
export interface DumpHead {
  readonly server?: ServerVersion;
  /** The encoding of its text, such as "UTF8"; only PostgreSQL's tell it. */
  readonly encoding?: string;
}

/** Within so many bytes stands all that is read. */
export const HEAD_SIZE = 8_192;

/** Reads the first {@linkcode HEAD_SIZE} bytes of a dump, or all of it when it is shorter. */
export function readDumpHead(bytes: Uint8Array): DumpHead {
  const text = new TextDecoder().decode(bytes.subarray(0, HEAD_SIZE));
  const [, postgresql] = /^-- Dumped from database version (\S.*)$/m.exec(text) ?? [];
  const [, other] = /^-- Server version\s+(\S.*)$/m.exec(text) ?? [];
  const [, encoding] = /^SET client_encoding = '([\w-]+)';$/m.exec(text) ?? [];
  const server = postgresql !== undefined
    ? { make: "PostgreSQL", text: postgresql.trim() } as const
    : other !== undefined
    ? serverVersion(other.trim())
    : undefined;
  return {
    ...(server === undefined ? {} : { server }),
    ...(encoding === undefined ? {} : { encoding }),
  };
}

/** Tells MariaDB's version from MySQL's: `SELECT VERSION()` gives both in the same form. */
export function serverVersion(text: string): ServerVersion {
  return { make: /mariadb/i.test(text) ? "MariaDB" : "MySQL", text };
}

/**
 * Whether a server is too old for a dump of another one: what a newer one writes it may not know.
 * Compared is what a new release changes: the first number of PostgreSQL's versions (the first two up
 * to 9.6), the first two of the others. Versions of different makes can't be compared.
 */
export function isOlder(server: ServerVersion, than: ServerVersion): boolean {
  if (server.make !== than.make) return false;
  const [own, other] = [releaseOf(server), releaseOf(than)];
  return own[0] !== other[0] ? own[0] < other[0] : own[1] < other[1];
}

/** The numbers of a version that say what it can do. */
function releaseOf({ make, text }: ServerVersion): readonly [number, number] {
  const [, first = "0", second = "0"] = /(\d+)(?:\.(\d+))?/.exec(text) ?? [];
  const isWhole = make === "PostgreSQL" && Number(first) >= 10;
  return [Number(first), isWhole ? 0 : Number(second)];
}
