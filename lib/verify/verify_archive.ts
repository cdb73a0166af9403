/**
 * Proves an archive long after it was made: the files are chosen from the archive itself, and
 * compared with the live files as far as those did not change since.
 *
 * @module
 */
import type { Entry } from "../borg/entries.ts";
import { readAllArguments } from "../borg/extract.ts";
import type { BorgFailure } from "../borg/failure_kinds.ts";
import {
  type ArchivedFile,
  parseReadBack,
  readBackArguments,
  readBackPatterns,
} from "../borg/read_back.ts";
import { type Access, type ArchiveAt, callBorg, queryEntries } from "../borg/borg_queries.ts";
import { type Candidate, choose, LARGEST_FILE, type Random } from "./candidates.ts";
import { compare, type Comparison } from "./comparison.ts";

/** What shall be verified. */
interface ArchiveVerification extends ArchiveAt {
  /** When the archive was begun. */
  readonly began: Date;
  /** How many files are read back and compared. */
  readonly files: number;
  /** Whether everything in the archive is read besides. */
  readonly all: boolean;
  readonly random: Random;
  readonly onProgress: (percent: number, message: string) => void;
  /** Borg warns of something while it reads everything. */
  readonly onWarning: (text: string) => void;
}

/** What was verified. */
export type Verified =
  | {
    readonly kind: "read";
    readonly comparisons: readonly Comparison[];
    /** Bytes of the files that were read back and compared. */
    readonly size: number;
    /** Files in the archive of which parts are lost, or that could not be read back. */
    readonly lost: readonly string[];
    /** How often Borg warned of something. */
    readonly warnings: number;
  }
  | { readonly kind: "failed"; readonly failure: BorgFailure };

/** So many times more files than are chosen are looked at. */
const CHOICE = 20;
/**
 * One Borg reads so many files: each one reads the whole list of the archive's entries, but what it
 * prints of them is kept.
 */
const MOST_PATHS = 50_000;

/**
 * Proves an archive.
 *
 * @throws {Stopped} when it was stopped
 */
export async function verifyArchive(
  access: Access,
  request: ArchiveVerification,
): Promise<Verified> {
  let warnings = 0;
  if (request.all) {
    const { end } = await readAll(access, request, () => warnings += 1);
    if (end.kind === "failed") return end;
    if (end.kind === "warnings") warnings = Math.max(1, warnings);
  }
  const sample = new Sample(request.files, request.random);
  const answer = await queryEntries(access, {
    ...request,
    includes: [],
    onEntry: (entry) => sample.consider(entry),
  });
  if (answer.kind === "failed") return answer;
  const chosen = sample.chosen;
  const archived = new Map<string, ArchivedFile>();
  for (const paths of batches(chosen.map(({ path }) => path))) {
    const { repository, archive } = request;
    const args = readBackArguments(repository, archive);
    const stdin = readBackPatterns(paths);
    const { end, stdout } = await callBorg(access, { repository, args, stdin, onLine: () => {} });
    if (end.kind === "failed") return end;
    for (const file of parseReadBack(stdout)) archived.set(file.path, file);
  }
  const read = chosen.flatMap(({ path }) => archived.get(path) ?? []);
  const comparisons: Comparison[] = [];
  for (const file of read) comparisons.push(await compare("/", file, request.began.getTime()));
  const unread = chosen.filter(({ path }) => !archived.has(path)).map(({ path }) => path);
  const size = read.reduce((sum, file) => sum + file.size, 0);
  return { kind: "read", comparisons, size, lost: [...sample.damaged, ...unread], warnings };
}

async function readAll(access: Access, request: ArchiveVerification, onWarning: () => void) {
  const { repository, archive } = request;
  return await callBorg(access, {
    repository,
    args: readAllArguments(repository, archive),
    onLine: (line) => {
      if (line.kind === "percent") request.onProgress(line.percent, line.message);
      // What is worse ends Borg, and is told as its failure.
      if (line.kind !== "message" || line.level !== "warning") return;
      onWarning();
      request.onWarning(line.text);
    },
  });
}

/** Remembers a fair sample of the files of an archive, however many there are. */
class Sample {
  readonly damaged: string[] = [];
  readonly #count: number;
  readonly #random: Random;
  readonly #kept: Candidate[] = [];
  #newest: Candidate | undefined;
  #largest: Candidate | undefined;
  #seen = 0;

  constructor(count: number, random: Random) {
    this.#count = count;
    this.#random = random;
  }

  consider(entry: Entry): void {
    // A name that is not UTF-8 can't be handed to Borg as it is; a question mark may stand for it.
    const { type, path, size, healthy } = entry;
    if (!healthy) this.damaged.push(path);
    if (type !== "file" || size > LARGEST_FILE || path.includes("?")) return;
    const candidate = { path, size, modified: entry.modified.getTime() };
    if (candidate.modified > (this.#newest?.modified ?? -Infinity)) this.#newest = candidate;
    if (size > (this.#largest?.size ?? -1)) this.#largest = candidate;
    this.#seen += 1;
    const room = this.#count * CHOICE;
    if (this.#kept.length < room) this.#kept.push(candidate);
    else {
      const place = Math.floor(this.#random() * this.#seen);
      if (place < room) this.#kept[place] = candidate;
    }
  }

  get chosen(): Candidate[] {
    const best = [this.#newest, this.#largest].flatMap((one) => one === undefined ? [] : [one]);
    return choose([...new Set([...best, ...this.#kept])], this.#count, this.#random);
  }
}

function batches(paths: readonly string[]): string[][] {
  const result: string[][] = [];
  for (let at = 0; at < paths.length; at += MOST_PATHS) {
    result.push(paths.slice(at, at + MOST_PATHS));
  }
  return result;
}
