/** Reads the words of dump programs: their end marks, and what they say went wrong. Pure. @module */
import { counted } from "../text/units.ts";

/** How a dump ends that is whole. */
export interface EndMark {
  /** What stands there, for messages. */
  readonly text: string;
  /** Matches the end of the dump. */
  readonly pattern: RegExp;
}

/**
 * `pg_dump` since August 2025 encloses its dumps in `\restrict` and `\unrestrict`, and writes the latter
 * behind its mark; `pg_dumpall` does so before.
 */
function markOfPostgres(text: string): EndMark {
  const end = RegExp.escape(`\n--\n-- ${text}\n--\n`);
  return { text: `-- ${text}`, pattern: new RegExp(`${end}\\s*(?:\\\\unrestrict \\w+\\s*)?$`) };
}

/** How a dump of a database of PostgreSQL ends. */
export const POSTGRES_MARK: EndMark = markOfPostgres("PostgreSQL database dump complete");

/** How a dump of the roles and tablespaces of PostgreSQL ends. */
export const CLUSTER_MARK: EndMark = markOfPostgres("PostgreSQL database cluster dump complete");

/** How a dump of MariaDB and MySQL ends; the time is absent with `skip-dump-date`. */
export const MARIADB_MARK: EndMark = {
  text: "-- Dump completed",
  pattern: /\n-- Dump completed(?: on [\d: -]+)?\s*$/,
};

/** No mark is farther from the end, in bytes. */
const TAIL = 4_096;

/** Keeps the end of a stream of bytes. */
export class StreamTail {
  #bytes = new Uint8Array(0);
  #size = 0;

  /** Takes a piece; it is copied. */
  push(piece: Uint8Array): void {
    this.#size += piece.length;
    const joined = new Uint8Array(Math.min(TAIL, this.#bytes.length + piece.length));
    const last = piece.subarray(Math.max(0, piece.length - TAIL));
    const kept = joined.length - last.length;
    joined.set(this.#bytes.subarray(this.#bytes.length - kept));
    joined.set(last, kept);
    this.#bytes = joined;
  }

  /** How many bytes there were. */
  get size(): number {
    return this.#size;
  }

  /** The last bytes as text; what is not UTF-8 becomes U+FFFD. */
  get text(): string {
    return new TextDecoder().decode(this.#bytes);
  }
}

/** The most lines of a program that a message repeats. */
const MOST_LINES = 3;

/**
 * Picks of a program's last words those that say what went wrong.
 *
 * @returns one line; empty when it said nothing
 */
export function reasonIn(lines: readonly string[]): string {
  const said = lines.map((line) => line.trim()).filter((line) => line !== "");
  const errors = said.filter((line) =>
    /\b(?:error|fatal|denied|cannot|can't|failed)\b/i.test(line)
  );
  const told = errors.length > 0 ? errors.slice(0, 1) : said.slice(-MOST_LINES);
  return [...told.map(withoutSpeaker), ...serverReason(said)].join("; ");
}

/** `pg_dump` says in a line of its own why the server ended what it was at. */
function serverReason(lines: readonly string[]): readonly string[] {
  const found = lines.map((line) => /: detail: Error message from server: (.*)$/.exec(line)?.[1])
    .find((reason) => reason !== undefined);
  return found === undefined ? [] : [withoutSpeaker(found)];
}

/**
 * What a program said although it ended well.
 *
 * @returns one line, of at most some lines; `undefined`: nothing
 */
export function warningIn(lines: readonly string[]): string | undefined {
  const said = lines.map((line) => line.trim()).filter((line) => line !== "");
  if (said.length === 0) return undefined;
  const more = said.length - MOST_LINES;
  const shown = said.slice(0, MOST_LINES).map(withoutSpeaker).join("; ");
  return more > 0 ? `${shown}; and ${counted(more, "more line", "more lines")}` : shown;
}

/** `pg_dump: error: …` and `mariadb-dump: …` name the program, which the message does itself, and has no full stop. */
function withoutSpeaker(line: string): string {
  return line.replace(/\.$/, "").replace(
    /^(?:[\w.-]+:\s+)?(?:(?:error|warning|ERROR|FATAL)(?: \d+)?(?: \(\w+\))?:\s+)?/,
    "",
  );
}
