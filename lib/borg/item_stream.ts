/**
 * Reads what Borg stores of the files in an archive: MessagePack, a map for each item. It is read here
 * without a library, because nearly all of it is skipped: of a large file most are the ids of its
 * content. The names of the fields are those of `borg/item.pyx`, the same in Borg 1.1 to 1.4.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { Entry } from "./entries.ts";
import { entryOf, type ItemFields, textOf } from "./item_fields.ts";

/** It is not what Borg writes, or what a Borg before 1.1 wrote. */
export class UnreadableItemError extends Error {}

/** The names of fields by their hash; Borg has about thirty, and no two of one hash. */
const NAMES = new Map<number, string>();
const MOST_NAMES = 100;

/** The bytes end in the middle of an item. */
const CUT = Symbol("cut");

/** The items in some bytes. */
interface Items {
  readonly entries: readonly Entry[];
  /**
   * The beginning of the item that is cut at the end, to be put before what follows. The ids of the
   * content are left out as far as they are there: it stays small however large the file is.
   */
  readonly rest: Uint8Array;
}

/**
 * Reads items.
 *
 * @throws {UnreadableItemError} when they are not what Borg writes
 */
export function readItems(bytes: Uint8Array): Items {
  const entries: Entry[] = [];
  const reader = new Reader(bytes);
  let start = 0;
  try {
    while (start < bytes.length) {
      reader.beginItem();
      const fields = reader.item();
      if (fields.part === undefined) entries.push(entryOf(fields));
      start = reader.at;
    }
  } catch (error) {
    if (error !== CUT) throw error;
  }
  return { entries, rest: reader.restFrom(start) };
}

class Reader {
  at = 0;
  readonly #bytes: Buffer;
  readonly #view: DataView;
  /** Where the list of the item's content begins, where its unread part does, and what that holds. */
  #content: { readonly from: number; to: number; left: number } | undefined;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  beginItem(): void {
    this.#content = undefined;
  }

  item(): ItemFields {
    const fields: ItemFields = {};
    const count = this.#mapLength(this.#byte());
    for (let field = 0; field < count; field += 1) {
      const name = this.#name();
      switch (name) {
        case "path":
        case "source":
        case "user":
        case "group":
          fields[name] = this.#optionalText() ?? "";
          break;
        case "mode":
        case "uid":
        case "gid":
        case "mtime":
        case "size":
        case "part":
          fields[name] = this.#number();
          break;
        case "chunks":
          this.#skipContent();
          fields.hasContent = true;
          break;
        case "chunks_healthy":
          this.#skip();
          fields.isDamaged = true;
          break;
        default:
          this.#skip();
      }
    }
    return fields;
  }

  restFrom(start: number): Uint8Array {
    const content = this.#content;
    if (start === this.#bytes.length || content === undefined || content.left === 0) {
      return new Uint8Array(this.#bytes.subarray(start));
    }
    const head = this.#bytes.subarray(start, content.from);
    const tail = this.#bytes.subarray(content.to);
    const rest = new Uint8Array(head.length + 5 + tail.length);
    rest.set(head);
    rest[head.length] = 0xdd;
    new DataView(rest.buffer).setUint32(head.length + 1, content.left);
    rest.set(tail, head.length + 5);
    return rest;
  }

  #byte(): number {
    const byte = this.#bytes[this.at];
    if (byte === undefined) throw CUT;
    this.at += 1;
    return byte;
  }

  /** An unsigned number of that many bytes. */
  #unsigned(size: number): number {
    let value = 0;
    for (let index = 0; index < size; index += 1) value = value * 256 + this.#byte();
    return value;
  }

  /** Goes on, and returns where it was. */
  #take(length: number): number {
    const start = this.at;
    if (start + length > this.#bytes.length) throw CUT;
    this.at = start + length;
    return start;
  }

  #mapLength(byte: number): number {
    if (byte >= 0x80 && byte <= 0x8f) return byte & 0x0f;
    if (byte === 0xde) return this.#unsigned(2);
    if (byte === 0xdf) return this.#unsigned(4);
    throw new UnreadableItemError(`expected a map, found 0x${byte.toString(16)}`);
  }

  /** Goes behind a text, and returns where it begins. */
  #text(byte: number): number {
    if (byte >= 0xa0 && byte <= 0xbf) return this.#take(byte & 0x1f);
    if (byte === 0xd9 || byte === 0xc4) return this.#take(this.#unsigned(1));
    if (byte === 0xda || byte === 0xc5) return this.#take(this.#unsigned(2));
    if (byte === 0xdb || byte === 0xc6) return this.#take(this.#unsigned(4));
    throw new UnreadableItemError(`expected a text, found 0x${byte.toString(16)}`);
  }

  #optionalText(): string | undefined {
    const byte = this.#byte();
    return byte === 0xc0 ? undefined : textOf(this.#bytes, this.#text(byte), this.at);
  }

  /** The name of a field. There are many millions, of a few kinds. */
  #name(): string {
    const start = this.#text(this.#byte());
    let hash = this.at - start;
    for (let at = start; at < this.at; at += 1) hash = (hash * 33 + (this.#bytes[at] ?? 0)) | 0;
    const known = NAMES.get(hash);
    if (known !== undefined) return known;
    const name = textOf(this.#bytes, start, this.at);
    if (NAMES.size < MOST_NAMES) NAMES.set(hash, name);
    return name;
  }

  #number(): number {
    const byte = this.#byte();
    if (byte <= 0x7f) return byte;
    if (byte >= 0xe0) return byte - 0x100;
    if (byte >= 0xcc && byte <= 0xcf) return this.#unsigned(2 ** (byte - 0xcc));
    if (byte >= 0xd0 && byte <= 0xd3) {
      const size = 2 ** (byte - 0xd0);
      const start = this.#take(size);
      if (size === 1) return this.#view.getInt8(start);
      if (size === 2) return this.#view.getInt16(start);
      if (size === 4) return this.#view.getInt32(start);
      return this.#view.getInt32(start) * 2 ** 32 + this.#view.getUint32(start + 4);
    }
    // Borg writes numbers of more than 63 bits as bytes: no time that a date can hold.
    throw new UnreadableItemError(`expected a number, found 0x${byte.toString(16)}`);
  }

  #skipContent(): void {
    const from = this.at;
    let left = this.#listLength(this.#byte());
    const content = { from, to: this.at, left };
    this.#content = content;
    while (left > 0) {
      this.#skip();
      left -= 1;
      content.to = this.at;
      content.left = left;
    }
  }

  #listLength(byte: number): number {
    if (byte >= 0x90 && byte <= 0x9f) return byte & 0x0f;
    if (byte === 0xdc) return this.#unsigned(2);
    if (byte === 0xdd) return this.#unsigned(4);
    throw new UnreadableItemError(`expected a list, found 0x${byte.toString(16)}`);
  }

  #skip(): void {
    const byte = this.#byte();
    if (byte <= 0x7f || byte >= 0xe0 || byte === 0xc0 || byte === 0xc2 || byte === 0xc3) return;
    if (byte >= 0xcc && byte <= 0xcf) this.#take(2 ** (byte - 0xcc));
    else if (byte >= 0xd0 && byte <= 0xd3) this.#take(2 ** (byte - 0xd0));
    else if (byte === 0xca || byte === 0xcb) this.#take(byte === 0xca ? 4 : 8);
    else if ((byte >= 0x80 && byte <= 0x8f) || byte === 0xde || byte === 0xdf) {
      for (let left = 2 * this.#mapLength(byte); left > 0; left -= 1) this.#skip();
    } else if ((byte >= 0x90 && byte <= 0x9f) || byte === 0xdc || byte === 0xdd) {
      for (let left = this.#listLength(byte); left > 0; left -= 1) this.#skip();
    } else this.#text(byte);
  }
}
