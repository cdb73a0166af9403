/**
 * Opens a copy of a key with its passphrase, without Borg: Borg opens a key only in the place where
 * it belongs. See `decrypt_key_file()` in `crypto/key.py` of Borg 1.2 and 1.4: PBKDF2 with SHA-256
 * makes a key of the passphrase, AES-256 in counter mode decrypts, HMAC-SHA-256 tells whether the
 * passphrase was the right one.
 *
 * @module
 */
import { createDecipheriv, createHash, createHmac, pbkdf2, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import type { Secret } from "../text/secret.ts";
import { isPackedMap, type Packed, readPacked } from "./message_pack.ts";

/** What became of it. */
export type OpenedKey =
  | {
    readonly kind: "opened";
    /** Borg's id of the repository, as it stands in the key, where nobody can change it. */
    readonly repositoryId: string;
    /** The SHA-256 of all that encrypts the data: equal for all copies, whatever their passphrase. */
    readonly contentHash: string;
  }
  /** The passphrase is another one; or a bit of the key is wrong, which looks the same. */
  | { readonly kind: "wrong-passphrase" }
  /** It is torn or damaged, or of another version of Borg. */
  | { readonly kind: "unreadable" };

/** Borg makes 100,000 rounds; a forged copy must not keep us busy for hours. */
const MOST_ROUNDS = 10_000_000;

const UNREADABLE: OpenedKey = { kind: "unreadable" };

/** The parts of a key that encrypt and authenticate the data. */
const CONTENT = ["enc_key", "enc_hmac_key", "id_key", "chunk_seed"] as const;

/** Opens an encrypted key. */
export async function openKey(blob: Uint8Array, passphrase: Secret): Promise<OpenedKey> {
  const outer = readPacked(blob);
  if (!isPackedMap(outer) || outer.version !== 1) return UNREADABLE;
  const { salt, iterations, hash, data, algorithm } = outer;
  if (!(salt instanceof Uint8Array) || !(hash instanceof Uint8Array)) return UNREADABLE;
  if (!(data instanceof Uint8Array) || textOf(algorithm) !== "sha256") return UNREADABLE;
  if (typeof iterations !== "number" || iterations < 1 || iterations > MOST_ROUNDS) {
    return UNREADABLE;
  }
  const rounds = promisify(pbkdf2);
  const key = await rounds(passphrase.reveal(), salt, iterations, 32, "sha256");
  const cipher = createDecipheriv("aes-256-ctr", key, new Uint8Array(16));
  const plain = new Uint8Array([...cipher.update(data), ...cipher.final()]);
  const own = createHmac("sha256", key).update(plain).digest();
  if (hash.length !== own.length || !timingSafeEqual(own, hash)) {
    return { kind: "wrong-passphrase" };
  }
  const inner = readPacked(plain);
  if (!isPackedMap(inner) || !(inner.repository_id instanceof Uint8Array)) return UNREADABLE;
  const content = createHash("sha256");
  for (const part of CONTENT) content.update(`${part}=${textOrHex(inner[part])};`);
  return {
    kind: "opened",
    repositoryId: inner.repository_id.toHex(),
    contentHash: content.digest("hex"),
  };
}

function textOf(value: Packed | undefined): string | undefined {
  return value instanceof Uint8Array ? new TextDecoder().decode(value) : undefined;
}

function textOrHex(value: Packed | undefined): string {
  return value instanceof Uint8Array ? value.toHex() : String(value);
}
