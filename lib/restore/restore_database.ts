/** Restores a dump from an archive, as a stream. @module */
import { createHash } from "node:crypto";
import { type Answer, Stopped } from "../borg/borg_queries.ts";
import { type ExtractedStream, extractStream, type StreamAccess } from "../borg/extract_stream.ts";
import { type BorgFailure, other } from "../borg/failure_kinds.ts";
import type { BorgRepository } from "../borg/repository.ts";
import { HEAD_SIZE, readDumpHead } from "../databases/dump_head.ts";
import type { RestoreTarget } from "../databases/restore_target.ts";
import { withFallback } from "./fallback.ts";

interface DumpRestore {
  /** The archive's name. */
  readonly archive: string;
  /** The repositories that hold it, in the order in which they are tried. */
  readonly repositories: readonly BorgRepository[];
  /** What the history knows of the dump: it must be the same. */
  readonly known?: { readonly size: number; readonly sha256: string };
  readonly target: RestoreTarget;
  /** Whether what is at the target may be replaced. */
  readonly replaces: boolean;
}

/** Hears how a restore goes on. */
interface DumpListener {
  readonly onFailure: (repository: BorgRepository, failure: BorgFailure) => void;
  /** Hears how many bytes came so far. */
  readonly onBytes: (repository: BorgRepository, bytes: number) => void;
}

/** What was restored. */
export interface RestoredDump {
  readonly repository: BorgRepository;
  readonly size: number;
  /** Hexadecimal. */
  readonly sha256: string;
  /** Whether the history knew the SHA-256, which is the same. */
  readonly isProven: boolean;
  /** What a person should know, each a sentence. */
  readonly notes: readonly string[];
}

/** The dump did not come to its end from a repository. */
class LostDump extends Error {
  readonly failure: BorgFailure;

  constructor(failure: BorgFailure) {
    super(failure.message);
    this.failure = failure;
  }
}

/**
 * Restores a dump. When a repository can't deliver all of it, what was restored is removed again and the
 * next one is tried.
 *
 * @throws {AppError} when none can, or the target can't take it
 * @throws {Stopped} when it was stopped
 */
export async function restoreDump(
  access: StreamAccess,
  request: DumpRestore,
  listener: DumpListener,
): Promise<RestoredDump> {
  const { repositories, target } = request;
  const { value } = await withFallback(
    repositories,
    listener.onFailure,
    (repository) => restoreFrom(access, request, repository, listener),
    `Nothing was restored into ${target.shown}`,
  );
  return value;
}

async function restoreFrom(
  access: StreamAccess,
  { archive, target, replaces, known }: DumpRestore,
  repository: BorgRepository,
  { onBytes }: DumpListener,
): Promise<Answer<RestoredDump>> {
  await using stream = extractStream(access, { repository, archive });
  const hash = createHash("sha256");
  let lost: LostDump | undefined;
  let size = 0;
  let sha256 = "";
  const reader = stream.bytes[Symbol.asyncIterator]();
  async function* pieces(first: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
    for await (const piece of joined(first, reader)) {
      hash.update(piece);
      size += piece.length;
      yield piece;
      onBytes(repository, size);
    }
    sha256 = hash.digest("hex");
    const failure = await lossOf(stream, { size, sha256 }, known);
    if (failure === undefined) return;
    lost = new LostDump(failure);
    throw lost;
  }
  try {
    const first = await beginning(reader);
    const head = readDumpHead(concat(first));
    if (first.length === 0) {
      const failure = await lossOf(stream, { size: 0, sha256: hash.copy().digest("hex") }, known);
      if (failure !== undefined) return { kind: "failed", failure };
    }
    await target.check(head);
    const notes = await target.take({ head, bytes: pieces(first) }, replaces);
    const isProven = known !== undefined;
    return { kind: "answer", value: { repository, size, sha256, isProven, notes } };
  } catch (error) {
    if (access.signal.aborted) throw new Stopped();
    if (lost === undefined) throw error;
    return { kind: "failed", failure: lost.failure };
  } finally {
    // Nothing is read any longer, so a Borg that has something to write must not wait for it.
    const given = reader.return?.();
    await stream[Symbol.asyncDispose]();
    await given;
  }
}

/** Why the bytes that came are not the dump; `undefined`: they are. */
async function lossOf(
  { end }: ExtractedStream,
  came: { readonly size: number; readonly sha256: string },
  known: DumpRestore["known"],
): Promise<BorgFailure | undefined> {
  const answer = await end;
  if (answer.kind === "stopped") return other("Borg was stopped");
  if (answer.kind === "failed") return answer.failure;
  if (came.size === 0) return other("there is nothing in the archive");
  if (known === undefined) {
    const [warning] = answer.value;
    return warning === undefined ? undefined : other(`Borg could not read all of it: ${warning}`);
  }
  if (came.sha256 === known.sha256) return undefined;
  return other(
    `the dump in the archive is not the one that was made: ${came.size} bytes with the SHA-256 ` +
      `${came.sha256}, expected ${known.size} bytes with ${known.sha256}`,
  );
}

/** Reads enough for the head of a dump, or all when it is less. */
async function beginning(reader: AsyncIterator<Uint8Array>): Promise<readonly Uint8Array[]> {
  const pieces: Uint8Array[] = [];
  for (let size = 0; size < HEAD_SIZE;) {
    const next = await reader.next();
    if (next.done === true) break;
    pieces.push(next.value);
    size += next.value.length;
  }
  return pieces;
}

async function* joined(
  first: readonly Uint8Array[],
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield* first;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}

function concat(pieces: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
