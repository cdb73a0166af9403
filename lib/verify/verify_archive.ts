/**
 * Verifies an archive long after it was made: chooses files from the archive itself, and compares them
 * with the live files as far as those have not changed since.
 *
 * @module
 */
import type { Entry } from "../borg/entries.ts";
import { readAllArguments } from "../borg/extract.ts";
import {
  type ArchivedFile,
  parseReadBack,
  readBackArguments,
  readBackPatterns,
} from "../borg/read_back.ts";
import {
  type Access,
  type Answer,
  type ArchiveAt,
  callBorg,
  queryEntries,
  readContent,
} from "../borg/borg_queries.ts";
import { type Candidate, choose, LARGEST_FILE, type Random } from "./candidates.ts";
import { compare, type Comparison } from "./comparison.ts";

interface ArchiveVerification extends ArchiveAt {
  /** When the archive was begun. */
  readonly began: Date;
  /** How many files are read back and compared. */
  readonly files: number;
  /** Whether everything in the archive is read besides; only this warns and shows progress. */
  readonly all: boolean;
  readonly random: Random;
  readonly onProgress: (percent: number, message: string) => void;
  readonly onWarning: (text: string) => void;
}

/** The result of reading back. */
export interface Verified {
  readonly comparisons: readonly Comparison[];
  /** Bytes of the files that were read back and compared. */
  readonly size: number;
  /** Files in the archive of which parts are lost, or that could not be read back. */
  readonly lost: readonly string[];
  /** The number of Borg's warnings. */
  readonly warnings: number;
}

/** The files are chosen from a sample that is larger by this factor. */
const SAMPLE_FACTOR = 20;
/**
 * The most files that one Borg reads: each Borg reads the whole list of the archive's entries, but
 * what it prints is kept in memory.
 */
const MOST_PATHS = 50_000;

/**
 * Verifies an archive.
 *
 * @throws {Stopped} when it was stopped
 */
export async function verifyArchive(
  access: Access,
  request: ArchiveVerification,
): Promise<Answer<Verified>> {
  const { repository, archive } = request;
  let warnings = 0;
  if (request.all) {
    const args = readAllArguments(repository, archive);
    const answer = await readContent(access, { repository, args }, request);
    if (answer.kind === "failed") return answer;
    warnings = answer.value;
  }
  const sample = new Sample(request.files, request.random);
  const onEntry = (entry: Entry) => sample.add(entry);
  const answer = await queryEntries(access, { repository, archive, includes: [], onEntry });
  if (answer.kind === "failed") return answer;
  const { chosen } = sample;
  const archived = new Map<string, ArchivedFile>();
  for (let at = 0; at < chosen.length; at += MOST_PATHS) {
    const paths = chosen.slice(at, at + MOST_PATHS).map(({ path }) => path);
    const args = readBackArguments(repository, archive);
    const stdin = readBackPatterns(paths);
    const { end, stdout } = await callBorg(access, { repository, args, stdin });
    if (end.kind === "failed") return end;
    for (const file of parseReadBack(stdout)) archived.set(file.path, file);
  }
  const read = chosen.flatMap(({ path }) => archived.get(path) ?? []);
  const comparisons: Comparison[] = [];
  for (const file of read) comparisons.push(await compare("/", file, request.began.getTime()));
  const unread = chosen.filter(({ path }) => !archived.has(path)).map(({ path }) => path);
  const size = read.reduce((sum, file) => sum + file.size, 0);
  const lost = [...sample.damaged, ...unread];
  return { kind: "answer", value: { comparisons, size, lost, warnings } };
}

/** A uniform random sample of the files of an archive, with the newest and the largest one. */
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

  add(entry: Entry): void {
    // A name that is not UTF-8 can't be handed to Borg as it is; a question mark may stand for it.
    const { type, path, size, healthy } = entry;
    if (!healthy) this.damaged.push(path);
    if (type !== "file" || size > LARGEST_FILE || path.includes("?")) return;
    const candidate = { path, size, modified: entry.modified.getTime() };
    if (candidate.modified > (this.#newest?.modified ?? -Infinity)) this.#newest = candidate;
    if (size > (this.#largest?.size ?? -1)) this.#largest = candidate;
    this.#seen += 1;
    const room = this.#count * SAMPLE_FACTOR;
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
