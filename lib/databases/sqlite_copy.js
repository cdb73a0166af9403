/*
 * Copies a database of SQLite while its program uses it, and proves the copy: in a worker, because all of
 * it holds up the thread until it is done. It is JavaScript, as it is started from its text: the compiled
 * program is one file, and has nothing that could read TypeScript.
 *
 * It is told `from`, answers `size` in bytes, is told `to`, and answers `found`: what the check of the copy
 * found, "ok" or what is wrong. Instead of any of them it may answer `failed`.
 */
import { backup, DatabaseSync } from "node:sqlite";

/** A program that writes holds its lock for moments; in milliseconds. */
const LOCK_TIMEOUT = 60_000;

let source;

function open(from) {
  // Nothing is made where nothing is: a name that is wrong would become an empty database.
  source = new DatabaseSync(from, { readOnly: true, timeout: LOCK_TIMEOUT });
  // With the transaction the copy is of one moment, and no writer makes it begin again.
  source.exec("BEGIN");
  const { size } = source.prepare(
    "SELECT page_count * page_size AS size FROM pragma_page_count, pragma_page_size",
  ).get();
  return { size: Number(size) };
}

async function copy(to) {
  await backup(source, to, { rate: 1_000 });
  source.close();
  const made = new DatabaseSync(to);
  const rows = made.prepare("PRAGMA integrity_check(3)").all();
  made.close();
  return { found: rows.map((row) => String(row.integrity_check)) };
}

self.onmessage = async ({ data: { from, to } }) => {
  try {
    self.postMessage(from === undefined ? await copy(to) : open(from));
  } catch (error) {
    self.postMessage({ failed: error instanceof Error ? error.message : String(error) });
  }
};
