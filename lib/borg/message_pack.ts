/** Reads MessagePack, as far as Borg's keys need it. Pure. @module */

/** A value; texts and bytes are the same to Borg, and bytes here. */
export type Packed = number | boolean | null | Uint8Array | readonly Packed[] | PackedMap;

/** A map; its keys are texts. */
interface PackedMap {
  readonly [key: string]: Packed | undefined;
}

/** How deep values may be within each other. */
const DEEPEST = 8;

/**
 * Reads one value.
 *
 * @returns `undefined` when it is torn, something follows it, or it is of a kind that no key has
 */
export function readPacked(bytes: Uint8Array): Packed | undefined {
  const reader = new Reader(bytes);
  try {
    const value = reader.value(0);
    return reader.atEnd ? value : undefined;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Whether a value is a map. */
export function isPackedMap(value: Packed | undefined): value is PackedMap {
  return typeof value === "object" && value !== null && !Array.isArray(value) &&
    !(value instanceof Uint8Array);
}

class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get atEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  value(depth: number): Packed {
    if (depth > DEEPEST) throw new RangeError("too deep");
    const type = this.#unsigned(1);
    if (type <= 0x7f) return type;
    if (type <= 0x8f) return this.#map(type & 0x0f, depth);
    if (type <= 0x9f) return this.#list(type & 0x0f, depth);
    if (type <= 0xbf) return this.#take(type & 0x1f);
    if (type >= 0xe0) return type - 0x100;
    switch (type) {
      case 0xc0:
        return null;
      case 0xc2:
      case 0xc3:
        return type === 0xc3;
      case 0xc4:
      case 0xd9:
        return this.#take(this.#unsigned(1));
      case 0xc5:
      case 0xda:
        return this.#take(this.#unsigned(2));
      case 0xc6:
      case 0xdb:
        return this.#take(this.#unsigned(4));
      case 0xcc:
      case 0xcd:
      case 0xce:
        return this.#unsigned(1 << (type - 0xcc));
      case 0xd0:
      case 0xd1:
      case 0xd2:
        return this.#signed(1 << (type - 0xd0));
      case 0xdc:
        return this.#list(this.#unsigned(2), depth);
      case 0xde:
        return this.#map(this.#unsigned(2), depth);
      default:
        throw new RangeError(`type ${type}`);
    }
  }

  #map(count: number, depth: number): PackedMap {
    const entries: [string, Packed][] = [];
    for (let left = count; left > 0; left -= 1) {
      const key = this.value(depth + 1);
      if (!(key instanceof Uint8Array)) throw new RangeError("a key that is no text");
      entries.push([new TextDecoder().decode(key), this.value(depth + 1)]);
    }
    return Object.fromEntries(entries);
  }

  #list(count: number, depth: number): readonly Packed[] {
    const list: Packed[] = [];
    for (let left = count; left > 0; left -= 1) list.push(this.value(depth + 1));
    return list;
  }

  #take(length: number): Uint8Array {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new RangeError("torn");
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }

  #unsigned(size: number): number {
    return [...this.#take(size)].reduce((sum, byte) => sum * 256 + byte, 0);
  }

  #signed(size: number): number {
    const at = this.#at;
    this.#take(size);
    if (size === 1) return this.#view.getInt8(at);
    return size === 2 ? this.#view.getInt16(at) : this.#view.getInt32(at);
  }
}
