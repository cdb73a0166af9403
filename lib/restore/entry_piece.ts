/** Entries of an archive as the index of `find` keeps them. Pure. @module */
import { brotliCompressSync, brotliDecompressSync, constants } from "node:zlib";
import type { Entry } from "../borg/entries.ts";

/** The entries, compressed: their paths alone are searched, the rest is read of what is found. */
interface Packed {
  readonly paths: Uint8Array;
  readonly facts: Uint8Array;
}

/** Everything but the path; a column of one kind is compressed better than a row. */
const FACTS = ["type", "mode", "user", "uid", "group", "size", "target", "healthy"] as const;

/** No path has this character. */
const BETWEEN = "\0";

/** Compresses entries. */
export function pack(entries: readonly Entry[]): Packed {
  const columns = [
    entries.map(({ modified }) => modified.getTime()),
    ...FACTS.map((name) => entries.map((entry) => entry[name] ?? null)),
  ];
  return {
    paths: compressed(entries.map(({ path }) => path).join(BETWEEN)),
    facts: compressed(JSON.stringify(columns)),
  };
}

/** Reads the entries whose paths match; `undefined` when the content is not what was written. */
export function unpackMatching(
  { paths, facts }: Packed,
  matches: (path: string) => boolean,
): readonly Entry[] | undefined {
  try {
    const all = text(paths).split(BETWEEN);
    const found = all.flatMap((path, index) => matches(path) ? [{ path, index }] : []);
    if (found.length === 0) return [];
    const [times, ...columns]: unknown[][] = JSON.parse(text(facts));
    // A piece that holds no more than parts of an item has no entry.
    return found.flatMap(({ path, index }) => {
      if (times?.[index] === undefined) return [];
      const entry: Record<string, unknown> = { path, sha256: undefined };
      for (const [at, name] of FACTS.entries()) {
        const value = columns[at]?.[index];
        if (value !== null) entry[name] = value;
      }
      return isEntry(entry) ? [{ ...entry, modified: new Date(Number(times[index])) }] : [];
    });
  } catch {
    return undefined;
  }
}

function isEntry(value: object): value is Omit<Entry, "modified"> {
  return "path" in value && "type" in value && "mode" in value && "size" in value;
}

function compressed(content: string): Uint8Array {
  return brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } });
}

function text(bytes: Uint8Array): string {
  return brotliDecompressSync(bytes).toString();
}
