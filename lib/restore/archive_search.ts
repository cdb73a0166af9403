/** Searches archives for paths, and reads each archive from Borg only once. @module */
import { createHash } from "node:crypto";
import { type Access, type Answer, failedAnswer } from "../borg/borg_queries.ts";
import { dumpItems } from "../borg/dump_items.ts";
import type { Entry } from "../borg/entries.ts";
import { readItems, UnreadableItemError } from "../borg/item_stream.ts";
import type { BorgRepository } from "../borg/repository.ts";
import { makeScratchDirectory } from "../files/scratch_directory.ts";
import type { FindIndex, IndexedArchive, Piece } from "../state/find_index.ts";
import type { ListedArchive } from "./archive_index.ts";
import { pack, unpackMatching } from "./entry_piece.ts";

/** Tells whether a path is one that is looked for. */
export type PathMatcher = (path: string) => boolean;

/** No honest item is longer, once the ids of its content are left out, in bytes. */
const MOST_REST = 16 * 1_048_576;

/** Searches archives for one thing. */
export class ArchiveSearch {
  readonly #index: FindIndex;
  readonly #matches: PathMatcher;
  /** Below it Borg writes what it reads. */
  readonly #scratch: string;
  /** What was found in each piece: archives share most of them. */
  readonly #found = new Map<number, readonly Entry[]>();
  /** Pieces of archives that are being read at this moment: the others need not read them again. */
  readonly #fresh = new Map<string, { readonly piece: Piece; readonly found: readonly Entry[] }>();

  /** @param scratch a directory that nobody else can look into */
  constructor(index: FindIndex, scratch: string, matches: PathMatcher) {
    this.#index = index;
    this.#scratch = scratch;
    this.#matches = matches;
  }

  /**
   * What is found in an archive that was read before; `undefined` when it was not.
   *
   * @throws {IndexDamageError} when the index is not what was written
   */
  recall(archive: IndexedArchive): readonly Entry[] | undefined {
    const found: Entry[] = [];
    for (const id of this.#index.piecesOf(archive) ?? [undefined]) {
      const entries = id === undefined ? undefined : this.#inPiece(id);
      if (entries === undefined) return undefined;
      found.push(...entries);
    }
    return found;
  }

  /**
   * Reads an archive from Borg and keeps it, if there is room.
   *
   * @throws {IndexDamageError} when the index is not what was written
   * @throws {Stopped} when it was stopped
   */
  async read(
    access: Access,
    repository: BorgRepository,
    archive: Pick<ListedArchive, "name">,
    key: IndexedArchive,
  ): Promise<Answer<readonly Entry[]>> {
    const directory = makeScratchDirectory(this.#scratch, "archive-");
    const found: Entry[] = [];
    const pieces: (number | Piece)[] = [];
    let rest: Uint8Array = new Uint8Array();
    try {
      const at = { repository, archive: archive.name };
      const answer = await dumpItems(access, at, directory, (id, read) => {
        const pieceKey = keyOf(key.repository, id, rest);
        const known = this.#index.find(pieceKey);
        const entries = known === undefined ? undefined : this.#inPiece(known.id);
        if (known !== undefined && entries !== undefined) {
          pieces.push(known.id);
          found.push(...entries);
          rest = known.rest;
          return;
        }
        const fresh = this.#fresh.get(pieceKey) ?? this.#make(pieceKey, joined(rest, read()));
        rest = fresh.piece.rest;
        pieces.push(fresh.piece);
        found.push(...fresh.found);
      });
      if (answer.kind === "failed") return answer;
      if (rest.length > 0) return failedAnswer("the last item of the archive is cut off");
      this.#index.keep(key, pieces);
      for (const piece of pieces) if (typeof piece !== "number") this.#fresh.delete(piece.key);
      return { kind: "answer", value: found };
    } catch (error) {
      if (!(error instanceof UnreadableItemError)) throw error;
      return failedAnswer(error.message);
    } finally {
      Deno.removeSync(directory, { recursive: true });
    }
  }

  #make(key: string, bytes: Uint8Array) {
    const { entries, rest } = readItems(bytes);
    if (rest.length > MOST_REST) throw new UnreadableItemError("an item has no end");
    const piece = { key, rest, ...pack(entries) };
    const fresh = { piece, found: entries.filter(({ path }) => this.#matches(path)) };
    this.#fresh.set(key, fresh);
    return fresh;
  }

  #inPiece(id: number): readonly Entry[] | undefined {
    const known = this.#found.get(id);
    if (known !== undefined) return known;
    const piece = this.#index.read(id);
    if (piece === undefined) return undefined;
    const found = unpackMatching(piece, this.#matches) ?? this.#index.reject(id);
    this.#found.set(id, found);
    return found;
  }
}

/**
 * What the entries of a piece follow from: Borg's id of it, the item that began before it, and the
 * repository, whose key the ids are made with.
 */
function keyOf(repository: string, id: string, rest: Uint8Array): string {
  return createHash("sha256").update(`${repository} ${id} `).update(rest).digest("hex").slice(
    0,
    32,
  );
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0) return second;
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
