import { AppError, reasonOf } from "../errors.ts";
import { readSmallFile } from "../files/small_file.ts";

/** PEP 263: one of the first two lines may name the encoding; `latin_1` is one of its many names. */
const ENCODING = /^(?:.*(?:\r\n?|\n))?[ \t\f]*#.*?coding[:=][ \t]*(latin(?=[-_]))?[-_]?([-\w.]+)/i;

/**
 * Reads a script.
 *
 * @returns its text without a byte order mark; bytes that its encoding does not know are U+FFFD
 * @throws {AppError} when it can't be read, or is no script
 */
export async function readSource(path: string): Promise<string> {
  const bytes = await readSmallFile(path).catch((error) => {
    throw refusedScript(path, reasonOf(error), error);
  });
  if (bytes.includes(0)) throw refusedScript(path, "it is a binary file, expected a Python script");
  const start = new TextDecoder("latin1").decode(bytes.subarray(0, 400));
  const [, latin = "", rest = "utf-8"] = ENCODING.exec(start) ?? [];
  try {
    return new TextDecoder(latin + rest.replaceAll("_", "-")).decode(bytes);
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
