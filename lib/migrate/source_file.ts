/**
 * Reads the file of a Python script.
 *
 * @module
 */
import { AppError, reasonOf } from "../errors.ts";
import { readSmallFile } from "../files/small_file.ts";

/** Encodings in which every byte is a character. */
const SINGLE_BYTE = /^(?:latin|iso[-_]?8859|l[1-9]$|cp125|windows-125|koi8)/i;

/**
 * Reads a script.
 *
 * @param path its path
 * @returns its text without a byte order mark; bytes that its encoding does not know are U+FFFD
 * @throws {AppError} when it can't be read, or is no script
 */
export async function readSource(path: string): Promise<string> {
  let bytes: Uint8Array;
  try {
    bytes = await readSmallFile(path);
  } catch (error) {
    throw refusedScript(path, reasonOf(error), error);
  }
  if (bytes.includes(0)) throw refusedScript(path, "it is a binary file, expected a Python script");
  return new TextDecoder(encodingOf(bytes)).decode(bytes);
}

/** The error of a script that can't be read. */
export function refusedScript(path: string, reason: string, cause?: unknown): AppError {
  return new AppError(`Cannot read the script ${JSON.stringify(path)}: ${reason}`, {
    hint: "Name the Python script that autoborg replaces, such as automated_borg_backup.py",
    cause,
  });
}

/** PEP 263: one of the first two lines may name the encoding; without it, it is UTF-8. */
function encodingOf(bytes: Uint8Array): string {
  const start = new TextDecoder("latin1").decode(bytes.subarray(0, 400));
  for (const line of start.split(/\r\n?|\n/, 2)) {
    const [, name = ""] = /^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)/.exec(line) ?? [];
    if (!SINGLE_BYTE.test(name)) continue;
    const label = name.toLowerCase().replaceAll("_", "-").replace(/^latin-(\d)$/, "latin$1")
      .replace(/^cp/, "windows-").replace(/^iso8859/, "iso-8859");
    try {
      return new TextDecoder(label).encoding;
    } catch {
      // Not one that this program knows.
    }
  }
  return "utf-8";
}
