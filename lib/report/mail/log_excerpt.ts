/**
 * The log of a run as a mail carries it: the whole of it, or head and tail with all of it attached.
 *
 * @module
 */
import { basename } from "node:path";
import { reasonOf } from "../../errors.ts";
import { openRegularFile } from "../../files/small_file.ts";
import { humanSize } from "../../text/units.ts";
import type { Attachment } from "./message.ts";

/** A log as it stands in a mail. */
export interface LogExcerpt {
  readonly name: string;
  /** The whole log, or its head. Empty when it could not be read. */
  readonly head: string;
  /** Its end, when the middle is left out. */
  readonly tail: string | undefined;
  /** What is left out, why, and where it is; stands between head and tail, or alone. */
  readonly note: string | undefined;
}

interface MailedLog {
  readonly excerpt: LogExcerpt;
  /** The whole log, when it is not in the mail itself. */
  readonly attachment: Attachment | undefined;
}

/** What fits into a mail, in bytes. */
export interface LogLimits {
  /** The largest log that stands in the mail as a whole. */
  readonly whole: number;
  /** The largest head, and the largest tail. */
  readonly part: number;
  /** The largest attachment, compressed: servers refuse mails that are much larger. */
  readonly attached: number;
}

/** What fits into a mail. */
export const LOG_LIMITS: LogLimits = {
  whole: 1024 ** 2,
  part: 256 * 1024,
  attached: 10 * 1024 ** 2,
};

/** Reads a log file for a mail; when it can't be read, the note of the excerpt says why. */
export async function readLog(path: string, limits: LogLimits = LOG_LIMITS): Promise<MailedLog> {
  const name = basename(path);
  try {
    const size = await sizeOf(path);
    if (size <= limits.whole) {
      const head = decode(await readPart(path, 0, size));
      return { excerpt: { name, head, tail: undefined, note: undefined }, attachment: undefined };
    }
    return await readLargeLog(path, size, limits);
  } catch (error) {
    const note = `The log "${path}" cannot be read: ${reasonOf(error)}`;
    return { excerpt: { name, head: "", tail: undefined, note }, attachment: undefined };
  }
}

async function readLargeLog(path: string, size: number, limits: LogLimits): Promise<MailedLog> {
  const name = basename(path);
  const head = upToLastLine(await readPart(path, 0, limits.part));
  const tail = fromFirstLine(await readPart(path, size - limits.part, limits.part));
  const bytes = await compress(path, limits.attached);
  const left = `${humanSize(size - head.length - tail.length)} of ${humanSize(size)} omitted here`;
  const where = bytes === undefined
    ? `the log is too large to be attached; the complete log is in "${path}"`
    : `the complete log is attached as "${name}.gz"`;
  return {
    excerpt: { name, head: decode(head), tail: decode(tail), note: `${left}: ${where}` },
    attachment: bytes === undefined
      ? undefined
      : { name: `${name}.gz`, type: "application/gzip", bytes },
  };
}

/** The same log for a server that does not take the attachment. */
export function withoutAttachment(excerpt: LogExcerpt, path: string): LogExcerpt {
  const note = `The middle of the log is omitted here, and the mail server accepts no mail ` +
    `with the complete log: that is in "${path}"`;
  return { ...excerpt, note };
}

async function sizeOf(path: string): Promise<number> {
  using file = await openRegularFile(path);
  return (await file.stat()).size;
}

async function readPart(path: string, start: number, length: number): Promise<Uint8Array> {
  using file = await openRegularFile(path);
  await file.seek(start, Deno.SeekMode.Start);
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const count = await file.read(bytes.subarray(filled));
    if (count === null) break;
    filled += count;
  }
  return bytes.subarray(0, filled);
}

const LINE_FEED = 10;

function upToLastLine(bytes: Uint8Array): Uint8Array {
  const end = bytes.lastIndexOf(LINE_FEED);
  return end < 0 ? bytes : bytes.subarray(0, end + 1);
}

function fromFirstLine(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(bytes.indexOf(LINE_FEED) + 1);
}

/** Gives up as soon as it is clear that the result is too large. */
async function compress(path: string, largest: number): Promise<Uint8Array | undefined> {
  using file = await openRegularFile(path);
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  const compressed = file.readable.pipeThrough(new CompressionStream("gzip"));
  for await (const chunk of compressed) {
    size += chunk.length;
    if (size > largest) return undefined;
    chunks.push(chunk);
  }
  return await new Blob(chunks).bytes();
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
