/**
 * A repository's key outside of the repository, in the forms in which Borg exports it. See
 * `crypto/keymanager.py` of Borg 1.2 and 1.4. Pure.
 *
 * @module
 */
import { createHash } from "node:crypto";

/** A copy of a repository's key. It is encrypted by its passphrase, and is a secret all the same. */
export interface KeyCopy {
  readonly form: "key file" | "paper key";
  /** Borg's id of the repository in hexadecimal; of a paper key the first {@linkcode PAPER_ID}. */
  readonly repositoryId: string;
  /** The encrypted key itself, which is the same in both forms. */
  readonly blob: Uint8Array;
}

/** A copy, or what is wrong with it, as the end of a sentence. */
type ParsedKeyCopy =
  | { readonly kind: "copy"; readonly copy: KeyCopy }
  | { readonly kind: "broken"; readonly reason: string };

/** How many digits of the repository's id a paper key has. */
const PAPER_ID = 18;

/** How many bytes stand in a line of a paper key. */
const PAPER_LINE = 18;

/** Reads a copy of either form; other text may stand around a paper key. */
export function parseKeyCopy(text: string): ParsedKeyCopy {
  const lines = text.split(/\r?\n/);
  if (/^BORG_KEY\b/.test(text)) return parseKeyFile(lines);
  if (lines.some((line) => ID_LINE.test(line))) return parsePaperKey(lines);
  return /^BORG PAPER KEY/m.test(text)
    ? broken('the line of the paper key that begins with "id:" is missing')
    : broken(
      'this is not a key of Borg: expected a key file, which begins with "BORG_KEY", or a paper key',
    );
}

/** Tells keys apart without giving them away: the SHA-256 of a key as it is encrypted. */
export function keyFingerprint(blob: Uint8Array): string {
  return createHash("sha256").update(blob).digest("hex");
}

/** Whether a copy says that it is of a repository. */
export function isCopyOf({ repositoryId }: KeyCopy, id: string): boolean {
  return id.startsWith(repositoryId);
}

/** Writes a key as the file that Borg reads and exports. */
export function keyFileText(repositoryId: string, blob: Uint8Array): string {
  return `BORG_KEY ${repositoryId}\n${chunks(blob.toBase64(), 70).join("\n")}\n`;
}

/** Writes a key for a printer, as `borg key export --paper` does, without its line of advice. */
export function paperKeyText(repositoryId: string, blob: Uint8Array): string {
  const parts = chunks(blob.toHex(), 2 * PAPER_LINE);
  const id = repositoryId.slice(0, PAPER_ID);
  const whole = checksum(blob, 12);
  const said = `${parts.length}/${id}/${whole}`;
  const head = `id: ${parts.length} / ${grouped(id)} / ${grouped(whole)} - ${checksum(said, 2)}`;
  const body = parts.map((part, index) => {
    const number = index + 1;
    return `${String(number).padStart(2)}: ${grouped(part)} - ${lineChecksum(number, part)}`;
  });
  return ["BORG PAPER KEY v1", head, ...body, ""].join("\n");
}

function parseKeyFile([first = "", ...rest]: readonly string[]): ParsedKeyCopy {
  const [, repositoryId] = /^BORG_KEY ([0-9a-f]{64})$/.exec(first.trimEnd()) ?? [];
  if (repositoryId === undefined) {
    return broken('its first line is damaged: expected "BORG_KEY" and the id of a repository');
  }
  const body = rest.join("").replaceAll(/\s/g, "");
  if (body === "") return broken("it ends after its first line: the key itself is missing");
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(body) || body.length % 4 !== 0) {
    return broken("the key in it is torn or damaged: it is no complete base64");
  }
  return {
    kind: "copy",
    copy: { form: "key file", repositoryId, blob: Uint8Array.fromBase64(body) },
  };
}

const ID_LINE = /^\s*id\s*:(.*)$/i;

function parsePaperKey(lines: readonly string[]): ParsedKeyCopy {
  const head = lines.flatMap((line) => ID_LINE.exec(line)?.[1] ?? [])[0] ?? "";
  const [, said = "", count, repositoryId, whole, sum] =
    /^((\d+)\/([0-9a-f]{18})\/([0-9a-f]{12}))-([0-9a-f]{2})$/.exec(squeezed(head)) ?? [];
  if (repositoryId === undefined || checksum(said, 2) !== sum) {
    return broken('the line that begins with "id:" does not match its checksum');
  }
  const parts = new Map(lines.flatMap((line) => {
    const [, number, rest] = /^\s*(\d+)\s*:(.*)$/.exec(line) ?? [];
    return number === undefined || rest === undefined ? [] : [[Number(number), rest] as const];
  }));
  const found: string[] = [];
  for (let number = 1; number <= Number(count); number += 1) {
    const part = parts.get(number);
    if (part === undefined) return broken(`line ${number} of ${count} is missing`);
    const [, data, own] = /^((?:[0-9a-f]{2})+)-([0-9a-f]{2})$/.exec(squeezed(part)) ?? [];
    if (data === undefined || lineChecksum(number, data) !== own) {
      return broken(`line ${number} of ${count} does not match its checksum`);
    }
    found.push(data);
  }
  const blob = Uint8Array.fromHex(found.join(""));
  if (checksum(blob, 12) !== whole) return broken("the whole does not match its checksum");
  return { kind: "copy", copy: { form: "paper key", repositoryId, blob } };
}

function broken(reason: string): ParsedKeyCopy {
  return { kind: "broken", reason };
}

/** A person who types a paper key need not care for spaces and capitals. */
function squeezed(text: string): string {
  return text.replaceAll(/\s/g, "").toLowerCase();
}

function checksum(data: string | Uint8Array, digits: number): string {
  return createHash("sha256").update(data).digest("hex").slice(0, digits);
}

function lineChecksum(number: number, data: string): string {
  return checksum(new Uint8Array([number >> 8, number & 0xff, ...Uint8Array.fromHex(data)]), 2);
}

function grouped(text: string): string {
  return chunks(text, 6).join(" ");
}

function chunks(text: string, length: number): readonly string[] {
  return text.match(new RegExp(`.{1,${length}}`, "g")) ?? [];
}
