import { AppError, reasonOf } from "../errors.ts";
import { readSmallFile } from "../files/small_file.ts";

/** PEP 263: one of the first two lines may name the encoding. Here those with a character a byte. */
const ENCODING =
  /^(?:.*(?:\r\n?|\n))?[ \t\f]*#.*?coding[:=][ \t]*((?:latin|iso[-_]?8859|l\d|cp125|windows-125|koi8)[-\w.]*)/i;

/**
 * Reads a script.
 *
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
  const start = new TextDecoder("latin1").decode(bytes.subarray(0, 400));
  const encoding = ENCODING.exec(start)?.[1]?.replaceAll("_", "-").replace(/^latin-/i, "latin");
  try {
    return new TextDecoder(encoding).decode(bytes);
  } catch {
    // Not an encoding that this program knows.
    return new TextDecoder().decode(bytes);
  }
}

/** The error of a script that can't be read. */
export function refusedScript(path: string, reason: string, cause?: unknown): AppError {
  return new AppError(`Cannot read the script ${JSON.stringify(path)}: ${reason}`, {
    hint: "Name the Python script that autoborg replaces, such as automated_borg_backup.py",
    cause,
  });
}
