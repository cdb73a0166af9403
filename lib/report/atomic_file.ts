import { AppError, reasonOf } from "../errors.ts";
import { replaceDurably } from "../files/durable_file.ts";

/**
 * Replaces a file so that readers see either the old one or the whole new one, also when the disk
 * is full or the power fails.
 *
 * @param path the file
 * @param text its new content
 * @param mode its bits
 * @throws {AppError} when it can't be written; the old file is then still there
 */
export function replaceFile(path: string, text: string, mode: number): void {
  try {
    replaceDurably(path, text, mode);
  } catch (error) {
    throw new AppError(`Cannot write "${path}": ${reasonOf(error)}`, { cause: error });
  }
}
