/** What of a machine is in no source, or is copied while programs write to it. Pure. @module */
import { isRecord, parseList } from "../text/json.ts";
import { counted, humanSize } from "../text/units.ts";

/** What can be in no source. */
const KINDS = ["file-system", "dataset", "home", "database", "volumes"] as const;

/** Something of this machine that is not backed up as it should be. */
export interface Uncovered {
  readonly kind: typeof KINDS[number];
  /** A path, or the name of a dataset. */
  readonly name: string;
  /** Bytes that are in it, as far as they are known. */
  readonly size?: number;
  /** It is in a source, but no snapshot is read: programs write to it meanwhile. */
  readonly live?: true;
}

const WORDS = {
  "file-system": "file system",
  dataset: "dataset",
  home: "home directory",
  database: "database directory",
  volumes: "container volumes",
} as const;

/** More than that are counted. */
const NAMED = 5;

/** Such as 'The file system "/srv/media" (1.2 TiB)'. */
export function uncoveredName({ kind, name, size }: Uncovered): string {
  return `The ${WORDS[kind]} "${name}"${size === undefined ? "" : ` (${humanSize(size)})`}`;
}

/** In a line what is not backed up as it should be; `undefined` when there is nothing. */
export function uncoveredText(all: readonly Uncovered[]): string | undefined {
  const missing = all.filter(({ live }) => live !== true);
  const live = all.filter((one) => one.live === true);
  const parts = [
    ...(missing.length === 0 ? [] : [`in no source: ${listed(missing)}`]),
    ...(live.length === 0 ? [] : [`copied while programs write to it: ${listed(live)}`]),
  ];
  return parts.length === 0 ? undefined : parts.join("; ");
}

function listed(all: readonly Uncovered[]): string {
  const names = all.slice(0, NAMED).map(({ kind, name, size }) =>
    `${WORDS[kind]} "${name}"${size === undefined ? "" : ` (${humanSize(size)})`}`
  );
  const more = all.length - names.length;
  return [...names, ...(more === 0 ? [] : [counted(more, "other", "others")])].join(", ");
}

/** Reads what was in no source as the history has it; what is damaged is dropped. */
export function parseUncovered(text: string): readonly Uncovered[] {
  return parseList(text).flatMap(parseOne);
}

function parseOne(value: unknown): readonly Uncovered[] {
  if (!isRecord(value) || typeof value.name !== "string") return [];
  const kind = KINDS.find((one) => one === value.kind);
  if (kind === undefined) return [];
  const size = typeof value.size === "number" ? { size: value.size } : {};
  const live = value.live === true ? { live: true as const } : {};
  return [{ kind, name: value.name, ...size, ...live }];
}
